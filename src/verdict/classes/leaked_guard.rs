//! `leaked_guard`: a thread waits for a lock whose guard nobody can drop any more.
//!
//! The holder has ended without releasing it, or the source forgets the guard (`mem::forget`).

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, place_of, state};
use super::self_deadlock::{stuck, wanted};
use crate::trace::ThreadEnd;

pub(super) const CLASS: Class = Class {
    name: "leaked_guard",
    code: "TL0304",
    virtue: Virtue::Liveness,
    page: include_str!("leaked_guard.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    if !stuck(case) {
        return None;
    }
    let trace = case.trace;
    let held = state::holdings(trace, trace.events.len());
    case.waits.iter().find_map(|wait| {
        let object = wanted(case, wait)?;
        let holding = held.iter().find(|holding| holding.object == object)?;
        let ended = matches!(
            trace.threads[holding.thread].end,
            ThreadEnd::Returned | ThreadEnd::Panicked
        );
        if !ended && !is_forgotten(case, holding.since) {
            return None;
        }
        let mut finding = Finding::default();
        finding.event(trace, Role::Holds, holding.since);
        finding.sites[0].object = Some(object);
        finding.pending(trace, Role::Waits, wait.pending);
        finding.created(trace, object);
        Some(finding)
    })
}

/// Whether the source gives the guard of an acquisition to `forget` or `ManuallyDrop::new`.
fn is_forgotten(case: &Case<'_>, acquired: usize) -> bool {
    let Some(place) = place_of(&case.trace.events[acquired]) else {
        return false;
    };
    let Some((call, function)) = case.sources.call(&place).zip(case.sources.function(&place))
    else {
        return false;
    };
    case.sources.calls(&place).any(|other| {
        (other.name == "forget"
            || other.path.ends_with("ManuallyDrop::new")
            || other.path.ends_with("Box::leak"))
            && function.span.contains(other.at)
            && (other.inside.contains(call.at)
                || other
                    .mentions
                    .iter()
                    .any(|name| call.bound().contains(name)))
    })
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let (taken, waits) = (&finding.sites[0], &finding.sites[1]);
    let lock = say.object(taken.object.unwrap_or(0));
    let holder = taken.thread.unwrap_or(0);
    let (who, waiter) = (say.thread(holder), say.thread(waits.thread.unwrap_or(0)));
    let ended = matches!(
        say.trace.threads[holder].end,
        ThreadEnd::Returned | ThreadEnd::Panicked
    );
    let (title, fact) = if ended {
        (
            format!("{who} has ended without releasing {lock}, and {waiter} waits for it"),
            format!("{who} takes {lock} here, and ends without releasing it"),
        )
    } else {
        (
            format!("the guard of {lock} is forgotten, so {waiter} waits for it for ever"),
            format!("{who} takes {lock} here, and forgets the guard"),
        )
    };
    let mut labels = vec![fact, format!("{waiter} waits for {lock} here")];
    labels.extend(
        finding.sites[2..]
            .iter()
            .map(|_| format!("{lock} is made here")),
    );
    Words {
        title,
        labels,
        help: "a lock is released when its guard is dropped: the guard must not outlive its use"
            .into(),
        notes: Vec::new(),
    }
}
