//! Happens-before as C++20 and Rust define it: sequenced-before, and the synchronisation that std promises.
//!
//! This is not the relation that [`crate::explore::clocks`] computes. There, an order that was observed counts; here,
//! only one that the program may rely on: what std documents, and where it is silent, what its code does on every path.
//! A `Relaxed` flag orders nothing, nor does `notify_one`, `is_finished`, or what is printed. Nor does the end of a
//! channel's other half: std looks at its mark with a relaxed load. But room in a bounded channel orders, as a slot can
//! only be used again after it was emptied; the Go memory model promises the same.

use rustc_hash::FxHashMap;

use super::clock::{Clock, Stamp};
use crate::explore::event::{Event, History};
use crate::operation::{MemoryOrdering, ObjectId, ThreadId};
use crate::trace::{Action, Outcome};

/// The clocks of one execution.
#[derive(Debug, Default)]
pub struct HappensBefore {
    threads: Vec<Thread>,
    objects: FxHashMap<ObjectId, Object>,
    /// What an event passes on to those that it causes (a message to its receiver, an end to its join).
    passed_on: FxHashMap<u32, Clock>,
}

#[derive(Debug, Default)]
struct Thread {
    now: Clock,
    /// What relaxed loads have read, for an acquire fence to come.
    unfenced: Clock,
    /// What a relaxed store releases: the clock at the last release fence.
    fenced: Option<Clock>,
}

/// What a thread leaves at an object for others.
#[derive(Debug, Default)]
struct Object {
    /// Left by exclusive holders, or by whoever completes it.
    exclusive: Clock,
    /// Left by readers, for the next writer.
    shared: Clock,
}

impl HappensBefore {
    /// Forgets everything, for the next execution.
    pub fn clear(&mut self) {
        self.threads.clear();
        self.objects.clear();
        self.passed_on.clear();
    }

    /// What happens before the next event of `thread`.
    pub fn now(&mut self, thread: ThreadId) -> &Clock {
        &self.thread(thread).now
    }

    /// The same, without making room for a thread that has done nothing.
    pub fn seen_by(&self, thread: ThreadId) -> Clock {
        self.threads
            .get(thread.index())
            .map(|t| t.now.clone())
            .unwrap_or_default()
    }

    /// `thread` does something.
    pub fn advance(&mut self, thread: ThreadId) -> Stamp {
        self.thread(thread).now.advance(thread)
    }

    /// `thread` has read a store that released `released`.
    pub fn read(&mut self, thread: ThreadId, ordering: MemoryOrdering, released: &Clock) {
        let thread = self.thread(thread);
        if acquires(ordering) {
            thread.now.join(released);
        } else {
            thread.unfenced.join(released);
        }
    }

    /// What a store of `thread` releases.
    pub fn released(&mut self, thread: ThreadId, ordering: MemoryOrdering) -> Clock {
        let thread = self.thread(thread);
        if releases(ordering) {
            thread.now.clone()
        } else {
            thread.fenced.clone().unwrap_or_default()
        }
    }

    /// Takes in the last event of `history`, unless it is one of an atomic: those come through the methods above.
    pub fn observe(&mut self, history: &History) {
        let Some(event) = history.events.last() else {
            return;
        };
        let index = history.events.len() as u32 - 1;
        let thread = event.thread;
        self.advance(thread);
        match event.action {
            Action::Fence => self.fence(thread, event.operation.ordering),
            Action::Spawn => {
                let clock = self.now(thread).clone();
                if let Some(child) = event.peer {
                    self.thread(child).now.join(&clock);
                }
            }
            Action::Pass | Action::Join | Action::ScopeWait => self.take_over(history, event),
            Action::SendTaken if event.outcome == Outcome::Done => self.take_over(history, event),
            // A message and the room for it come from the other half; a receiver that goes drops what it has not received.
            Action::Receive
            | Action::TryReceive
            | Action::Send
            | Action::TrySend
            | Action::DropReceiver
                if event.outcome == Outcome::Done =>
            {
                self.take_over(history, event);
                self.pass_on(index, thread);
            }
            // All that arrive release, and the last one to come is what the others pass because of.
            Action::Arrive => {
                self.leave(thread, event.operation.object, |o| &mut o.exclusive);
                if event.outcome == Outcome::Chosen {
                    let object = self.objects.entry(event.operation.object).or_default();
                    let all = std::mem::take(&mut object.exclusive);
                    self.passed_on.insert(index, all);
                }
            }
            Action::ScopeLeave | Action::End => self.pass_on(index, thread),
            _ => self.at_an_object(event),
        }
    }

    /// What `thread` has just found in the counts of an `Arc` means that others have given up their pointers.
    pub fn acquire_counts(&mut self, thread: ThreadId, counts: ObjectId) {
        self.take(thread, counts, |o| &o.exclusive);
    }

    fn at_an_object(&mut self, event: &Event) {
        let (thread, object) = (event.thread, event.operation.object);
        let done = event.outcome == Outcome::Done;
        match event.action {
            Action::Lock | Action::ConsoleLock => self.take(thread, object, |o| &o.exclusive),
            Action::TryLock | Action::ReadLock | Action::TryReadLock if done => {
                self.take(thread, object, |o| &o.exclusive);
            }
            Action::WriteLock | Action::TryWriteLock if done => {
                self.take(thread, object, |o| &o.exclusive);
                self.take(thread, object, |o| &o.shared);
            }
            Action::Unlock | Action::WriteUnlock | Action::ConsoleUnlock => {
                self.leave(thread, object, |o| &mut o.exclusive);
            }
            Action::ReadUnlock => self.leave(thread, object, |o| &mut o.shared),
            Action::Wait => self.leave(thread, event.operation.other, |o| &mut o.exclusive),
            Action::Reacquire => self.take(thread, event.operation.other, |o| &o.exclusive),
            Action::OnceEnd => self.leave(thread, object, |o| &mut o.exclusive),
            Action::OnceBegin => self.take(thread, object, |o| &o.exclusive),
            // Whoever sees that it is complete sees what was done.
            Action::OnceGet => self.take(thread, object, |o| &o.exclusive),
            Action::Unpark => self.leave(thread, object, |o| &mut o.exclusive),
            Action::Park if done => self.take(thread, object, |o| &o.exclusive),
            // What is found in the counts is acquired where it means something: see `acquire_counts`.
            Action::ChangeCount | Action::LookAtCount if releases(event.operation.ordering) => {
                self.leave(thread, object, |o| &mut o.exclusive);
            }
            _ => {}
        }
    }

    fn fence(&mut self, thread: ThreadId, ordering: MemoryOrdering) {
        let thread = self.thread(thread);
        if acquires(ordering) {
            thread.now.join(&thread.unfenced);
        }
        if releases(ordering) {
            thread.fenced = Some(thread.now.clone());
        }
    }

    fn take(&mut self, thread: ThreadId, object: ObjectId, part: fn(&Object) -> &Clock) {
        if let Some(object) = self.objects.get(&object) {
            let clock = part(object).clone();
            self.thread(thread).now.join(&clock);
        }
    }

    fn leave(&mut self, thread: ThreadId, object: ObjectId, part: fn(&mut Object) -> &mut Clock) {
        let clock = self.now(thread).clone();
        part(self.objects.entry(object).or_default()).join(&clock);
    }

    fn pass_on(&mut self, index: u32, thread: ThreadId) {
        let clock = self.now(thread).clone();
        self.passed_on.insert(index, clock);
    }

    fn take_over(&mut self, history: &History, event: &Event) {
        for cause in history.causes(event) {
            if let Some(clock) = self.passed_on.get(&cause.event).cloned() {
                self.thread(event.thread).now.join(&clock);
            }
        }
    }

    fn thread(&mut self, thread: ThreadId) -> &mut Thread {
        if self.threads.len() <= thread.index() {
            self.threads
                .resize_with(thread.index() + 1, Thread::default);
        }
        &mut self.threads[thread.index()]
    }
}

/// Whether a load of this ordering acquires.
#[must_use]
pub fn acquires(ordering: MemoryOrdering) -> bool {
    matches!(
        ordering,
        MemoryOrdering::Acquire | MemoryOrdering::AcqRel | MemoryOrdering::SeqCst
    )
}

/// Whether a store of this ordering releases.
#[must_use]
pub fn releases(ordering: MemoryOrdering) -> bool {
    matches!(
        ordering,
        MemoryOrdering::Release | MemoryOrdering::AcqRel | MemoryOrdering::SeqCst
    )
}
