//! `lost_wakeup`: a thread waits on a condvar (or parks) and the wake-up it needs has been given already, to
//! nobody or to somebody else.
//!
//! The rule: a blocked waiter that was not notified since it began to wait, although somebody has notified its
//! condvar, or has taken its lock since. Parking counts only where more
//! tokens were given than taken: tokens do not add up, so one was lost.

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, is_shown, state};
use super::lost_update::{Seen, value};
use super::self_deadlock::stuck;
use crate::trace::Action;
use state::Reason;

pub(super) const CLASS: Class = Class {
    name: "lost_wakeup",
    code: "TL0303",
    virtue: Virtue::Liveness,
    page: include_str!("lost_wakeup.md"),
    recognise,
    tell,
};

/// Sites: the atomic that the waiter checked before it waits, if one; the waiter; the last notification of its
/// condvar, before or after it began to wait; whoever got it.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    if !stuck(case) {
        return None;
    }
    let trace = case.trace;
    let wait = case.waits.iter().find(|wait| match wait.reason {
        Reason::Notification => true,
        Reason::Unpark => {
            let given = unparks(case, wait.thread).count();
            let parks =
                |e: &&crate::trace::Event| e.thread == wait.thread && e.action == Action::Park;
            given > trace.events.iter().filter(parks).count()
        }
        _ => false,
    })?;
    let mut finding = Finding::default();
    if wait.reason == Reason::Unpark {
        for at in unparks(case, wait.thread) {
            finding.event(trace, Role::Notifies, at);
        }
        finding.pending(trace, Role::Waits, wait.pending);
        return Some(finding);
    }
    let condvar = trace.pending[wait.pending].object;
    let own_wait = |e: &crate::trace::Event| e.thread == wait.thread && e.action == Action::Wait;
    let began = trace.events.iter().rposition(own_wait);
    let last_notify = trace.events.iter().rposition(|event| {
        event.object == condvar
            && matches!(event.action, Action::NotifyOne | Action::NotifyAll)
            && event.peer != Some(wait.thread)
    });
    let waits = |finding: &mut Finding| match began {
        Some(began) => finding.event(trace, Role::Waits, began),
        None => finding.pending(trace, Role::Waits, wait.pending),
    };
    let checked = began.and_then(|began| checked(case, began));
    // The values under its lock are what the waiter decides by.
    let lock = trace.pending[wait.pending].other;
    let valued = |event: &crate::trace::Event| {
        let value = event.written.as_ref().or(event.read.as_ref());
        event.object.is_some() && event.object == lock && value.is_some_and(|value| is_shown(value))
    };
    finding.focus = (0..trace.events.len())
        .filter(|&at| valued(&trace.events[at]) && trace.events[at].thread != wait.thread)
        .chain(began.and_then(|began| {
            (0..began).rev().find(|&at| {
                let event = &trace.events[at];
                event.thread == wait.thread && valued(event)
            })
        }))
        .collect();
    if let Some(checked) = checked {
        finding.event(trace, Role::Reads, checked);
    }
    match last_notify {
        Some(notify) if began.is_some_and(|began| began < notify) => {
            waits(&mut finding);
            finding.event(trace, Role::Notifies, notify);
            if let Some(other) = trace.events[notify].peer {
                let woken = (notify..trace.events.len()).find(|&at| {
                    trace.events[at].thread == other && trace.events[at].action == Action::Reacquire
                });
                if let Some(woken) = woken {
                    finding.event(trace, Role::Acquires, woken);
                }
            }
        }
        Some(notify) => {
            finding.event(trace, Role::Notifies, notify);
            waits(&mut finding);
        }
        // Nothing has happened that a notification could have told.
        None if !changed_meanwhile(case, lock, began) => return None,
        None => waits(&mut finding),
    }
    Some(finding)
}

/// Whether another thread has had the lock since a wait began.
fn changed_meanwhile(case: &Case<'_>, lock: Option<usize>, began: Option<usize>) -> bool {
    let Some(began) = began else { return false };
    let sections = state::sections(case.trace);
    sections
        .iter()
        .any(|section| Some(section.object) == lock && section.from > began && !section.shared)
}

/// The last read of an atomic before a wait, by its thread, that decides whether to wait.
fn checked(case: &Case<'_>, began: usize) -> Option<usize> {
    let trace = case.trace;
    let wait = &trace.events[began];
    let last = (0..began).rev().find(|&at| {
        let event = &trace.events[at];
        event.thread == wait.thread && event.action == Action::Load && event.place.is_some()
    })?;
    let place = trace.events[last].place.as_ref()?;
    case.sources.decides(place).then_some(last)
}

fn unparks<'a>(case: &'a Case<'_>, thread: usize) -> impl Iterator<Item = usize> + 'a {
    let events = case.trace.events.iter().enumerate();
    events
        .filter(move |(_, e)| e.action == Action::Unpark && e.peer == Some(thread))
        .map(|(at, _)| at)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let at = finding
        .sites
        .iter()
        .position(|site| site.role == Role::Waits)
        .unwrap_or(0);
    let waits = &finding.sites[at];
    let me = say.thread(waits.thread.unwrap_or(0));
    let parks = waits
        .at
        .event(say.trace)
        .is_some_and(|event| event.action == Action::Park);
    let condvar = waits
        .object
        .map(|object| say.object(object))
        .unwrap_or_default();
    let notify = finding
        .sites
        .iter()
        .position(|site| site.role == Role::Notifies);
    let other = finding
        .sites
        .iter()
        .find(|site| site.role == Role::Acquires);
    let early = notify.is_some_and(|notify| notify < at);
    let labels = finding.sites.iter().map(|site| {
        let who = say.thread(site.thread.unwrap_or(0));
        match site.role {
            Role::Reads => {
                let seen = value(say, site.at, Seen::Before).unwrap_or_default();
                let cell = site
                    .object
                    .map(|object| say.object(object))
                    .unwrap_or_default();
                format!("{who} reads {seen} from {cell} here, and decides to wait")
            }
            Role::Waits if parks => format!("{who} parks here, and no token is left"),
            Role::Waits => format!("{who} waits on {condvar} here, and is never woken"),
            Role::Notifies if parks => format!("{who} unparks {me} here"),
            Role::Notifies if early => format!("{who} notifies {condvar} here, before {me} waits"),
            Role::Notifies => match other {
                Some(other) => format!(
                    "{who} notifies {condvar} here: that wakes {}",
                    say.thread(other.thread.unwrap_or(0))
                ),
                None => format!("{who} notifies {condvar} here"),
            },
            _ => format!("{who} is woken here instead"),
        }
    });
    let lock = waits.at.event(say.trace).and_then(|event| event.other);
    let lock = lock.map_or_else(|| "the lock".to_string(), |lock| say.object(lock));
    let (title, help) = if parks {
        (
            format!(
                "{me} parks once more than it has tokens for: unparks before a park do not add up"
            ),
            "a token only says that something may have happened: what it announces must be kept elsewhere, and checked after each wake-up".to_string(),
        )
    } else {
        match (notify, other) {
            (Some(_), _) if early => (
                format!("{me} waits on {condvar} after the notification has already been given"),
                format!(
                    "a notification is not remembered: what it announces must be stored while {lock} is held, and checked under {lock} before waiting"
                ),
            ),
            (_, Some(other)) => (
                format!(
                    "the notification of {condvar} wakes {}, while {me} waits for ever",
                    say.thread(other.thread.unwrap_or(0))
                ),
                format!(
                    "one notification wakes one waiter of {condvar}, whichever it is: it must be one that can go on, or all must be woken"
                ),
            ),
            (Some(_), None) => (
                format!("{me} waits on {condvar}, and the notification goes to another thread"),
                format!("every thread that waits on {condvar} and could go on must be woken"),
            ),
            (None, _) => (
                format!("{me} waits on {condvar}, and nobody ever notifies it"),
                format!("whoever makes true what {me} waits for must notify {condvar} afterwards"),
            ),
        }
    };
    Words {
        labels: labels.collect(),
        title,
        help,
        notes: super::blocked_forever::others(say, waits.thread.as_slice()),
    }
}
