//! The memory of a data race gets the name that the source gives it.
//!
//! Programs are searched without debug information on variables: it slows compiling and running down, and moves what is
//! on the stacks. So the execution with the race is run once more, in a program that has it.

use threadlings::runtime::{self, Limits, Replay, Task};
use threadlings::trace::{Event, Trace};

use crate::check;
use crate::options::Options;
use crate::subject::{Source, Subject};

/// Puts the execution of `trace`, which ends in a race, in the words of debug information. If that does not work out, it
/// stays as it is.
pub fn name_memory(trace: &mut Trace, subject: &Subject, source: &Source, options: &Options) {
    if let Some(named) = again(trace, subject, source, options)
        && is_same(&named, trace)
    {
        *trace = named;
    }
}

fn again(trace: &Trace, subject: &Subject, source: &Source, options: &Options) -> Option<Trace> {
    let compiled = check::compiled(subject, source, options.edition, true, options);
    let library = compiled.ok()?.ok()?;
    let mut scenarios = subject.scenarios().into_iter();
    let scenario = scenarios.position(|scenario| scenario.name == trace.entry)?;
    let task = Task::Replay(Replay {
        schedule: trace.schedule.clone(),
        fatal: None,
    });
    let request = library.request(
        scenario,
        task,
        Limits {
            memory: options.memory_limit,
            ..Limits::default()
        },
    );
    runtime::run(&request, &mut |_| ()).ok()?.failure
}

/// Whether the same accesses race, and the same happens before.
fn is_same(one: &Trace, other: &Trace) -> bool {
    let what = |event: &Event| (event.thread, event.action, event.place.clone());
    let accesses = |trace: &Trace| {
        let race = trace.race.as_ref()?;
        Some(race.accesses.map(|access| what(&trace.events[access])))
    };
    one.ending == other.ending
        && accesses(one) == accesses(other)
        && one
            .events
            .iter()
            .map(what)
            .eq(other.events.iter().map(what))
}
