//! Operations that went the other way than the program counts on: a `try_` that did not succeed, a timeout, a
//! wake-up without a notification.

use std::collections::HashSet;

use super::failure::Failure;
use super::{Telling, place_of, state};
use crate::trace::{Action, Event, Outcome, Trace};

/// The last operation before a failure that went the other way, and was not tried again until it succeeded.
pub(super) fn before(trace: &Trace, failure: &Failure) -> Option<usize> {
    // The calls that succeed later.
    let mut succeeded = HashSet::new();
    (0..failure.event).rev().find(|&at| {
        let event = &trace.events[at];
        let call = (event.thread, &event.place);
        if !went_wrong(event) {
            succeeded.insert(call);
            return false;
        }
        event.outcome != Outcome::Disconnected
            && state::precedes(trace, at, failure.event)
            && !succeeded.contains(&call)
    })
}

/// Whether an operation went another way than the usual one.
pub(super) fn went_wrong(event: &Event) -> bool {
    let usual = matches!(event.outcome, Outcome::Done | Outcome::Chosen);
    !usual && place_of(event).is_some() && event.action != Action::OnceBegin
}

/// What is missing where an operation went the other way.
pub(super) fn guarantee(say: &Telling<'_>, event: &Event) -> Option<String> {
    use Action as A;
    if !went_wrong(event) && event.action != A::OnceGet {
        return None;
    }
    let who = say.thread(event.thread);
    let object = event.object.map(|object| say.object(object))?;
    let call = place_of(event).and_then(|place| say.sources.call(&place));
    let call = call.map_or("it", |call| call.name.as_str());
    Some(match (event.action, event.outcome) {
        (_, Outcome::TimedOut) => format!(
            "a timeout can come before anything else, however long it is: {who} must be ready for a `{call}` that ends without what it waits for"
        ),
        (A::Reacquire | A::Park, Outcome::Spurious) => format!(
            "`std` allows a wait to end without a notification: {who} must check again what it waits for"
        ),
        (A::TryLock | A::TryReadLock | A::TryWriteLock, _) => format!(
            "`{call}` does not wait: what {who} leaves out when another thread holds {object} is never done"
        ),
        (A::CompareExchange, _) => format!(
            "`{call}` changes nothing where {object} is no longer what was expected: {who} must look at it again and try once more"
        ),
        (A::TryReceive | A::Receive, Outcome::Empty) => format!(
            "`{call}` does not wait: nothing makes sure that a message is in {object} by then"
        ),
        (A::TrySend | A::Send, Outcome::Full) => format!(
            "`{call}` does not wait: nothing makes sure that there is room in {object} by then"
        ),
        (A::TrySend | A::Send, Outcome::Disconnected) => {
            format!("nothing keeps the receiving end of {object} until {who} has sent its message")
        }
        (A::TryReceive | A::Receive, Outcome::Disconnected) => format!(
            "nothing makes sure that a sender of {object} sends a message before it is dropped"
        ),
        (A::OnceGet, _) => format!("nothing makes {who} wait until {object} is set"),
        _ => return None,
    })
}

/// What a reader may not expect of an event, as a fact about `std`.
#[must_use]
pub fn surprise(event: &Event) -> Option<&'static str> {
    match (event.action, event.outcome) {
        (Action::Reacquire | Action::Park, Outcome::Spurious) => {
            Some("a wake-up that nobody asked for: `std` allows a wait to end like this")
        }
        (Action::CompareExchange, Outcome::Spurious) => {
            Some("a failure without a reason: `std` allows it for `compare_exchange_weak`")
        }
        _ => None,
    }
}
