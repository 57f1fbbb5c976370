//! What a student learns from a bug that was found: how often it would have shown up by running the program.

use std::time::{Duration, Instant};

use threadlings::explanation::{Runs, grouped};

use super::{RUNS, Request, count};
use crate::compile::{self, SourceText};
use crate::options::Options;
use crate::outcome::{Cause, Outcome};

/// For compiling and running together.
const TIME: Duration = Duration::from_secs(1);
/// For running, however long compiling took.
const LEAST: Duration = Duration::from_millis(300);

/// "on real threads: the bug showed up in 0 of 1,000 runs"; `None` where no exercise failed, or it cannot be run.
///
/// The scenario that fails is run, and whatever goes wrong is the bug.
pub fn lesson(outcome: &Outcome, options: &Options) -> Option<String> {
    let begun = Instant::now();
    let Cause::Failed(trace) = &outcome.cause else {
        return None;
    };
    outcome.subject.exercise.as_ref()?;
    let [(program, text), (check, scenarios)] = outcome.files.as_slice() else {
        return None;
    };
    let input = compile::Input {
        stranger: false,
        allow_unsafe: true,
        file: SourceText {
            path: program.as_ref(),
            text,
        },
        check: Some(SourceText {
            path: check.as_ref(),
            text: scenarios,
        }),
        scenarios: std::slice::from_ref(&trace.entry),
        edition: options.edition,
        color: false,
        races: compile::Races::Never,
        incremental: false,
        variables: false,
        layers: None,
    };
    let executable = compile::compile_native(&input, &mut |_| ()).ok()?;
    let time = TIME.saturating_sub(begun.elapsed()).max(LEAST);
    let request = Request {
        executable: executable.path.clone(),
        argument: Some(trace.entry.clone()),
        runs: RUNS,
        budget_ms: u64::try_from(time.as_millis()).ok()?,
        jobs: options.jobs,
        memory: options.memory_limit,
    };
    line(count(&request, &mut |_| ()).ok()?)
}

fn line(runs: Runs) -> Option<String> {
    let plural = if runs.total() == 1 { "" } else { "s" };
    (runs.total() > 0).then(|| {
        format!(
            "on real threads: the bug showed up in {} of {} run{plural}",
            grouped(runs.wrong()),
            grouped(runs.total())
        )
    })
}
