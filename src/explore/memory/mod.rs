//! Weak memory: the model of C++20, which is Rust's.
//!
//! Each atomic keeps all its stores in modification order. A load may read any of them that is not hidden by what
//! happens before; a store may come before newer ones in that order; a read-modify-write comes right after what it
//! reads; and an order of all `SeqCst` operations must exist. What is executed so is exactly the executions that
//! are consistent by the axioms and whose program order and reads-from have no cycle: a load never reads a store
//! that is still to come, so load buffering is not seen.
//!
//! Which store a step takes is one of its *ways* (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017, have no such
//! choice; it is explored in full at its node). Way k passes over the k newest stores. Most old stores need no way
//! of their own: if the step could just as well have come before the stores that it passes over, the
//! interleaving in which it does is explored anyway. So a way is offered only where everything that it passes over
//! precedes the step in every order of the same trace.

mod awaiting;
pub mod clock;
pub mod happens_before;
mod intent;
pub mod location;
pub mod seq_cst;

use std::cell::Cell;

use rustc_hash::FxHashMap;

use self::clock::{Clock, Stamp};
use self::happens_before::{HappensBefore, acquires};
use self::intent::{Intent, conflicts, written};
use self::location::{Author, Location, Reader, Store};
use self::seq_cst::{Access, Place};
use super::clocks::Clocks;
use super::event::History;
use super::footprint::Mode;
use super::model::atomic::{FAILS, truncate};
use super::model::{Effect, ThreadState};
use super::ways::Ways;
use crate::guest::Guest;
use crate::operation::{Kind, MemoryOrdering, ObjectId, Operation, Reply, ThreadId};
use crate::trace::{Action, Outcome};

/// The memory of one execution.
#[derive(Debug, Default)]
pub struct WeakMemory {
    happens_before: HappensBefore,
    /// What precedes in every order of the same trace.
    dependencies: Clocks,
    /// An atomic that is made anew at the same place gets a new location.
    locations: Vec<Location>,
    current: FxHashMap<ObjectId, usize>,
    /// All accesses, and `SeqCst` fences. Their places are computed where they are needed.
    accesses: Vec<Access>,
    /// The store that each thread has last seen of each location: its event.
    seen: FxHashMap<(ThreadId, usize), Option<u32>>,
    /// A thread that went round in a loop has gone on to see this store of a location, or a newer one: its event.
    must_see: FxHashMap<(ThreadId, usize), u32>,
    /// An old store had no number, in any execution.
    left_out: Cell<bool>,
    /// Every load reads the newest store: only happens-before is of interest.
    strong: bool,
    /// Whether there were read-modify-writes that may change places, whether there were fences, and whether it can be
    /// told in which order the former came.
    changes: bool,
    fences: bool,
    order_told: bool,
}

impl WeakMemory {
    /// A memory under sequential consistency, which knows all the same what happens before what by the orderings that
    /// the program states.
    #[must_use]
    pub fn strong() -> Self {
        WeakMemory {
            strong: true,
            ..WeakMemory::default()
        }
    }

    /// What happens before the next event of `thread`.
    pub fn known_to(&mut self, thread: ThreadId) -> &Clock {
        self.happens_before.now(thread)
    }

    /// Forgets everything, for the next execution.
    pub fn clear(&mut self) {
        self.happens_before.clear();
        self.dependencies.clear();
        self.locations.clear();
        self.current.clear();
        self.accesses.clear();
        self.seen.clear();
        self.must_see.clear();
        self.changes = false;
        self.fences = false;
        self.order_told = false;
    }

    /// Whether it can be told in which order read-modify-writes came that were taken to commute: by a load that may read
    /// what is not the last of them, by a fence, or by one of them that might have come elsewhere.
    pub fn is_order_told(&self) -> bool {
        self.order_told
    }

    /// Whether some store was so old that it had no number, in any execution: not everything was explored then.
    pub fn has_left_out(&self) -> bool {
        self.left_out.get()
    }

    /// Takes in the events that were added since.
    pub fn catch_up(&mut self, history: &History) {
        if !self.strong {
            self.dependencies.awaits_order_nothing = true;
            self.dependencies.extend(history);
        }
    }

    /// See [`HappensBefore::order_counts`].
    pub fn order_counts(&mut self, thread: ThreadId, counts: ObjectId, order: u64) {
        self.happens_before.order_counts(thread, counts, order);
    }

    /// The ways in which an atomic operation can go now.
    pub fn ways(
        &self,
        thread: ThreadId,
        operation: &Operation,
        own: &ThreadState,
        guest: &impl Guest,
    ) -> Ways {
        let may_fail = operation.kind == Kind::AtomicCasWeak && own.spurious_left > 0;
        let expected = truncate(operation.a, operation.width);
        let known = self.known(operation, guest).filter(|_| !self.strong);
        let Some((index, location)) = known else {
            let fails = may_fail && guest.read(operation) == expected;
            return if fails {
                Ways::ONE.with(FAILS)
            } else {
                Ways::ONE
            };
        };
        let now = self.happens_before.seen_by(thread);
        let mut oldest = location.oldest_visible(&now);
        if let Some(&event) = self.must_see.get(&(thread, index)) {
            oldest = oldest.max(location.position_of(Some(event)));
        }
        let oldest = oldest.min(location.newest());
        let most = if operation.kind == Kind::AtomicCasWeak {
            FAILS
        } else {
            Ways::MOST
        };
        let offered = |position: usize, spuriously: bool| {
            let step = Intent::of(operation, location.stores()[position].value, spuriously);
            (!step.writes || location.may_follow(position))
                && self.must_pass_over(thread, location, position, &step)
                && self.keeps_an_order(thread, index, position, &step, &now)
        };
        let (mut ways, more) = location.ways(oldest, most, |position| offered(position, false));
        if may_fail {
            for position in (oldest..=location.newest()).rev() {
                let way = (location.newest() - position) as u32;
                let equal = location.stores()[position].value == expected;
                if equal && (way == 0 || offered(position, true)) && way < FAILS {
                    ways = ways.with(FAILS + way);
                }
            }
        }
        if more {
            self.left_out.set(true);
        }
        ways
    }

    /// Performs an atomic operation in one of its ways.
    pub fn perform(
        &mut self,
        thread: ThreadId,
        operation: &Operation,
        way: u32,
        event: u32,
        own: &mut ThreadState,
        guest: &mut impl Guest,
    ) -> Effect {
        let index = self.location(operation, guest);
        self.look_whether_order_is_told(thread, index, operation);
        let spuriously = operation.kind == Kind::AtomicCasWeak && way >= FAILS;
        let way = if spuriously { way - FAILS } else { way };
        let position = self.locations[index].position(way);
        let value = self.locations[index].stores()[position].value;
        let step = Intent::of(operation, value, spuriously);
        own.spurious_left -= u32::from(spuriously);

        let before = self.happens_before.now(thread).clone();
        let stamp = self.happens_before.advance(thread);
        let author = Author { event, stamp };
        if step.reads {
            let released = self.locations[index].stores()[position].released.clone();
            self.happens_before.read(thread, step.ordering, &released);
        }
        let full = self.happens_before.now(thread).clone();
        self.note(Access {
            event,
            stamp,
            fence: false,
            place: None,
            seq_cst: step.ordering == MemoryOrdering::SeqCst,
            before,
            full,
        });
        let mut after = value;
        if step.writes {
            after = written(operation, value);
            let mut released = self.happens_before.released(thread, step.ordering);
            if step.reads {
                released.join(&self.locations[index].stores()[position].released);
            }
            let store = Store {
                event: Some(author),
                value: after,
                released,
                attached: step.reads,
                readers: Vec::new(),
                commutes: operation.unused.then(|| Mode::of(operation.rmw)),
            };
            self.locations[index].insert(position, store);
            if self.strong {
                self.locations[index].keep_newest();
            } else {
                self.seen.insert((thread, index), Some(event));
            }
        } else if !self.strong {
            let store = self.locations[index].store(position);
            store.readers.push(Reader {
                author,
                exclusive: operation.kind != Kind::AtomicLoad,
            });
            let seen = store.event.map(|author| author.event);
            self.seen.insert((thread, index), seen);
        }
        self.must_see.remove(&(thread, index));
        let newest = &self.locations[index].stores()[self.locations[index].newest()];
        if newest.value != guest.read(operation) {
            guest.write(operation, newest.value);
        }
        Effect {
            reply: Reply {
                value,
                flag: u64::from(step.writes && operation.kind != Kind::AtomicRmw),
            },
            outcome: match (
                spuriously,
                step.writes || operation.kind == Kind::AtomicLoad,
            ) {
                (true, _) => Outcome::Spurious,
                (false, true) => Outcome::Done,
                (false, false) => Outcome::Failed,
            },
            before: Some(value),
            after: Some(after),
            changed: after != value,
            ..Effect::default()
        }
    }

    fn look_whether_order_is_told(
        &mut self,
        thread: ThreadId,
        index: usize,
        operation: &Operation,
    ) {
        let location = &self.locations[index];
        let now = self.happens_before.now(thread);
        let oldest = location.oldest_visible(now);
        self.changes |= operation.unused;
        self.order_told |= self.fences && self.changes
            || match operation.kind {
                Kind::AtomicLoad | Kind::AtomicCas | Kind::AtomicCasWeak => {
                    location.tells_order(oldest, now)
                }
                _ => operation.unused && location.has_older_place(oldest),
            };
    }

    /// Takes in the last event of `history`.
    pub fn observe(&mut self, history: &mut History) {
        let Some(event) = history.events.last() else {
            return;
        };
        if is_atomic(event.action) {
            if self.strong {
                return;
            }
            let location = self.current.get(&event.operation.object);
            if let Some(location) = location.map(|&index| &self.locations[index]) {
                location.rank(history);
            }
            return;
        }
        let index = history.events.len() as u32 - 1;
        let (thread, operation) = (event.thread, event.operation);
        let before = self.happens_before.now(thread).clone();
        self.happens_before.observe(history);
        self.fences |= operation.kind == Kind::Fence;
        self.order_told |= self.fences && self.changes;
        if operation.kind == Kind::Fence && operation.ordering == MemoryOrdering::SeqCst {
            let full = self.happens_before.now(thread).clone();
            let stamp = Stamp {
                thread,
                ordinal: full.of(thread),
            };
            self.note(Access {
                event: index,
                stamp,
                fence: true,
                place: None,
                seq_cst: true,
                before,
                full,
            });
        }
    }

    /// Of an atomic operation: the event whose store it read (or came right after), and the events before it whose stores
    /// it passed over, in modification order.
    pub fn reading(&self, event: u32) -> (Option<u32>, Vec<u32>) {
        if self.strong {
            return (None, Vec::new());
        }
        for location in &self.locations {
            let stores = location.stores();
            let position = stores
                .iter()
                .position(|store| store.readers.iter().any(|r| r.author.event == event));
            let written = stores
                .iter()
                .position(|store| store.event.is_some_and(|a| a.event == event));
            let Some(seen) = position.or_else(|| Some(written? - 1)) else {
                continue;
            };
            let newer = stores[seen + 1..].iter().filter_map(|store| store.event);
            let passed_over = newer.map(|a| a.event).filter(|&other| other < event);
            return (
                stores[seen].event.map(|author| author.event),
                passed_over.collect(),
            );
        }
        (None, Vec::new())
    }

    /// Whether everything that a step at `position` passes over precedes it in every order of the same trace, as far as
    /// that does not follow from the very order that it turns round.
    fn must_pass_over(
        &self,
        thread: ThreadId,
        location: &Location,
        position: usize,
        step: &Intent,
    ) -> bool {
        let mut past = self.dependencies.last(thread).to_vec();
        let (older, newer) = location.stores().split_at(position + 1);
        for event in older.iter().flat_map(|store| conflicts(store, step)) {
            for (mine, theirs) in past
                .iter_mut()
                .zip(self.dependencies.of_event(event.event as usize))
            {
                *mine = (*mine).max(*theirs);
            }
        }
        newer
            .iter()
            .flat_map(|store| conflicts(store, step))
            .all(|author| past[author.stamp.thread.index()] >= author.stamp.ordinal)
    }

    /// Whether an order of all `SeqCst` operations exists after the step too.
    fn keeps_an_order(
        &self,
        thread: ThreadId,
        index: usize,
        position: usize,
        step: &Intent,
        now: &Clock,
    ) -> bool {
        let seq_cst = step.ordering == MemoryOrdering::SeqCst;
        // What is not `SeqCst` itself is constrained by fences only.
        let constrains = |a: &Access| a.seq_cst && (seq_cst || a.fence);
        if !self.accesses.iter().any(constrains) {
            return true;
        }
        let mut full = now.clone();
        let stamp = full.advance(thread);
        let released = &self.locations[index].stores()[position].released;
        if step.reads && acquires(step.ordering) {
            full.join(released);
        }
        let mut accesses = self.accesses.clone();
        accesses.push(Access {
            event: u32::MAX,
            stamp,
            fence: false,
            place: None,
            seq_cst,
            before: now.clone(),
            full,
        });
        let mut places = self.places();
        let (key, from) = if step.writes {
            (2 * (position + 1), 2 * (position + 1))
        } else {
            (2 * position + 1, usize::MAX)
        };
        for place in places.values_mut() {
            if place.location == index && place.key >= from {
                place.key += 2;
            }
        }
        let own = Place {
            location: index,
            key,
        };
        places.insert(u32::MAX, own);
        for access in &mut accesses {
            access.place = places.get(&access.event).copied();
        }
        seq_cst::is_consistent(&accesses)
    }

    fn note(&mut self, access: Access) {
        if !self.strong {
            self.accesses.push(access);
        }
    }

    fn places(&self) -> FxHashMap<u32, Place> {
        let mut places = FxHashMap::default();
        for (location, stores) in self.locations.iter().enumerate() {
            stores.keys(|event, key| {
                places.insert(event, Place { location, key });
            });
        }
        places
    }

    /// The location of an atomic whose value is still the one that was last stored: otherwise the program has
    /// made it anew, or has written it without a concurrent operation, when nobody else could see it.
    fn known(&self, operation: &Operation, guest: &impl Guest) -> Option<(usize, &Location)> {
        let index = *self.current.get(&operation.object)?;
        let location = &self.locations[index];
        let newest = &location.stores()[location.newest()];
        (newest.value == guest.read(operation)).then_some((index, location))
    }

    fn location(&mut self, operation: &Operation, guest: &impl Guest) -> usize {
        if let Some((index, _)) = self.known(operation, guest) {
            return index;
        }
        let index = self.locations.len();
        self.locations
            .push(Location::with_initial(guest.read(operation)));
        self.current.insert(operation.object, index);
        index
    }
}

/// Whether it is an operation of an atomic.
#[must_use]
pub fn is_atomic(action: Action) -> bool {
    matches!(
        action,
        Action::Load | Action::Store | Action::ReadModifyWrite | Action::CompareExchange
    )
}
