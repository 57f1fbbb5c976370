//! Threads that repeat themselves.
//!
//! A loop that waits for another thread (`while !ready.load(..) {}`) can turn any number of times: its
//! executions are endless, and a turn that changes nothing is as good as none. When a thread comes back to a
//! place with the same stack, holds the same locks, and has itself changed nothing anywhere since it was last
//! there, the turn had no effect. The thread then waits until another thread changes something that the turn
//! has looked at. This is exact: until then, the next turn could only be the same. And it is a matter of the
//! thread's own past alone, so that it does not depend on how independent threads are interleaved.
//!
//! Whether a thread has changed the program's memory is found out by hashing it after every step, which is
//! slow. So programs are first run without that (`Tracking::Off`); the first sign of such a loop starts the
//! search again with it.
//!
//! A turn that counts (`for _ in 0..100`) has an effect on the stack, so it is never taken for one that has
//! none. If a thread goes round for long without changing anything else, or is woken again and again only to
//! go round once more, it is bounded, and the search says so.

use super::event::{Event, History};
use super::footprint::{Footprint, Location, Mode};
use super::model::{Effect, Pending};
use crate::guest::Guest;
use crate::operation::{Kind, ObjectId, Operation, ThreadId};
use crate::trace::{Action, Outcome};

/// Turns without an effect on anything but the stack before a loop is bounded.
const PATIENCE: u32 = 64;
/// Turns without any effect, each after a change by another thread, before a loop is bounded.
const WAKEUPS: u32 = 32;

/// A place that the thread has announced a step from, and how things were at its last visit.
#[derive(Debug)]
struct Anchor {
    site: u64,
    local: Option<u64>,
    own: Own,
    /// Events of the execution, announcements of the thread, and locks it has taken.
    events: usize,
    announcement: u32,
    taken: u32,
    /// Visits in a row in between which nothing but the stack has changed.
    idle: u32,
    /// Visits in a row in between which nothing at all has changed.
    wakeups: u32,
}

/// What the thread itself has done to the shared state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Own {
    /// Changes so far.
    changes: u64,
    /// The locks held, as a sum of their hashes.
    held: u64,
}

/// A lock that the thread holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    lock: ObjectId,
    /// Changes that the thread had made, and locks it had taken, before it took this one.
    changes: u64,
    taken: u32,
}

/// What a visit says about the thread.
#[derive(Clone, Copy, Debug)]
pub enum Visit {
    /// It may go on.
    Goes,
    /// It would only repeat itself: it waits for a change of what it has looked at.
    Repeats(News),
    /// It may be repeating itself; whether it does was not tracked.
    Suspicious,
}

/// Where a thread has been.
#[derive(Debug, Default)]
pub struct Repetition {
    anchors: Vec<Anchor>,
    own: Own,
    /// The locks held.
    acquired: Vec<Held>,
    /// Locks taken so far.
    taken: u32,
    /// What the thread will do when it goes on.
    suspended: Option<Pending>,
    /// What must change before its wait at a condvar may end by itself, and whether it tries locks.
    news: Option<News>,
    bounded: bool,
}

impl Repetition {
    /// The thread is about to announce `pending`.
    pub fn visit(
        &mut self,
        thread: ThreadId,
        pending: &Pending,
        history: &History,
        guest: &impl Guest,
        announcement: u32,
        tracked: bool,
    ) -> Visit {
        let site = pending.operation.site;
        // Each spawn or join is of another thread: a turn with one of them is not the last turn again.
        if site == 0 || matches!(pending.operation.kind, Kind::Spawn | Kind::Join) {
            return Visit::Goes;
        }
        let (own, events, taken) = (self.own, history.events.len(), self.taken);
        let Some(anchor) = self.anchors.iter_mut().find(|a| a.site == site) else {
            let hint = matches!(pending.operation.kind, Kind::Yield | Kind::SpinHint);
            let local = (tracked || hint).then(|| guest.local_state(thread));
            self.anchors.push(Anchor {
                site,
                local,
                own,
                events,
                announcement,
                taken,
                idle: 0,
                wakeups: 0,
            });
            return Visit::Goes;
        };
        let local = Some(guest.local_state(thread));
        let before = std::mem::replace(
            &mut *anchor,
            Anchor {
                site,
                local,
                own,
                events,
                announcement,
                taken,
                idle: 0,
                wakeups: 0,
            },
        );
        let idle = before.own == own;
        // Whoever was to change something may need a lock that the turn has let go for a while. The thread is not held back
        // where it has that lock again, but elsewhere in the turn.
        let keeps = self.acquired.iter().any(|held| {
            let lets_go = pending.action == Action::Wait && held.lock == pending.operation.other;
            held.taken >= before.taken && !lets_go
        });
        let repeats = idle && before.local == local && !keeps;
        anchor.idle = if idle { before.idle + 1 } else { 0 };
        let patient = anchor.idle < PATIENCE;
        if patient && !repeats {
            return Visit::Goes;
        }
        if !tracked {
            return Visit::Suspicious;
        }
        anchor.wakeups = before.wakeups + 1;
        self.bounded = !repeats || anchor.wakeups > WAKEUPS;
        if self.bounded {
            anchor.idle = 0;
        }
        look_back(
            thread,
            before.announcement,
            &history.events[before.events..],
        )
    }

    /// Takes note of a step that the thread has performed. Returns whether it was the release of a lock under
    /// which nothing was changed.
    pub fn performed(&mut self, pending: &Pending, effect: &Effect) -> bool {
        let operation = &pending.operation;
        // What happened for no reason need not happen again.
        self.own.changes += u64::from(effect.outcome == Outcome::Spurious);
        match pending.action {
            Action::Lock | Action::ReadLock | Action::WriteLock | Action::ConsoleLock => {
                self.acquire(operation.object);
            }
            Action::TryLock | Action::TryReadLock | Action::TryWriteLock => {
                if effect.changed {
                    self.acquire(operation.object);
                }
            }
            Action::Unlock | Action::ReadUnlock | Action::WriteUnlock | Action::ConsoleUnlock => {
                return self.release(operation.object);
            }
            Action::Wait => return self.release(operation.other),
            Action::Reacquire => {
                self.news = None;
                self.acquire(operation.other);
                self.own.changes += u64::from(effect.outcome == Outcome::Done);
            }
            // Whether a look at a count has changed it is seen by the memory.
            Action::ReceiveReady
            | Action::QueueToWrite
            | Action::AwaitChange
            | Action::Join
            | Action::ScopeWait
            | Action::LookAtCount => {}
            _ => self.own.changes += u64::from(effect.changed),
        }
        false
    }

    /// Whether the thread holds a lock.
    pub fn holds_a_lock(&self) -> bool {
        !self.acquired.is_empty()
    }

    /// Takes note that the thread has changed the program's memory.
    pub fn changed_memory(&mut self) {
        self.own.changes += 1;
    }

    /// Holds a step back until something changes.
    pub fn suspend(&mut self, pending: Pending) {
        self.suspended = Some(pending);
    }

    /// Lets the wait at a condvar that comes next end by itself only when something has changed.
    pub fn wait_for_news(&mut self, news: News) {
        self.news = Some(news);
    }

    /// See [`Repetition::wait_for_news`].
    pub fn news(&self) -> Option<&News> {
        self.news.as_ref()
    }

    /// The step that was held back.
    pub fn resume(&mut self) -> Pending {
        self.suspended
            .take()
            .expect("only a suspended thread is resumed")
    }

    /// Whether the loop that it waits in is bounded: it was not shown that the next turn has no effect.
    pub fn is_bounded(&self) -> bool {
        self.bounded && (self.suspended.is_some() || self.news.is_some())
    }

    /// Whether the turn that it is about to begin is beyond the bound.
    pub fn is_going_round(&self) -> bool {
        self.bounded
    }

    /// Forgets everything, but keeps the memory for another thread.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        self.anchors.clear();
        self.acquired.clear();
        Repetition {
            anchors: self.anchors,
            acquired: self.acquired,
            ..Repetition::default()
        }
    }

    fn acquire(&mut self, lock: ObjectId) {
        self.acquired.push(Held {
            lock,
            changes: self.own.changes,
            taken: self.taken,
        });
        self.taken += 1;
        self.own.held = self.own.held.wrapping_add(hash(lock));
    }

    fn release(&mut self, lock: ObjectId) -> bool {
        self.own.held = self.own.held.wrapping_sub(hash(lock));
        let Some(index) = self.acquired.iter().rposition(|held| held.lock == lock) else {
            // Locked by another thread, or before the memory was tracked.
            return false;
        };
        let held = self.acquired.remove(index);
        held.changes == self.own.changes
    }
}

/// What a thread waits for that would only repeat its last turn.
#[derive(Clone, Copy, Debug)]
pub struct News {
    /// What the turn has touched.
    pub looked_at: Footprint,
    /// Whether it has looked whether a lock was free.
    pub tries: bool,
    /// The first announcement of the turn.
    pub since: u32,
}

impl News {
    /// What the announced [`Action::AwaitChange`] of a thread waits for.
    #[must_use]
    pub fn awaited(operation: &Operation, looked_at: Footprint) -> News {
        News {
            looked_at,
            tries: operation.a == 1,
            since: operation.b as u32,
        }
    }
}

/// Whether `event`, of another thread, can make the next turn of the waiting `thread` go differently: it changes a
/// location after the first look that the last turn has taken at it.
pub fn wakes<'a>(
    when: usize,
    event: &Event,
    thread: ThreadId,
    news: &News,
    past: impl Iterator<Item = (usize, &'a Event)> + Clone,
) -> bool {
    if event.thread == thread || !event.footprint.depends(&news.looked_at) {
        return false;
    }
    let tries = news.tries;
    let counts = match event.action {
        Action::Lock | Action::TryLock | Action::ReadLock | Action::TryReadLock => tries,
        Action::WriteLock | Action::TryWriteLock | Action::Reacquire => tries,
        Action::Unlock | Action::ReadUnlock | Action::WriteUnlock | Action::Wait => {
            tries || !event.neutral
        }
        _ => true,
    };
    let is_new = |location| match first_look(location, thread, news, past.clone()) {
        Look::Never => event.changed,
        Look::NotAwaited => false,
        // Under C11 it counts which store was seen, not when. And whether another brings a change is a matter of what
        // was seen: what it came after when it was performed need not be what it comes after now.
        Look::At(index, look) => match (event.rank, look.rank) {
            (Some(rank), Some(seen)) => rank > seen && event.after != look.after,
            _ => event.changed && when > index,
        },
    };
    counts && event.footprint.accesses().any(|(l, _)| is_new(l))
}

/// The first look of a turn at a location.
enum Look<'a> {
    /// The thread does not wait for it.
    NotAwaited,
    Never,
    /// Its event.
    At(usize, &'a Event),
}

/// The first event of its last turn in which `thread` has seen a location that it waits for, or at least touched it.
fn first_look<'a>(
    location: Location,
    thread: ThreadId,
    news: &News,
    past: impl Iterator<Item = (usize, &'a Event)>,
) -> Look<'a> {
    let label = news.looked_at.mode_at(location);
    if !news.looked_at.is_reads_all() && label.is_none() {
        return Look::NotAwaited;
    }
    let (mut touched, mut seen) = (None, None);
    let own = past.filter(|(_, e)| {
        e.thread == thread && e.announcement >= news.since && e.action != Action::AwaitChange
    });
    for (k, event) in own.filter(|(_, e)| e.footprint.mode_at(location).is_some()) {
        touched = touched.or(Some((k, event)));
        if !is_blind(event) {
            seen = seen.or(Some((k, event)));
        }
    }
    // What was stored blindly, and no look taken, would show if another thread had stored since, though not before.
    let first = match label {
        Some(Mode::Write) => touched,
        _ => seen.or(touched),
    };
    match first {
        Some((k, event)) => Look::At(k, event),
        None if news.looked_at.is_reads_all() => Look::NotAwaited,
        None => Look::Never,
    }
}

/// Whether the thread did not get to know what was there before.
fn is_blind(event: &Event) -> bool {
    event.action == Action::Store || event.footprint.accesses().all(|(_, mode)| mode.is_blind())
}

/// What the thread has looked at in `events`.
fn look_back(thread: ThreadId, since: u32, events: &[Event]) -> Visit {
    let mut looked_at = Footprint::NONE;
    let mut tries = false;
    let own = events.iter().filter(|e| e.thread == thread);
    for event in own.filter(|e| e.action != Action::AwaitChange) {
        looked_at = looked_at.union_of_looks(&event.footprint, is_blind(event));
        tries |= matches!(
            event.action,
            Action::TryLock | Action::TryReadLock | Action::TryWriteLock
        );
    }
    Visit::Repeats(News {
        looked_at,
        tries,
        since,
    })
}

fn hash(lock: ObjectId) -> u64 {
    u64::from(lock.0)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(23)
        | 1
}
