//! The table of steps: one row a step, one column a thread.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::report::{Missed, StepReport, Witness};
use super::vocabulary;
use crate::trace::{Crash, Ending, Event, Place, Trace};
use crate::verdict::{At, Bug, Telling, is_shown, newest, phrase, place_of, stale, state};
use crate::witness;

/// The rows for the events that matter, then one for each thread that is left waiting.
pub(super) fn table(say: &Telling<'_>, bug: &Bug, relevant: &[usize]) -> Witness {
    let trace = say.trace;
    let numbers = super::site_numbers(trace, bug);
    let mut rows: Vec<(&Event, At)> = relevant
        .iter()
        .map(|&at| (&trace.events[at], At::Event(at)))
        .collect();
    let waits = state::waits(trace);
    let shows_waits = bug
        .finding
        .sites
        .iter()
        .any(|site| matches!(site.at, At::Pending(_)));
    for (at, event) in trace.pending.iter().enumerate().filter(|_| shows_waits) {
        let waits = waits.iter().any(|wait| wait.pending == at);
        let is_site = bug
            .finding
            .sites
            .iter()
            .any(|site| site.at == At::Pending(at));
        if waits || is_site {
            rows.push((event, At::Pending(at)));
        }
    }
    let mut threads: Vec<usize> = rows.iter().map(|(event, _)| event.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let held = state::holdings(trace, trace.events.len());
    let echoes = echoes(trace);
    let step_of = |event: usize| relevant.iter().position(|&at| at == event).map(|at| at + 1);
    let failure = bug.finding.failure.as_ref();
    let checks = failure.is_some_and(|failure| failure.assertion);
    let failing = failure.map(|failure| failure.event);
    let steps: Vec<StepReport> = rows
        .iter()
        .enumerate()
        .map(|(row, (event, at))| {
            let blocked = matches!(at, At::Pending(_));
            let what = if blocked && !waits.iter().any(|wait| At::Pending(wait.pending) == *at) {
                last_seen(say, event)
            } else if blocked {
                let wait = waits.iter().find(|wait| At::Pending(wait.pending) == *at);
                waiting(say, event, wait, &held, step_of)
            } else if checks && matches!(at, At::Event(at) if Some(*at) == failing) {
                "the check fails".into()
            } else {
                let what = match at {
                    At::Event(at) => phrase(say, &without_echo(trace, &echoes, *at)),
                    _ => phrase(say, event),
                };
                match stale(say, event, step_of) {
                    Some(missed) => format!("{what} ({missed})"),
                    None => what,
                }
            };
            let place = place_of(event);
            let sites = bug.finding.sites.iter().zip(&numbers);
            StepReport {
                number: row + 1,
                column: threads.iter().position(|&t| t == event.thread).unwrap_or(0),
                operation: vocabulary::operation(event.action),
                object: event
                    .object
                    .map(|object| say.names.object(object).to_string()),
                value: value(event),
                missed: newest(trace, event).map(|(at, store)| Missed {
                    value: value(store),
                    step: step_of(at),
                }),
                source: place
                    .as_ref()
                    .map(|place| say.sources.line(place).to_string())
                    .unwrap_or_default(),
                what,
                line: place.as_ref().map_or(0, |place| place.line),
                column_in_line: place
                    .as_ref()
                    .map_or(0, |place| say.sources.extent(place).start.column),
                file: place.map(|Place { file, .. }| file).unwrap_or_default(),
                sites: sites
                    .filter(|(site, _)| site.at == *at)
                    .filter_map(|(_, n)| *n)
                    .collect(),
                blocked,
            }
        })
        .collect();
    let keys: Vec<_> = steps
        .iter()
        .map(|step| {
            (
                step.column,
                step.operation,
                step.object.clone(),
                step.line,
                step.sites.is_empty(),
                step.missed.is_some(),
            )
        })
        .collect();
    let folds = witness::fold(&keys)
        .into_iter()
        .map(|fold| (fold.start + 1, fold.start + fold.period, fold.rounds))
        .collect();
    Witness {
        switches: switches(trace, failing),
        threads: threads
            .iter()
            .map(|&thread| say.names.thread(thread).to_string())
            .collect(),
        steps,
        folds,
    }
}

/// The releases that leave the value which their thread has found.
fn echoes(trace: &Trace) -> BTreeSet<usize> {
    let sections = state::sections(trace).into_iter();
    let unchanged = sections.filter_map(|section| {
        let to = section.to?;
        (trace.events[section.from].read == trace.events[to].written).then_some(to)
    });
    unchanged.collect()
}

/// An event, without the value that it leaves where that is the one its thread has found.
fn without_echo<'a>(trace: &'a Trace, echoes: &BTreeSet<usize>, at: usize) -> Cow<'a, Event> {
    let event = &trace.events[at];
    if !echoes.contains(&at) {
        return Cow::Borrowed(event);
    }
    let mut event = event.clone();
    event.written = None;
    Cow::Owned(event)
}

/// "waits for `right`, held by `b` since step 2".
fn waiting(
    say: &Telling<'_>,
    event: &Event,
    wait: Option<&state::Waiting>,
    held: &[state::Holding],
    step_of: impl Fn(usize) -> Option<usize>,
) -> String {
    let lock = wait.is_some_and(|wait| wait.reason == state::Reason::Lock);
    if lock {
        let object = if event.action == crate::trace::Action::Reacquire {
            event.other
        } else {
            event.object
        };
        if let Some(own) = held.iter().find(|holding| Some(holding.object) == object) {
            let since = step_of(own.since).map(|step| format!(" since step {step}"));
            let holder = if own.thread == event.thread {
                "itself".to_string()
            } else {
                say.thread(own.thread)
            };
            return format!(
                "waits for {}, held by {holder}{}",
                say.object(own.object),
                since.unwrap_or_default()
            );
        }
    }
    crate::verdict::waiting_phrase(say, event)
}

/// What a thread that does not wait is about to do at the end.
fn last_seen(say: &Telling<'_>, event: &Event) -> String {
    match &say.trace.ending {
        Ending::Crashed {
            how: Crash::EndlessLoop,
            ..
        } => "runs on and on".into(),
        Ending::Crashed { .. } => "is last seen here".into(),
        _ => format!("is about to go on: {}", phrase(say, event)),
    }
}

fn value(event: &Event) -> Option<String> {
    let value = event.written.clone().or_else(|| event.read.clone());
    value.filter(|value| is_shown(value))
}

/// How often another thread continues than the one that made the last step, up to the failure.
fn switches(trace: &Trace, failing: Option<usize>) -> usize {
    let events = trace.events.iter().take(failing.unwrap_or(usize::MAX));
    let scheduled = events.filter(|event| event.scheduled).count();
    // Operations that never returned have no events.
    let steps = trace.schedule.iter();
    let steps = steps.take(if failing.is_some() {
        scheduled
    } else {
        usize::MAX
    });
    let threads: Vec<u32> = steps.map(|step| step.thread).collect();
    threads.windows(2).filter(|pair| pair[0] != pair[1]).count()
}
