//! `threadlings grade`: every submission below a folder.

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use clap::Args;
use threadlings::explanation::Verdict;

use super::Run;
use crate::courses::Course;
use crate::exit::Ended;
use crate::failure::Failure;
use crate::grading::layout::{self, Sought};
use crate::grading::ledger::Ledger;
use crate::grading::{self, Class};
use crate::options::Options;
use crate::output;
use crate::reports::record::Record;

/// Grade every submission below a folder
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings grade submissions                        submissions/STUDENT/EXERCISE.rs, and other layouts
  threadlings grade submissions --jobs 4               four at the same time
  threadlings grade submissions --exercise lock_order  each file answers this exercise
  threadlings grade submissions --format csv           the results as a table")]
pub struct Grade {
    /// The folder of the submissions
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// All files answer this exercise
    #[arg(long, value_name = "ID")]
    exercise: Option<String>,

    /// A table with the columns student, exercise, path
    #[arg(long, value_name = "FILE.csv")]
    map: Option<PathBuf>,

    /// Where the results are kept [default: NAME-results in this folder, where NAME is that of DIR]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,

    /// Compile up to this many answers at once: quicker, and the results are the same
    #[arg(long, value_name = "N", default_value = "1")]
    batch: NonZeroU16,

    /// End with exit code 1 if an answer is not right
    #[arg(long)]
    fail_on_bug: bool,
}

impl Run for Grade {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let course = Course::require(options.course.as_deref())?;
        let sought = Sought {
            exercise: self.exercise.as_deref(),
            map: self.map.as_deref(),
        };
        let found = layout::discover(&self.folder, &course, &sought)?;
        let mut ledger = Ledger::open(&self.results_folder())?;
        let class = Class {
            root: &self.folder,
            submissions: &found.submissions,
            course: &course,
        };
        let batch = usize::from(self.batch.get());
        grading::grade(&class, &mut ledger, batch, options, &mut |record| {
            if !options.quiet {
                output::remark(&line(record));
            }
        })?;
        let records: Vec<Record> = ledger.records().cloned().collect();
        for record in &records {
            output::result(&options.format.record(record));
        }
        output::result(&options.format.in_the_end(&records));
        let is_bad = |record: &Record| !record.is_right();
        Ok(if self.fail_on_bug && records.iter().any(is_bad) {
            Ended::Bad
        } else if records
            .iter()
            .any(|record| record.object.verdict == Verdict::Fault)
        {
            Ended::Fault
        } else {
            Ended::Good
        })
    }
}

impl Grade {
    fn results_folder(&self) -> PathBuf {
        self.results.clone().unwrap_or_else(|| {
            let name = self.folder.file_name().unwrap_or("class".as_ref());
            Path::new(&format!("{}-results", name.to_string_lossy())).to_owned()
        })
    }
}

/// `alice race_counter: fail lost_update, 4 of 10`
fn line(record: &Record) -> String {
    let (Some(grade), object) = (&record.grade, &record.object) else {
        return String::new();
    };
    let class = object.bug.as_ref().map_or("", |bug| &bug.class);
    let points = match &grade.score {
        Some(score) => format!("{} of {}", score.points, score.max),
        None => "not graded".to_string(),
    };
    let (student, exercise, verdict) = (&grade.student, &grade.exercise, object.verdict.name());
    format!("{student} {exercise}: {verdict} {class}, {points}")
}
