//! Loom and shuttle as engines: each explores the same compiled program in its own way, in a child process.

use std::time::{Duration, Instant};

use threadlings::explanation::Search;
use threadlings::opinions::known::{self, Way};
use threadlings::opinions::{Opinion, Patience, Witness};
use threadlings::runtime::{self, Limits, Request, Task};
use threadlings::trace::Memory;

use crate::check::{self, Progress};
use crate::compile::Library;
use crate::failure::{Failure, Fault};
use crate::options::Options;
use crate::outcome::{Cause, Decision};
use crate::subject::Subject;

/// Judges with loom.
pub fn loom(
    subject: &Subject,
    library: &Library,
    options: &Options,
    _: &mut dyn FnMut(&Progress),
) -> Result<Decision, Failure> {
    judge(Witness::Loom, subject, library, options)
}

/// Judges with shuttle.
pub fn shuttle(
    subject: &Subject,
    library: &Library,
    options: &Options,
    _: &mut dyn FnMut(&Progress),
) -> Result<Decision, Failure> {
    judge(Witness::Shuttle, subject, library, options)
}

/// Asks about scenario after scenario; the first one that fails decides.
fn judge(
    witness: Witness,
    subject: &Subject,
    library: &Library,
    options: &Options,
) -> Result<Decision, Failure> {
    let begun = Instant::now();
    let engine = witness.name().to_string();
    let mut search = Search {
        engine: engine.clone(),
        complete: true,
        ..Search::default()
    };
    let mut cause = Cause::Witnessed {
        engine: engine.clone(),
        failure: None,
    };
    for (entry, _) in subject.scenarios().iter().enumerate() {
        let time = check::budget(subject, options).saturating_sub(begun.elapsed());
        let opinion = ask(library, entry, witness, time, options)?;
        add(&mut search, witness, &opinion);
        if let Some(why) = opinion.refused {
            cause = Cause::Inconclusive(Some(format!("{engine} cannot say: {why}")));
            break;
        }
        if let Some(failure) = opinion.finals.iter().find(|end| end.how.is_failure()) {
            search.complete = false;
            cause = Cause::Witnessed {
                engine,
                failure: Some(failure.to_string()),
            };
            break;
        }
        if opinion.finals.is_empty() {
            cause = Cause::Inconclusive(Some(format!(
                "{engine} has not seen one execution to its end"
            )));
        }
    }
    search.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Decision {
        cause,
        search,
        tried: Vec::new(),
    })
}

fn add(search: &mut Search, witness: Witness, opinion: &Opinion) {
    search.interleavings += opinion.executions;
    search.complete &=
        opinion.is_exhaustive() && known::explanation(witness, Way::Misses, opinion).is_none();
    search.weaker_orderings |= opinion.weak_ordering;
    search.strategy.clone_from(&opinion.strategy);
    search.memory = match opinion.memory {
        Memory::Sc => "sc",
        Memory::C11 => "c11",
    }
    .to_string();
}

/// What `witness` thinks of one entry point, found out in at most `time`.
///
/// # Errors
/// When the child process fails, which says nothing of the program.
pub fn ask(
    library: &Library,
    entry: usize,
    witness: Witness,
    time: Duration,
    options: &Options,
) -> Result<Opinion, Failure> {
    let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let patience = Patience {
        time_ms: milliseconds,
        executions: options.max_interleavings,
        seed: options.seed,
        ..Patience::default()
    };
    let request = Request {
        unused: Vec::new(),
        watch: false,
        ..library.request(
            entry,
            Task::Ask(witness, patience),
            Limits {
                budget_ms: milliseconds,
                memory: options.memory_limit,
                ..Limits::default()
            },
        )
    };
    match runtime::run(&request, &mut |_| ()) {
        Ok(explored) => Ok(explored.opinion.unwrap_or_default()),
        // The library has given up, and taken its process along.
        Err(runtime::Fault::Died(how)) if witness != Witness::Own => {
            Ok(Opinion::none(format!("{} aborted ({how})", witness.name())))
        }
        Err(fault) => Err(Fault(fault.to_string()).into()),
    }
}
