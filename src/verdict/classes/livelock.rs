//! `livelock`: threads run, but only round and round: nothing they read can ever change again.

use super::super::{Case, Class, Finding, Role, Telling, Words, state};
use super::blocked_forever::phrase;
use crate::trace::{Action, Ending, ThreadEnd};

pub(super) const CLASS: Class = Class {
    name: "livelock",
    code: "TL0306",
    page: include_str!("livelock.md"),
    recognise,
    tell,
};

/// The engine has established that no thread can go on but by repeating itself. Sites: where each stands, and
/// the last thing it read.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    if case.trace.ending != Ending::Livelock {
        return None;
    }
    let trace = case.trace;
    let mut finding = Finding::default();
    for (at, event) in trace.pending.iter().enumerate() {
        let end = trace.threads[event.thread].end;
        if !matches!(end, ThreadEnd::Blocked | ThreadEnd::CutOff) {
            continue;
        }
        let spins = matches!(
            event.action,
            Action::AwaitChange | Action::Yield | Action::SpinHint
        );
        let read = trace.events.iter().rposition(|earlier| {
            earlier.thread == event.thread && earlier.object.is_some() && earlier.read.is_some()
        });
        match (spins, read) {
            (true, Some(read)) => finding.event(trace, Role::Reads, read),
            _ => finding.pending(trace, Role::Waits, at),
        }
    }
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let mut labels = Vec::new();
    let mut spinning = None;
    for site in &finding.sites {
        let who = say.thread(site.thread.unwrap_or(0));
        let event = site.at.event(say.trace);
        labels.push(match (site.role, site.object, event) {
            (Role::Reads, Some(object), Some(event)) => {
                spinning.get_or_insert((site.thread.unwrap_or(0), object));
                let value = event.read.as_deref().filter(|value| *value != "-");
                let value = value.map(|value| format!(" {value}")).unwrap_or_default();
                format!(
                    "{who} reads{value} from {} here, again and again",
                    say.object(object)
                )
            }
            (_, _, Some(event)) => format!("{who} {} here", phrase(say, event)),
            _ => format!("{who} waits here"),
        });
    }
    let mut rounds: Vec<usize> = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Reads)
        .filter_map(|site| site.thread)
        .collect();
    rounds.dedup();
    let several: Vec<_> = rounds.iter().map(|&thread| say.thread(thread)).collect();
    let title = match spinning {
        Some(_) if several.len() > 1 => format!(
            "{} go round and round in their loops, and none ever finds what it waits for",
            say.list(&several)
        ),
        Some((thread, object)) => format!(
            "{} waits in a loop for {} to change, and no thread is left that would change it",
            say.thread(thread),
            say.object(object)
        ),
        None => "every thread repeats itself, and nothing changes any more".to_string(),
    };
    let held = state::holdings(say.trace, say.trace.events.len());
    let notes = held
        .iter()
        .filter(|holding| state::is_lock(say.trace, holding.object))
        .map(|holding| {
            format!(
                "{} holds {} all the while",
                say.thread(holding.thread),
                say.object(holding.object)
            )
        })
        .collect();
    Words {
        title,
        labels,
        help: match spinning {
            Some((thread, object)) => format!(
                "nothing makes sure that another thread still changes {} while {} waits for it",
                say.object(object),
                say.thread(thread)
            ),
            None => {
                "whoever waits in a loop needs another thread that is still able to end the wait"
                    .into()
            }
        },
        notes,
    }
}
