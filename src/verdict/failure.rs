//! The failure that ends an execution: which panic came first, and whether it is an assertion.
//!
//! One cause, one message: a panic that only passes on another one (`join().unwrap()` of a thread that has
//! panicked, `lock().unwrap()` of a mutex that was poisoned by a panic) leads back to the first.

use super::{Telling, state};
use crate::names::Sources;
use crate::trace::{Action, Ending, Event, ThreadEnd, Trace};

/// A failed check or a panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The thread it happened in.
    pub thread: usize,
    /// The panic, or the last step of the thread where there was none (`main` returned an error, `exit`).
    pub event: usize,
    /// An `assert!`-like macro stands there.
    pub assertion: bool,
    /// A macro that the program itself calls to fail: an assertion, or an explicit `panic!`.
    pub explicit: bool,
    /// The message.
    pub message: String,
    /// Panics that only pass this one on.
    pub followers: Vec<usize>,
}

/// The failure of an execution, if it ended by one.
#[must_use]
pub fn of(trace: &Trace, sources: &Sources) -> Option<Failure> {
    let (thread, panicked) = match trace.ending {
        Ending::MainFailed => (0, last_panic(trace, 0)),
        Ending::ThreadPanicked { thread } => (thread, last_panic(trace, thread)),
        Ending::Exited { code } if code != 0 => {
            let by = trace
                .events
                .iter()
                .rposition(|event| event.action == Action::Exit);
            let thread = by.map_or(0, |at| trace.events[at].thread);
            (thread, None)
        }
        // A thread that has panicked is why the others wait for ever.
        Ending::Stuck | Ending::Livelock => {
            let ended = |at: usize| {
                trace.threads[at].end == ThreadEnd::Panicked && !trace.threads[at].joined
            };
            let thread = (0..trace.threads.len()).find(|&at| ended(at))?;
            (thread, Some(last_panic(trace, thread)?))
        }
        _ => return None,
    };
    // `resume_unwind` panics without a word: what it passes on is the panic of the thread that was joined last.
    let resumed = || joined_panic(trace, last_step(trace, thread)?);
    let Some(mut at) = panicked.or_else(resumed) else {
        let last = last_step(trace, thread)?;
        return Some(Failure {
            thread,
            event: last,
            assertion: false,
            explicit: true,
            message: String::new(),
            followers: Vec::new(),
        });
    };
    let mut followers = Vec::new();
    while let Some(cause) = cause_of(trace, sources, at) {
        followers.push(at);
        at = cause;
    }
    Some(describe(trace, sources, at, followers))
}

/// The panic of the thread that an event joins.
fn joined_panic(trace: &Trace, at: usize) -> Option<usize> {
    let event = &trace.events[at];
    let peer = event.peer.filter(|_| event.action == Action::Join)?;
    earlier_panic(trace, at, peer)
}

/// Describes the panic at an event.
#[must_use]
pub fn describe(trace: &Trace, sources: &Sources, at: usize, followers: Vec<usize>) -> Failure {
    let event = &trace.events[at];
    let macro_name = super::place_of(event)
        .and_then(|place| sources.macro_at(&place))
        .map_or("", |found| found.name.as_str());
    let assertion = macro_name.starts_with("assert") || macro_name.starts_with("debug_assert");
    Failure {
        thread: event.thread,
        event: at,
        assertion,
        explicit: assertion || matches!(macro_name, "panic" | "unreachable"),
        message: event.text.clone().unwrap_or_default(),
        followers,
    }
}

/// The last thing that a thread does in the source before it gives up without a panic (an error that `main`
/// returns is printed by the runtime, after all of its own steps).
fn last_step(trace: &Trace, thread: usize) -> Option<usize> {
    let own = |event: &Event| event.thread == thread;
    let in_source = |event: &Event| own(event) && event.place.is_some();
    let placed = trace.events.iter().rposition(in_source);
    placed.or_else(|| trace.events.iter().rposition(own))
}

fn last_panic(trace: &Trace, thread: usize) -> Option<usize> {
    let is = |event: &Event| event.thread == thread && event.action == Action::Panic;
    trace.events.iter().rposition(is)
}

/// The panic that this one passes on.
fn cause_of(trace: &Trace, sources: &Sources, at: usize) -> Option<usize> {
    let event = &trace.events[at];
    let before = trace.events[..at].iter().rposition(|earlier| {
        earlier.thread == event.thread
            && (state::acquires(earlier).is_some()
                || matches!(earlier.action, Action::Join | Action::ScopeWait))
    })?;
    let last = &trace.events[before];
    // Only what the panic's own statement did can have passed the panic on.
    if let (Some(then), Some(now)) = (super::place_of(last), super::place_of(event))
        && then.line.abs_diff(now.line) > 6
    {
        return None;
    }
    // A check of the program's own passes on only what it asks itself: `assert!(handle.join().is_ok())`.
    let check = super::place_of(event).and_then(|place| sources.macro_at(&place));
    if let Some((check, place)) = check.zip(super::place_of(last))
        && !check.span.touches(&place)
    {
        return None;
    }
    match last.action {
        Action::Join => {
            let peer = last.peer?;
            (trace.threads.get(peer)?.end == ThreadEnd::Panicked).then_some(())?;
            earlier_panic(trace, before, peer)
        }
        Action::ScopeWait => {
            let panicked = trace.threads.iter().enumerate().filter(|(_, thread)| {
                thread.parent == Some(event.thread) && thread.end == ThreadEnd::Panicked
            });
            panicked
                .filter_map(|(child, _)| earlier_panic(trace, before, child))
                .min()
        }
        _ => {
            let lock = state::acquires(last)?;
            let panics = trace.events[..before].iter().enumerate();
            panics
                .filter(|(_, event)| event.action == Action::Panic)
                .find(|(at, event)| {
                    let held = state::holdings(trace, *at);
                    held.iter()
                        .any(|h| h.object == lock && h.thread == event.thread)
                })
                .map(|(at, _)| at)
        }
    }
}

fn earlier_panic(trace: &Trace, before: usize, thread: usize) -> Option<usize> {
    let is = |event: &Event| event.thread == thread && event.action == Action::Panic;
    trace.events[..before].iter().rposition(is)
}

/// The message of a failure and what it leads to, as notes.
#[must_use]
pub fn notes(say: &Telling<'_>, failure: &Failure) -> Vec<String> {
    let message = failure.message.trim();
    let mut notes = Vec::new();
    if !message.is_empty() {
        let lines: Vec<_> = message.lines().map(str::trim).collect();
        notes.push(format!("the message: {}", lines.join("; ")));
    }
    notes.extend(consequences(say, failure));
    notes
}

/// The panics that only pass a failure on, as notes.
#[must_use]
pub fn consequences(say: &Telling<'_>, failure: &Failure) -> Vec<String> {
    let followers = failure.followers.iter().rev();
    followers
        .map(|&at| {
            let event = &say.trace.events[at];
            let line = super::place_of(event).map(|place| format!(", at line {}", place.line));
            format!(
                "{} panics too{}, but only because of this",
                say.thread(event.thread),
                line.unwrap_or_default()
            )
        })
        .collect()
}
