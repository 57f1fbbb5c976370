//! The locks held at the two accesses of a data race: none of them excludes the other thread.

use super::super::super::{Telling, state};
use crate::trace::{Action, Race, Trace};

/// What each of the two threads holds at its access.
pub(super) struct Locks {
    held: [Vec<Held>; 2],
    threads: [usize; 2],
}

/// A lock in a thread's hands.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Held {
    object: usize,
    /// For reading.
    shared: bool,
}

/// What the locks of the two have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// Neither holds one.
    None,
    /// Only this one (0 or 1) holds any.
    One(usize),
    /// Both hold some, but none in common.
    Apart,
    /// Both hold this one, and both for reading.
    Shared(usize),
}

impl Locks {
    pub(super) fn of(say: &Telling<'_>, race: &Race) -> Locks {
        let trace = say.trace;
        let threads = race.accesses.map(|at| trace.events[at].thread);
        let held = race.accesses.map(|at| held(trace, at));
        Locks { held, threads }
    }

    pub(super) fn cover(&self) -> Cover {
        let [first, second] = &self.held;
        let common = first
            .iter()
            .find(|own| second.iter().any(|other| other.object == own.object));
        match (first.is_empty(), second.is_empty(), common) {
            (true, true, _) => Cover::None,
            (false, true, _) => Cover::One(0),
            (true, false, _) => Cover::One(1),
            (false, false, None) => Cover::Apart,
            (false, false, Some(lock)) => Cover::Shared(lock.object),
        }
    }

    /// The locks that one of the two holds.
    pub(super) fn names(&self, say: &Telling<'_>, side: usize) -> String {
        let names = self.held[side].iter().map(|held| say.object(held.object));
        say.list(&names.collect::<Vec<_>>())
    }

    /// "`a` holds `left`, `b` holds `right`: no lock is common to both". Nothing where neither holds one and something
    /// else is missing.
    pub(super) fn told(&self, say: &Telling<'_>, by_ordering: bool) -> Option<String> {
        let who = self.threads.map(|thread| say.thread(thread));
        let holds = [0, 1].map(|side| {
            let names = self.held[side].iter().map(|held| {
                let how = if held.shared { " for reading" } else { "" };
                format!("{}{how}", say.object(held.object))
            });
            let names = say.list(&names.collect::<Vec<_>>());
            let none = names.is_empty();
            let names = if none { "no lock".into() } else { names };
            format!("{} holds {names}", who[side])
        });
        match self.cover() {
            Cover::None if by_ordering => None,
            Cover::None => Some("neither of them holds a lock".into()),
            Cover::One(side) => Some(format!("{}, but {}", holds[side], holds[1 - side])),
            Cover::Apart => Some(format!("{}: no lock is common to both", holds.join(", "))),
            Cover::Shared(lock) => Some(format!(
                "both hold {} only for reading, and readers do not exclude each other",
                say.object(lock)
            )),
        }
    }
}

/// The locks of data that the thread of an event holds at it.
fn held(trace: &Trace, at: usize) -> Vec<Held> {
    let thread = trace.events[at].thread;
    let own = state::holdings(trace, at).into_iter();
    let own = own.filter(|held| held.thread == thread && state::is_lock(trace, held.object));
    own.map(|held| Held {
        object: held.object,
        shared: matches!(
            trace.events[held.since].action,
            Action::ReadLock | Action::TryReadLock
        ),
    })
    .collect()
}

/// The steps that take the locks held at the accesses, and give back those of the first one before the second.
pub(super) fn steps(trace: &Trace, race: &Race) -> Vec<usize> {
    let sections = state::sections(trace).into_iter().filter(|section| {
        state::is_lock(trace, section.object)
            && race.accesses.iter().any(|&at| {
                section.thread == trace.events[at].thread
                    && section.from < at
                    && section.to.is_none_or(|to| to > at)
            })
    });
    sections
        .flat_map(|section| [Some(section.from), section.to])
        .flatten()
        .filter(|&at| at < race.accesses[1])
        .collect()
}
