//! `threadlings grade`: every submission below a folder.

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Run;
use crate::compile;
use crate::confinement::Confinement;
use crate::courses::Course;
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::grading::book::Gradebook;
use crate::grading::layout::{self, Found, Sought};
use crate::grading::ledger::Ledger;
use crate::grading::progress::Progress;
use crate::grading::shard::Shard;
use crate::grading::{self, Class, Manner, closing, results_folder};
use crate::options::Options;
use crate::reports::Write;
use crate::{output, paths};

/// Longer lists end in a count.
const SHOWN: usize = 10;

/// Grade every submission below a folder
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings grade class                        class/STUDENT/EXERCISE.rs, and more
  threadlings grade class --jobs 4               four at the same time
  threadlings grade class --exercise lock_order  each file answers this exercise
  threadlings grade class --format csv           the results as a table
  threadlings grade class --shard 3/16           a part of the class

Every result is kept as soon as it is known. The same command again goes on where
it was interrupted, and judges only what is new, has changed or could not be
graded. Standard error has a line for each result as it comes; standard output has all of
them in the end, by student and exercise.

Exit codes, the first that applies: 70 our fault in one of them, 1 with
--fail-on-bug: an answer is not right, 3 some were not graded, 0 every submission
has a verdict; 2 wrong request, a check that does not work, or a disk that is full")]
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

    /// Grade one of several parts, each on a machine of its own; `threadlings merge` joins their results
    #[arg(long, value_name = "PART/PARTS")]
    shard: Option<Shard>,

    /// Only tell what was found in the folder, and grade nothing
    #[arg(long)]
    dry_run: bool,

    /// Where the results are kept [default: NAME-results in this folder, where NAME is that of DIR; NAME-results-3-of-16
    /// for a part]
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
        if !options.engine.grades {
            let name = options.engine.name;
            return Err(Problem::new(format!(
                "the engine `{name}` gives second opinions, and no points"
            ))
            .help("leave out --engine; `--cross-check` asks loom and shuttle too")
            .into());
        }
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
        let folder = self.results_folder();
        let mut found = layout::discover(&self.folder, &course, &sought)?;
        let nothing = found.submissions.is_empty();
        if let Some(shard) = self.shard {
            let submissions = &mut found.submissions;
            submissions.retain(|submission| shard.holds(submission));
        }
        if self.dry_run {
            output::result(&found.words());
            return Ok(Ended::Good);
        }
        tell(&found, options);
        if nothing {
            return Err(nothing_found(&self.folder).into());
        }
        let class = Class {
            root: &self.folder,
            found: &found,
            shard: self.shard,
            course: &course,
        };
        let mut ledger = Ledger::open(&folder)?;
        compile::when_ended("what is graded so far is kept: the same command goes on from here");
        let mut progress = Progress::new(options.quiet);
        let manner = Manner {
            regrade: self.force,
            batch: self.batch.get().into(),
        };
        let graded = grading::grade(&class, &mut ledger, manner, options, &mut progress);
        drop(progress);
        let book = Gradebook::of(ledger.lines());
        let has_begun = ledger.lines().roll.is_some();
        let written = has_begun.then(|| results_folder::write(&folder, &book));
        // Why it ended early says more than what came of that.
        graded?;
        written.transpose()?;
        closing::print(&book, Some(&folder), options);
        Ok(book.ended(self.fail_on_bug))
    }
}

impl Grade {
    fn results_folder(&self) -> PathBuf {
        self.results.clone().unwrap_or_else(|| {
            let folder = paths::absolute(&self.folder);
            let name = folder.file_name().unwrap_or("class".as_ref());
            let part = self
                .shard
                .map(|Shard { part, of }| format!("-{part}-of-{of}"));
            let name = name.to_string_lossy();
            PathBuf::from(format!("{name}-results{}", part.unwrap_or_default()))
        })
    }
}

/// What was recognised is a remark; what is not graded is told in any case: for people, with the results.
fn tell(found: &Found, options: &Options) {
    if !options.quiet {
        output::remark(&format!("found: {}", found.layout));
    }
    let has_results = !found.submissions.is_empty();
    if has_results && matches!(options.format.write, Write::People) {
        return;
    }
    let all = &found.unmatched;
    for unmatched in all.iter().take(SHOWN) {
        output::remark(&unmatched.words());
    }
    if all.len() > SHOWN {
        let more = all.len() - SHOWN;
        output::remark(&format!("not graded: {more} more: see `--dry-run`"));
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
