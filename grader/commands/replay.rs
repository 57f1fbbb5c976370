//! `threadlings replay`: a stored failing run, shown again from the file and confirmed by running its schedule.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Run;
use crate::courses::Course;
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::options::Options;
use crate::outcome::{Cause, Outcome, Search};
use crate::stages::{self, Compiled};
use crate::store::{self, Stored};
use crate::subject::Subject;
use crate::{output, paths};

/// Show a stored failing run again, and run its schedule to confirm it
#[derive(Args)]
#[command(after_help = "Examples:\n  threadlings replay .threadlings/traces/3f9c07d2a1b4e586.json")]
pub struct Replay {
    /// The file that a failing check has stored
    #[arg(value_name = "TRACE")]
    trace: PathBuf,
}

impl Run for Replay {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let stored = store::read(&self.trace)?;
        let confirmed = confirm(&stored, options);
        let (verdict, bug) = stages::judge(&stored.trace, &stored.files);
        let outcome = Outcome {
            subject: subject(&stored, options).unwrap_or_else(|_| Subject::program(&stored.file)),
            verdict,
            cause: Cause::Execution {
                trace: Box::new(stored.trace),
                bug,
            },
            search: Search {
                interleavings: 1,
                complete: false,
                truncated_by: None,
                elapsed: Duration::ZERO,
            },
            files: stored.files,
            replay: Some(PathBuf::from(paths::shown(&self.trace))),
            notes: vec![confirmed],
        };
        output::result(&stages::render(&outcome, options.format, options.color));
        Ok(verdict.ended())
    }
}

/// Runs the stored schedule again, if the source is still what it was, and says in a sentence how it went.
fn confirm(stored: &Stored, options: &Options) -> String {
    let run = || -> Result<bool, Failure> {
        let source = subject(stored, options)?.read()?;
        if source.files() != stored.files {
            return Err(Problem::new("the source has changed since").into());
        }
        let edition = &stored.edition;
        let Compiled::Program(program) = stages::compile(&source, edition, true)? else {
            return Err(Problem::new("the source no longer compiles").into());
        };
        let again = stages::rerun(&program, &stored.trace.entry, &stored.trace.schedule)?;
        Ok(again.ending == stored.trace.ending && again.schedule == stored.trace.schedule)
    };
    match run() {
        Ok(true) => "the schedule was run again and fails in the same way".to_string(),
        Ok(false) => {
            "the schedule was run again and ends differently: the program is not deterministic"
                .to_string()
        }
        Err(failure) => {
            let why = failure.to_string();
            let why = why.lines().next().unwrap_or_default();
            format!("shown from the stored run; the schedule was not run again: {why}")
        }
    }
}

fn subject(stored: &Stored, options: &Options) -> Result<Subject, Problem> {
    let Some(id) = &stored.exercise else {
        return Ok(Subject::program(&stored.file));
    };
    let course = Course::require(options.course.as_deref())?;
    let exercise = course.require_exercise(id)?;
    Ok(Subject::answer(exercise, paths::absolute(&stored.file)))
}
