//! The whole pipeline: source, compile, run, verdict. The report is made of the [`Outcome`] by whoever shows it.

use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::options::Options;
use crate::outcome::{Cause, Outcome, Search, Verdict};
use crate::stages::{self, Compiled, Exploration, Limits, Program};
use crate::subject::{Source, Subject};

/// Checks `subject`. `on_progress` is told how many interleavings have been run so far.
///
/// # Errors
/// When the subject cannot be read, or we fail; what is wrong with the program is an outcome.
pub fn check(
    subject: &Subject,
    options: &Options,
    on_progress: &mut dyn FnMut(u64),
) -> Result<Outcome, Failure> {
    let source = subject.read()?;
    let allow_unsafe = subject
        .exercise
        .as_ref()
        .is_none_or(|exercise| exercise.manifest.allow_unsafe);
    let (verdict, cause, search) = match stages::compile(&source, options.edition, allow_unsafe)? {
        Compiled::Errors(errors) => (
            Verdict::DoesNotCompile,
            Cause::Rustc { errors },
            Search::default(),
        ),
        Compiled::Program(program) => explore(subject, &source, &program, options, on_progress)?,
    };
    Ok(Outcome {
        subject: subject.clone(),
        verdict,
        cause,
        search,
        files: source.files(),
        replay: None,
        notes: Vec::new(),
    })
}

/// Explores scenario after scenario. The first one that fails decides; without one, what is weaker than a failure
/// counts: no concurrency, then a limit that was hit, then goals that were not reached.
fn explore(
    subject: &Subject,
    source: &Source,
    program: &Program,
    options: &Options,
    on_progress: &mut dyn FnMut(u64),
) -> Result<(Verdict, Cause, Search), Failure> {
    let begun = Instant::now();
    let budget = budget(subject, options);
    let mut search = Search {
        complete: true,
        ..Search::default()
    };
    let mut missing = subject.must_reach().to_vec();
    let mut serial = None;
    for scenario in subject.scenarios() {
        let limits = Limits {
            time: budget.saturating_sub(begun.elapsed()),
            interleavings: options
                .max_interleavings
                .map(|most| most.saturating_sub(search.interleavings)),
            seed: options.seed,
        };
        let before = search.interleavings;
        let explored = stages::explore(program, &scenario.name, &limits, &mut |count| {
            on_progress(before + count)
        })?;
        add(&mut search, &explored, begun.elapsed());
        missing.retain(|goal| !explored.reached.contains(goal));
        if let Some(trace) = explored.failing {
            let (verdict, bug) = stages::judge(&trace, &source.files());
            search.complete = false;
            let cause = Cause::Execution {
                trace: Box::new(trace),
                bug,
            };
            return Ok((verdict, cause, search));
        }
        if scenario.concurrent && explored.complete && explored.interleavings == 1 {
            serial.get_or_insert(scenario.name);
        }
    }
    Ok(match serial {
        Some(scenario) => (
            Verdict::NotConcurrent,
            Cause::OneInterleaving { scenario },
            search,
        ),
        None if !search.complete => (Verdict::Inconclusive, Cause::None, search),
        None if !missing.is_empty() => (
            Verdict::OverSynchronised,
            Cause::NotReached { goals: missing },
            search,
        ),
        None => (Verdict::Pass, Cause::None, search),
    })
}

fn add(search: &mut Search, explored: &Exploration, elapsed: Duration) {
    search.interleavings += explored.interleavings;
    search.complete &= explored.complete;
    search.elapsed = elapsed;
    if search.truncated_by.is_none() {
        search.truncated_by.clone_from(&explored.truncated_by);
    }
}

/// What was typed wins over what the exercise says.
fn budget(subject: &Subject, options: &Options) -> Duration {
    let of_exercise = subject
        .exercise
        .as_ref()
        .map(|exercise| Duration::from_secs(exercise.manifest.budget_seconds));
    options
        .budget
        .or(of_exercise)
        .unwrap_or(Options::DEFAULT_BUDGET)
}
