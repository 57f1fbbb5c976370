//! What one of the two threads did wait for, before the first access; and what does not make it wait, though it may
//! look like it.

use super::super::super::{Telling, phrase, place_of, state};
use crate::trace::{Action, Event, Outcome, Race, Trace};

/// The last step of the first thread that the second one has waited for, and the step that has waited. They come
/// before the first access, so they do not order it.
pub(super) fn known(trace: &Trace, race: &Race) -> Option<[usize; 2]> {
    let [first, second] = race.accesses;
    let [giver, taker] = race.accesses.map(|at| trace.events[at].thread);
    let count = |event: &Event| event.clock.get(giver).copied().unwrap_or(0);
    let seen = count(&trace.events[second]).min(count(&trace.events[first]).saturating_sub(1));
    let before = |at: &usize| {
        let event = &trace.events[*at];
        event.thread == giver && count(event) <= seen
    };
    let given = (0..first).rev().filter(before);
    let given = given
        .take_while(|&at| trace.events[at].action != Action::Spawn)
        .find(|&at| gives(&trace.events[at]) && place_of(&trace.events[at]).is_some())?;
    let taken = (given..second).find(|&at| {
        let event = &trace.events[at];
        event.thread == taker && count(event) >= count(&trace.events[given])
    })?;
    takes(&trace.events[taken]).then_some([given, taken])
}

/// "`main` has waited for what `writer` did up to line 10 (sends to `queue`), not for what came after".
pub(super) fn told(say: &Telling<'_>, race: &Race) -> Option<String> {
    let [given, taken] = known(say.trace, race)?.map(|at| &say.trace.events[at]);
    Some(format!(
        "{} has waited for what {} did up to {} ({}), not for what came after",
        say.thread(taken.thread),
        say.thread(given.thread),
        say.line(&place_of(given)?),
        phrase(say, given)
    ))
}

fn gives(event: &Event) -> bool {
    use Action::{Arrive, DropSender, Send, TrySend, Unpark};
    state::releases(event).is_some()
        || matches!(event.action, Arrive | DropSender | Send | TrySend | Unpark)
}

fn takes(event: &Event) -> bool {
    use Action::{OnceGet, Park, Pass, Receive, TryReceive};
    state::acquires(event).is_some()
        || matches!(event.action, OnceGet | Park | Pass | Receive | TryReceive)
}

/// Steps of each thread before its access, and not before the other one too, that order nothing: the last of each kind.
pub(super) fn bystanders(trace: &Trace, race: &Race) -> Vec<usize> {
    let [first, second] = race.accesses;
    let is_between = |at: usize, access: usize, other: usize| {
        at < access
            && trace.events[at].thread == trace.events[access].thread
            && !state::precedes(trace, at, other)
    };
    let mut found: Vec<usize> = Vec::new();
    for at in (0..second).rev() {
        let event = &trace.events[at];
        let is_new = |known: &usize| trace.events[*known].action != event.action;
        if looks_like_a_wait(event)
            && (is_between(at, first, second) || is_between(at, second, first))
            && found.iter().all(is_new)
        {
            found.push(at);
        }
    }
    found.reverse();
    found
}

fn looks_like_a_wait(event: &Event) -> bool {
    match event.action {
        Action::Sleep | Action::IsFinished | Action::LookAtCount => true,
        Action::Park | Action::Receive => {
            matches!(event.outcome, Outcome::TimedOut | Outcome::Spurious)
        }
        _ => false,
    }
}

/// That such a step orders nothing.
pub(super) fn orders_nothing(say: &Telling<'_>, at: usize) -> Option<String> {
    let event = &say.trace.events[at];
    let line = say.line(&place_of(event)?);
    Some(match event.action {
        Action::Sleep => format!("the `sleep` in {line} lets time pass, but orders nothing"),
        Action::IsFinished => {
            format!("`is_finished` in {line} does not wait for the thread, and orders nothing")
        }
        Action::LookAtCount => {
            format!("looking at the number of references, in {line}, orders nothing")
        }
        // A wake-up for no reason is told with the steps.
        _ if event.outcome == Outcome::Spurious => return None,
        _ => format!(
            "{} stops waiting in {line} because its time is over, which orders nothing",
            say.thread(event.thread)
        ),
    })
}
