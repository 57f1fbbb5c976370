//! The table of steps: one row a step, one column a thread.

use super::report::{StepReport, Witness};
use super::vocabulary;
use crate::trace::{Event, Place, Trace};
use crate::verdict::{At, Bug, Telling, place_of, state};
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
    for wait in waits.iter().filter(|_| shows_waits) {
        rows.push((&trace.pending[wait.pending], At::Pending(wait.pending)));
    }
    let mut threads: Vec<usize> = rows.iter().map(|(event, _)| event.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let held = state::holdings(trace, trace.events.len());
    let step_of = |event: usize| relevant.iter().position(|&at| at == event).map(|at| at + 1);
    let failure = bug.finding.failure.as_ref();
    let checks = failure.is_some_and(|failure| failure.assertion);
    let failing = failure.map(|failure| failure.event);
    let steps: Vec<StepReport> = rows
        .iter()
        .enumerate()
        .map(|(row, (event, at))| {
            let blocked = matches!(at, At::Pending(_));
            let what = if blocked {
                let wait = waits.iter().find(|wait| At::Pending(wait.pending) == *at);
                waiting(say, event, wait, &held, &step_of)
            } else if checks && matches!(at, At::Event(at) if Some(*at) == failing) {
                "the check fails".into()
            } else {
                vocabulary::phrase(say, event)
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
            )
        })
        .collect();
    let folds = witness::fold(&keys)
        .into_iter()
        .map(|fold| (fold.start + 1, fold.start + fold.period, fold.rounds))
        .collect();
    Witness {
        switches: switches(trace),
        threads: threads
            .iter()
            .map(|&thread| say.names.thread(thread).to_string())
            .collect(),
        steps,
        folds,
    }
}

/// "waits for `right`, held by `b` since step 2".
fn waiting(
    say: &Telling<'_>,
    event: &Event,
    wait: Option<&state::Waiting>,
    held: &[state::Holding],
    step_of: &impl Fn(usize) -> Option<usize>,
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
            return format!(
                "waits for {}, held by {}{}",
                say.object(own.object),
                say.thread(own.thread),
                since.unwrap_or_default()
            );
        }
    }
    crate::verdict::waiting_phrase(say, event)
}

fn value(event: &Event) -> Option<String> {
    let value = event.written.clone().or_else(|| event.read.clone());
    value.filter(|value| value != "-")
}

/// How often another thread continues than the one that made the last step.
fn switches(trace: &Trace) -> usize {
    let threads: Vec<u32> = trace.schedule.iter().map(|step| step.thread).collect();
    threads.windows(2).filter(|pair| pair[0] != pair[1]).count()
}
