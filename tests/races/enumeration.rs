//! What a program can do under sequential consistency, and whether two of its accesses race: every interleaving, and
//! happens-before by its definition, in each anew.
//!
//! It shares nothing with the explorer: both must come to the same verdict. Interleavings that led to the same events are
//! followed once.

use std::collections::{HashMap, HashSet};

use threadlings::operation::MemoryOrdering::Relaxed;

use super::program::{Source, Statement, capacity};
use crate::explorer::weak::axioms::{races, synchronizes_with};
use crate::explorer::weak::candidates::{Event, Place};
use crate::explorer::weak::program::Statement as Memory;
use crate::explorer::weak::relation::Relation;

/// Whether some interleaving has a data race. `spurious`: how often each thread may stop waiting for no reason.
pub fn has_race(source: &Source, spurious: u8) -> bool {
    let mut growing = HashSet::from([State::beginning(source, spurious)]);
    while !growing.is_empty() {
        let mut grown = HashSet::new();
        for state in growing {
            let next = state.next(source);
            // A race stays one whatever comes after it.
            if next.is_empty() && state.has_race() {
                return true;
            }
            grown.extend(next);
        }
        growing = grown;
    }
    false
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct State {
    threads: Vec<Thread>,
    /// The value of each atomic, and its last write.
    atomics: Vec<(u64, Place)>,
    /// Locks, channels, cells, barriers.
    objects: Vec<Object>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Thread {
    /// Its next statement; `None` before its start.
    next: Option<usize>,
    /// The second half of a statement is next, which waits for this many to have come.
    half: Option<usize>,
    last: u64,
    spurious: u8,
    events: Vec<Event>,
    /// Of each event: other events that synchronise with it.
    after: Vec<Vec<Place>>,
    /// The unparks so far, and whether there is a token.
    unparks: Vec<Place>,
    token: bool,
}

/// One object; each kind of it uses what it needs.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Object {
    writer: bool,
    readers: usize,
    /// Unlocks, the completion of a cell, messages sent, arrivals; in order.
    given: Vec<Place>,
    /// Unlocks of readers, messages received; in order.
    taken: Vec<Place>,
    begun: bool,
}

const LOCKS: u32 = 0;
const RW_LOCKS: u32 = 2;
const CHANNELS: u32 = 4;
const CELLS: u32 = 7;
const BARRIERS: u32 = 9;
const OBJECTS: usize = 11;

impl State {
    fn beginning(source: &Source, spurious: u8) -> State {
        let thread = |index: usize| Thread {
            next: (index == 0).then_some(0),
            half: None,
            last: 0,
            spurious,
            events: Vec::new(),
            after: Vec::new(),
            unparks: Vec::new(),
            token: false,
        };
        State {
            threads: (0..source.0.len()).map(thread).collect(),
            atomics: (0..source.atomics()).map(|x| (0, (0, x as u8))).collect(),
            objects: vec![Object::default(); OBJECTS],
        }
    }

    /// What can come next. Of steps that no other thread can notice one is enough.
    fn next(&self, source: &Source) -> Vec<State> {
        let mut all = Vec::new();
        for thread in 0..self.threads.len() {
            let Some(&statement) = self.threads[thread]
                .next
                .and_then(|next| source.0[thread].get(next))
            else {
                continue;
            };
            let unnoticed = matches!(
                statement,
                Statement::Memory(Memory::Plain(_) | Memory::Fence(_) | Memory::If(_))
                    | Statement::Start(_)
            );
            let states = self.step(source, thread, statement);
            if unnoticed && !states.is_empty() {
                return states;
            }
            all.extend(states);
        }
        all
    }

    /// The states after a thread's next statement: none if it waits.
    fn step(&self, source: &Source, thread: usize, statement: Statement) -> Vec<State> {
        let mut state = self.clone();
        let own = &mut state.threads[thread];
        let place: Place = (thread as u8 + 1, own.events.len() as u8);
        let half = own.half.take();
        let mut skip = 0;
        let mut event = at(place);
        let mut after = Vec::new();
        match statement {
            Statement::Memory(Memory::If(value)) => {
                if own.last != value {
                    own.next = Some(source.0[thread].len());
                } else {
                    own.next = own.next.map(|next| next + 1);
                }
                return vec![state];
            }
            Statement::Memory(memory) => state.memory(thread, memory, &mut event),
            Statement::Lock(m) => match state.take_write(LOCKS + m) {
                Some(unlocks) => after = unlocks,
                None => return Vec::new(),
            },
            Statement::TryLock(m, n) => match state.take_write(LOCKS + m) {
                Some(unlocks) => after = unlocks,
                None => skip = n,
            },
            Statement::Write(l) => match state.take_write(RW_LOCKS + l) {
                Some(unlocks) => after = unlocks,
                None => return Vec::new(),
            },
            Statement::TryWrite(l, n) => match state.take_write(RW_LOCKS + l) {
                Some(unlocks) => after = unlocks,
                None => skip = n,
            },
            Statement::Read(l) => match state.take_read(RW_LOCKS + l) {
                Some(unlocks) => after = unlocks,
                None => return Vec::new(),
            },
            Statement::TryRead(l, n) => match state.take_read(RW_LOCKS + l) {
                Some(unlocks) => after = unlocks,
                None => skip = n,
            },
            Statement::Unlock(m) => state.give_write(LOCKS + m, place),
            Statement::WriteUnlock(l) => state.give_write(RW_LOCKS + l, place),
            Statement::ReadUnlock(l) => {
                let lock = state.object(RW_LOCKS + l);
                lock.readers -= 1;
                lock.taken.push(place);
            }
            Statement::Send(c) => {
                let channel = state.object(CHANNELS + c);
                if let Some(message) = half {
                    match channel.taken.get(message) {
                        Some(&taken) => after.push(taken),
                        None => return Vec::new(),
                    }
                } else {
                    let message = channel.given.len();
                    match capacity(c) {
                        Some(0) => state.threads[thread].half = Some(message),
                        Some(room) if message >= channel.taken.len() + room as usize => {
                            return Vec::new();
                        }
                        // The receive that made room for this one.
                        Some(room) => after.extend(
                            message
                                .checked_sub(room as usize)
                                .map(|earlier| channel.taken[earlier]),
                        ),
                        None => {}
                    }
                    state.object(CHANNELS + c).given.push(place);
                }
            }
            Statement::Receive(c) | Statement::TryReceive(c, _) => {
                let channel = state.object(CHANNELS + c);
                match (channel.given.get(channel.taken.len()), statement) {
                    (Some(&sent), _) => {
                        channel.taken.push(place);
                        after.push(sent);
                    }
                    (None, Statement::TryReceive(_, n)) => skip = n,
                    (None, _) => return Vec::new(),
                }
            }
            Statement::Park => {
                if own.token {
                    own.token = false;
                    after.clone_from(&own.unparks);
                } else if own.spurious > 0 {
                    own.spurious -= 1;
                } else {
                    return Vec::new();
                }
            }
            Statement::Unpark(target) => {
                state.threads[target].token = true;
                state.threads[target].unparks.push(place);
            }
            Statement::Begin(o, n) => {
                let cell = state.object(CELLS + o);
                if let Some(&done) = cell.given.first() {
                    after.push(done);
                    skip = n;
                } else if cell.begun {
                    return Vec::new();
                } else {
                    cell.begun = true;
                }
            }
            Statement::End(o) => state.object(CELLS + o).given.push(place),
            Statement::IsCompleted(o, n) => match state.object(CELLS + o).given.first() {
                Some(&done) => after.push(done),
                None => skip = n,
            },
            Statement::Meet(b) => {
                let arrived = &mut state.object(BARRIERS + b).given;
                if let Some(first) = half {
                    match arrived.get(first..first + 2) {
                        Some(pair) => after.extend(pair),
                        None => return Vec::new(),
                    }
                } else {
                    let first = arrived.len() / 2 * 2;
                    arrived.push(place);
                    state.threads[thread].half = Some(first);
                }
            }
            Statement::Start(target) => {
                let started = &mut state.threads[target];
                started.next = Some(0);
                started.events.push(at((target as u8 + 1, 0)));
                started.after.push(vec![place]);
            }
            Statement::Join(target) => {
                let joined = &state.threads[target];
                if joined.next.is_none_or(|next| next < source.0[target].len()) {
                    return Vec::new();
                }
                after.push(joined.events.last().expect("its start is an event").place);
            }
        }
        let own = &mut state.threads[thread];
        own.events.push(event);
        own.after.push(after);
        if own.half.is_none() {
            own.next = own.next.map(|next| next + 1 + skip);
        }
        vec![state]
    }

    fn memory(&mut self, thread: usize, memory: Memory, event: &mut Event) {
        let current = memory.location().map(|x| (x, self.atomics[x]));
        if let Memory::Plain(plain) = memory {
            event.plain = Some(plain);
        } else if let Memory::Fence(ordering) = memory {
            event.ordering = ordering;
        }
        let Some((x, (value, source))) = current else {
            return;
        };
        event.location = Some(x as u8);
        if memory.reads() {
            event.reads = Some((source, value));
            self.threads[thread].last = value;
        }
        (event.writes, event.ordering) = match memory {
            Memory::Load(_, ordering) => (None, ordering),
            Memory::Store(_, new, ordering) | Memory::Swap(_, new, ordering) => {
                (Some(new), ordering)
            }
            Memory::Add(_, by, ordering) => (Some(value.wrapping_add(by)), ordering),
            Memory::Exchange(_, [old, new], success, _) if old == value => (Some(new), success),
            Memory::Exchange(.., failure) => (None, failure),
            other => panic!("{other} is not in these programs"),
        };
        if let Some(new) = event.writes {
            self.atomics[x] = (new, event.place);
        }
    }

    /// Whom a writer comes after.
    fn take_write(&mut self, lock: u32) -> Option<Vec<Place>> {
        let lock = self.object(lock);
        (!lock.writer && lock.readers == 0).then(|| {
            lock.writer = true;
            [lock.given.as_slice(), &lock.taken].concat()
        })
    }

    fn take_read(&mut self, lock: u32) -> Option<Vec<Place>> {
        let lock = self.object(lock);
        (!lock.writer).then(|| {
            lock.readers += 1;
            lock.given.clone()
        })
    }

    fn give_write(&mut self, lock: u32, place: Place) {
        let lock = self.object(lock);
        lock.writer = false;
        lock.given.push(place);
    }

    fn object(&mut self, number: u32) -> &mut Object {
        &mut self.objects[number as usize]
    }

    fn has_race(&self) -> bool {
        let initial = (0..self.atomics.len()).map(|x| Event {
            location: Some(x as u8),
            writes: Some(0),
            ..at((0, x as u8))
        });
        let all = self.threads.iter().flat_map(|t| t.events.iter().copied());
        let events: Vec<Event> = initial.chain(all).collect();
        let places: HashMap<Place, usize> = events.iter().map(|e| e.place).zip(0..).collect();
        let sequenced = Relation::of(events.len(), |a, b| {
            let (a, b) = (events[a].place, events[b].place);
            a.0 == b.0 && a.0 > 0 && a.1 < b.1 || a.0 == 0 && b.0 > 0
        });
        let mut synchronizes = synchronizes_with(&events, &sequenced);
        for thread in &self.threads {
            for (event, after) in thread.events.iter().zip(&thread.after) {
                for earlier in after {
                    synchronizes.insert(places[earlier], places[&event.place]);
                }
            }
        }
        races(&events, &sequenced.union(&synchronizes).closure())
    }
}

fn at(place: Place) -> Event {
    Event {
        place,
        location: None,
        reads: None,
        writes: None,
        ordering: Relaxed,
        waits_for: None,
        plain: None,
    }
}
