//! `threadlings grade`: every submission below a folder.

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use clap::Args;
use threadlings::explanation::Verdict;

use super::Run;
use crate::confinement::Confinement;
use crate::courses::Course;
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::grading::book::Gradebook;
use crate::grading::layout::{self, Found, Sought, names};
use crate::grading::ledger::Ledger;
use crate::grading::progress::Progress;
use crate::grading::shard::Shard;
use crate::grading::{self, Class, Manner, results_folder};
use crate::options::Options;
use crate::reports::record::Record;
use crate::{output, paths};

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

    /// Grade one of several parts, each on a machine of its own
    #[arg(long, value_name = "PART/PARTS")]
    shard: Option<Shard>,

    /// Where the results are kept [default: NAME-results in this folder, where NAME is that of DIR]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,

    /// Compile up to this many answers at once: quicker, and the results are the same
    #[arg(long, value_name = "N", default_value = "1")]
    batch: NonZeroU16,

    /// Judge nothing where programs cannot be held by a sandbox
    #[arg(long)]
    require_sandbox: bool,

    /// Judge all submissions again; what is known of them stays until then
    #[arg(long)]
    force: bool,

    /// End with exit code 1 if an answer is not right
    #[arg(long)]
    fail_on_bug: bool,
}

impl Run for Grade {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let confinement = match self.require_sandbox {
            true => Confinement::Required,
            false => Confinement::BestEffort,
        };
        // Before anything of a stranger is looked at.
        confinement.layers()?;
        let options = &Options {
            confinement,
            ..options.clone()
        };
        let course = Course::require(options.course.as_deref())?;
        let sought = Sought {
            exercise: self.exercise.as_deref(),
            map: self.map.as_deref(),
        };
        let mut found = layout::discover(&self.folder, &course, &sought)?;
        tell(&found, options);
        if found.submissions.is_empty() {
            return Err(nothing_found(&self.folder).into());
        }
        if let Some(shard) = self.shard {
            found
                .submissions
                .retain(|submission| shard.holds(submission));
        }
        let class = Class {
            root: &self.folder,
            found: &found,
            shard: self.shard.map(|shard| shard.to_string()),
            course: &course,
        };
        let folder = self.results_folder();
        let mut ledger = Ledger::open(&folder)?;
        let mut progress = Progress::new(options.quiet);
        let manner = Manner {
            regrade: self.force,
            batch: self.batch.get().into(),
        };
        let graded = grading::grade(&class, &mut ledger, manner, options, &mut progress);
        drop(progress);
        let book = Gradebook::of(ledger.lines());
        let written = results_folder::write(&folder, &book);
        // Why it ended early says more than what came of that.
        graded?;
        written?;
        for record in &book.records {
            output::result(&options.format.record(record));
        }
        output::in_the_end(options.format, &book.records);
        Ok(ended(&book, self.fail_on_bug))
    }
}

impl Grade {
    fn results_folder(&self) -> PathBuf {
        self.results.clone().unwrap_or_else(|| {
            let folder = paths::absolute(&self.folder);
            let name = folder.file_name().unwrap_or("class".as_ref());
            PathBuf::from(format!("{}-results", name.to_string_lossy()))
        })
    }
}

/// What was recognised is a remark; what is not graded is told in any case.
fn tell(found: &Found, options: &Options) {
    if !options.quiet {
        output::remark(&format!("found: {}", found.layout));
    }
    for it in &found.unmatched {
        let path = names::visible(it.path.as_os_str());
        output::remark(&format!("not graded: {path}: {}", it.reason));
    }
}

fn nothing_found(folder: &Path) -> Problem {
    Problem::at(
        folder,
        None,
        "no file in this folder is the answer of a student to an exercise",
    )
    .help(format!("a class is laid out as {}", layout::LAYOUTS))
}

/// The worst of what happened.
fn ended(book: &Gradebook, fail_on_bug: bool) -> Ended {
    let of = |record: &Record| match &record.grade {
        _ if record.object.verdict == Verdict::Fault => Ended::Fault,
        Some(grade) if grade.score.is_none() => Ended::NoAnswer,
        _ if fail_on_bug && !record.is_right() => Ended::Bad,
        _ => Ended::Good,
    };
    let waiting = book.waiting.iter().map(|_| Ended::NoAnswer);
    let all = book.records.iter().map(of).chain(waiting);
    all.max().unwrap_or(Ended::Good)
}
