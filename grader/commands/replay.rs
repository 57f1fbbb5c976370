//! `threadlings replay`: a stored failing run, shown again from the file and confirmed by running its schedule.

use std::path::PathBuf;

use clap::Args;
use threadlings::explanation::Watching;
use threadlings::runtime::{self, Limits, Task};
use threadlings::sandbox::Layers;

use super::Run;
use crate::courses::Course;
use crate::exit::Ended;
use crate::failure::{Failure, Fault, Problem};
use crate::options::Options;
use crate::outcome::{self, Cause, Outcome};

use crate::reports::record::Record;
use crate::store::{self, Stored};
use crate::subject::Subject;
use crate::{check, output, paths};

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

        let outcome = Outcome {
            subject: subject(&stored, options).unwrap_or_else(|_| Subject::program(&stored.file)),
            cause: Cause::Failed(Box::new(stored.trace)),
            search: None,
            tried: Vec::new(),
            watching: Watching::Needless,
            layers: Layers::unwanted(),
            files: stored.files,
            replay: Some(PathBuf::from(paths::shown(&self.trace))),
            notes: vec![confirmed],
            disputes: Vec::new(),
            review: Vec::new(),
        };
        let report = outcome.report();
        let ended = outcome::ended(report.verdict);
        output::result(&options.format.at_once(&report, options.style));
        output::in_the_end(options.format, &[Record::of(&report)], &[]);
        Ok(ended)
    }
}

/// Runs the stored schedule again, if the source is still what it was, and says in a sentence how it went.
fn confirm(stored: &Stored, options: &Options) -> String {
    let run = || -> Result<bool, Failure> {
        let subject = subject(stored, options)?;
        let source = subject.read()?;

        if source.files() != stored.files {
            return Err(Problem::new("the source has changed since").into());
        }
        let Ok(library) = check::compiled(&subject, &source, &stored.edition, false, options)?
        else {
            return Err(Problem::new("the source no longer compiles").into());
        };
        let scenarios = subject.scenarios();
        let entry = scenarios
            .iter()
            .position(|scenario| scenario.name == stored.trace.entry);
        let entry = entry.ok_or_else(|| Problem::new("the scenario is no longer there"))?;
        let task = Task::Replay(runtime::Replay {
            schedule: stored.trace.schedule.clone(),
            fatal: None,
        });
        let request = library.request(entry, task, Limits::default());
        let again =
            runtime::run(&request, &mut |_| ()).map_err(|fault| Fault(fault.to_string()))?;
        Ok(again
            .failure
            .is_some_and(|again| again.ending == stored.trace.ending))
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
