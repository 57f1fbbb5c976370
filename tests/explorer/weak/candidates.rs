//! Every way in which the reads of a program could go: executions before any question about modification order.
//!
//! A candidate grows by one event of one thread at a time, and a read takes its value from any write that is there
//! already. So program order and reads-from together have no cycles, which excludes values out of thin air, and with them
//! load buffering. Otherwise everything is there: what is possible is for the axioms to say.

use std::collections::{BTreeSet, HashSet};

use threadlings::operation::MemoryOrdering::{self, AcqRel, Acquire, Release, SeqCst};

use super::program::{Plain, Source, Statement};

/// An event by thread and position. Thread 0 has written the initial values, in order of the locations.
pub type Place = (u8, u8);

/// What one statement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Event {
    pub place: Place,
    /// `None`: a fence, or an access to plain memory.
    pub location: Option<u8>,
    /// The write that it reads, and its value.
    pub reads: Option<(Place, u64)>,
    pub writes: Option<u64>,
    /// Of a failed exchange: the ordering of the failure.
    pub ordering: MemoryOrdering,
    /// The thread waits here for ever for this value. That is no access.
    pub waits_for: Option<u64>,
    /// It is an access to plain memory.
    pub plain: Option<Plain>,
}

impl Event {
    pub fn is_fence(&self) -> bool {
        self.location.is_none() && self.plain.is_none()
    }

    /// A successful read-modify-write.
    pub fn is_update(&self) -> bool {
        self.reads.is_some() && self.writes.is_some()
    }

    /// An acquire load, read-modify-write or fence.
    pub fn acquires(&self) -> bool {
        let strong = matches!(self.ordering, Acquire | AcqRel | SeqCst);
        strong && (self.reads.is_some() || self.is_fence())
    }

    /// A release store, read-modify-write or fence.
    pub fn releases(&self) -> bool {
        let strong = matches!(self.ordering, Release | AcqRel | SeqCst);
        strong && (self.writes.is_some() || self.is_fence())
    }

    pub fn is_seq_cst(&self) -> bool {
        self.ordering == SeqCst && self.place.0 > 0
    }
}

/// One thread so far.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Thread {
    events: Vec<Event>,
    /// Its next statement.
    next: u8,
    /// The last value that it read.
    last: u64,
}

/// All complete candidates: their events in order of their places.
pub fn candidates(source: &Source) -> BTreeSet<Vec<Event>> {
    let mut complete = BTreeSet::new();
    let mut growing = HashSet::from([beginning(source)]);
    while !growing.is_empty() {
        let mut grown = HashSet::new();
        for candidate in growing {
            let steps = steps(source, &candidate);
            for &(thread, statement) in &steps {
                grown.extend(ways(&candidate, thread, statement));
            }
            if steps.is_empty() {
                complete.insert(candidate.into_iter().flat_map(|t| t.events).collect());
            }
        }
        growing = grown;
    }
    complete
}

fn beginning(source: &Source) -> Vec<Thread> {
    let initial = |location: usize| Event {
        place: (0, location as u8),
        location: Some(location as u8),
        reads: None,
        writes: Some(0),
        ordering: MemoryOrdering::Relaxed,
        waits_for: None,
        plain: None,
    };
    let thread = |events| Thread {
        events,
        next: 0,
        last: 0,
    };
    let first = thread((0..source.locations()).map(initial).collect());
    let others = source.0.iter().map(|_| thread(Vec::new()));
    std::iter::once(first).chain(others).collect()
}

/// The next statement of each thread that is neither at its end nor at a condition that does not hold. Of statements
/// that read nothing one is enough: to have it early takes nothing from the others.
fn steps(source: &Source, candidate: &[Thread]) -> Vec<(usize, Statement)> {
    let next = |thread: usize| {
        let own = &candidate[thread];
        let rest = &source.0[thread - 1][own.next as usize..];
        match *rest.first()? {
            Statement::If(value) if value != own.last => None,
            _ if own.events.last().is_some_and(|e| e.waits_for.is_some()) => None,
            statement => Some((thread, statement)),
        }
    };
    let all: Vec<_> = (1..candidate.len()).filter_map(next).collect();
    match all.iter().find(|(_, statement)| !statement.reads()) {
        Some(step) => vec![*step],
        None => all,
    }
}

/// The candidate after one more statement.
fn ways(candidate: &[Thread], thread: usize, statement: Statement) -> Vec<Vec<Thread>> {
    let fence = |ordering| Event {
        place: (thread as u8, candidate[thread].events.len() as u8),
        location: None,
        reads: None,
        writes: None,
        ordering,
        waits_for: None,
        plain: None,
    };
    let at = |x: usize, ordering| Event {
        location: Some(x as u8),
        ..fence(ordering)
    };
    let reading = |x, ordering, new: &dyn Fn(u64) -> Option<u64>| -> Vec<_> {
        sources(candidate, x)
            .map(|(place, value)| Event {
                reads: Some((place, value)),
                writes: new(value),
                ..at(x, ordering)
            })
            .collect()
    };
    let events = match statement {
        Statement::If(_) => return vec![with(candidate, thread, None)],
        Statement::Fence(ordering) => vec![fence(ordering)],
        Statement::Plain(plain) => vec![Event {
            plain: Some(plain),
            ..fence(MemoryOrdering::Relaxed)
        }],
        Statement::Store(x, value, ordering) => vec![Event {
            writes: Some(value),
            ..at(x, ordering)
        }],
        Statement::Load(x, ordering) => reading(x, ordering, &|_| None),
        Statement::Await(x, awaited, ordering) => {
            let mut events = reading(x, ordering, &|_| None);
            events.retain(|event| event.reads.is_some_and(|(_, value)| value == awaited));
            events.push(Event {
                waits_for: Some(awaited),
                ..at(x, MemoryOrdering::Relaxed)
            });
            events
        }
        Statement::Add(x, by, ordering) => {
            reading(x, ordering, &|value| Some(value.wrapping_add(by)))
        }
        Statement::Swap(x, value, ordering) => reading(x, ordering, &|_| Some(value)),
        Statement::Exchange(x, [old, new], success, failure) => {
            let mut events = reading(x, success, &|value| (value == old).then_some(new));
            let failed = events.iter_mut().filter(|event| event.writes.is_none());
            failed.for_each(|event| event.ordering = failure);
            events
        }
    };
    let possible = events.into_iter().filter(|e| !is_taken(candidate, e));
    possible
        .map(|event| with(candidate, thread, Some(event)))
        .collect()
}

/// The writes to a location, with their values.
fn sources(candidate: &[Thread], x: usize) -> impl Iterator<Item = (Place, u64)> + '_ {
    let all = candidate.iter().flat_map(|thread| &thread.events);
    all.filter(move |event| event.location == Some(x as u8))
        .filter_map(|event| Some((event.place, event.writes?)))
}

/// Whether another read-modify-write reads the same write: both cannot come next after it.
fn is_taken(candidate: &[Thread], event: &Event) -> bool {
    let all = candidate.iter().flat_map(|thread| &thread.events);
    event.is_update()
        && all
            .filter(|other| other.is_update())
            .any(|other| other.reads == event.reads)
}

fn with(candidate: &[Thread], thread: usize, event: Option<Event>) -> Vec<Thread> {
    let mut candidate = candidate.to_vec();
    let own = &mut candidate[thread];
    own.next += 1;
    if let Some((_, value)) = event.and_then(|event| event.reads) {
        own.last = value;
    }
    own.events.extend(event);
    candidate
}
