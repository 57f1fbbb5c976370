//! The locks held at the two accesses of a data race: none of them excludes the other thread.

use super::super::super::{Telling, place_of, state};
use crate::trace::{Action, Race, Trace};

/// What each of the two threads holds at its access.
pub(super) struct Locks {
    held: [Vec<Held>; 2],
    /// Where it holds none: the last one that it has given back before.
    given_back: [Option<state::Section>; 2],
    /// The one that the first thread takes only after its access, although the second one holds it at its own.
    late: Option<usize>,
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
        let given_back = [0, 1].map(|side| {
            let none = held[side].is_empty();
            let last = none.then(|| given_back(trace, race.accesses[side]));
            last.flatten()
        });
        let late = (race.accesses[0]..race.accesses[1]).find(|&at| {
            let event = &trace.events[at];
            let taken = state::acquires(event).filter(|_| event.thread == threads[0]);
            taken.is_some_and(|lock| held[1].iter().any(|held| held.object == lock))
        });
        Locks {
            held,
            given_back,
            late,
            threads,
        }
    }

    /// The lock that would have been enough, had it been kept until after the access.
    pub(super) fn let_go(&self) -> Option<usize> {
        let [first, second] = self.given_back.map(|section| Some(section?.object));
        match self.cover() {
            Cover::None if first == second => first,
            Cover::One(side) => {
                let lock = [first, second][1 - side]?;
                let held = self.held[side].iter().any(|held| held.object == lock);
                held.then_some(lock)
            }
            _ => None,
        }
    }

    /// "`a` unlocks `left` in line 3, before its access", "`a` locks `left` only in line 5, after its access".
    pub(super) fn told_of_time(&self, say: &Telling<'_>) -> Vec<String> {
        let line = |at: usize| {
            let place = place_of(&say.trace.events[at]);
            place.map_or_else(String::new, |place| format!(" in {}", say.line(&place)))
        };
        let mut told = Vec::new();
        let who = self.threads.map(|thread| say.thread(thread));
        if let Some(lock) = self.let_go() {
            let lock = say.object(lock);
            let sections = self.given_back.iter().zip(&who);
            told.extend(sections.filter_map(|(section, who)| {
                let to = (*section)?.to?;
                Some(format!(
                    "{who} has unlocked {lock}{} before its access",
                    line(to)
                ))
            }));
        } else if let (Some(at), Cover::One(1)) = (self.late, self.cover()) {
            let lock = say.trace.events[at].object.map(|lock| say.object(lock));
            told.push(format!(
                "{} locks {}{} only after its access",
                who[0],
                lock.unwrap_or_default(),
                line(at)
            ));
        }
        told
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

/// The last lock of data that the thread of an event has held and given back before it.
fn given_back(trace: &Trace, at: usize) -> Option<state::Section> {
    let thread = trace.events[at].thread;
    let sections = state::sections(trace).into_iter();
    let before = sections.filter(|section| {
        section.thread == thread
            && state::is_lock(trace, section.object)
            && section.to.is_some_and(|to| to < at)
    });
    before.max_by_key(|section| section.to)
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
