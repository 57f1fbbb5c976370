//! Happens-before as C++20 and Rust define it: sequenced-before, and the synchronisation that std promises.
//!
//! This is not the relation that [`crate::explore::clocks`] computes. There, an order that was observed counts; here,
//! only one that the program may rely on: what std documents, and what no implementation could do without. A `Relaxed`
//! flag orders nothing, nor does `notify_one`, `is_finished`, or what is printed; nor a reader's unlock a later reader.
//! Nor does the end of a channel's other half: std itself looks for it with a relaxed load. But room in a bounded
//! channel orders, as a slot can only be used again after it was emptied; the Go memory model promises the same.

use rustc_hash::FxHashMap;

use super::clock::{Clock, Stamp};
use crate::explore::event::{Event, History};
use crate::operation::{CountOrder, MemoryOrdering, ObjectId, ThreadId};
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
    /// What it knew when it began to drop what reference counts have kept: see [`HappensBefore::order_counts`].
    before_drops: Vec<Clock>,
}

/// What a thread leaves at an object for others.
#[derive(Debug, Default)]
struct Object {
    /// Left by exclusive holders, or by whoever completes it, or gives up a strong pointer.
    exclusive: Clock,
    /// Left by readers, for the next writer; or by whoever gives up a weak pointer.
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

    /// What follows from counts of an `Arc`; `order` is a [`CountOrder`].
    ///
    /// Of drops that nobody can tell apart only one order is explored, and in each of the others another thread is the
    /// last. So what the last one acquires orders the end of the value and of the block, which come last in any order, and
    /// nothing that the thread does afterwards. That is less than the hardware promises where a thread can only be the
    /// last, for a reason that orders nothing itself (a relaxed flag): what std promises of a drop is not more.
    pub fn order_counts(&mut self, thread: ThreadId, counts: ObjectId, order: u64) {
        let is = |what: CountOrder| order == what as u64;
        if is(CountOrder::Restore) {
            self.end_of_drop(thread);
            return;
        }
        if is(CountOrder::ReleaseStrong) {
            self.leave(thread, counts, |o| &mut o.exclusive);
            return;
        }
        if is(CountOrder::BeginValue) || is(CountOrder::BeginBlock) {
            let thread = self.thread(thread);
            thread.before_drops.push(thread.now.clone());
        }
        if is(CountOrder::BeginBlock) {
            self.leave(thread, counts, |o| &mut o.shared);
        }
        self.take(thread, counts, |o| &o.exclusive);
        if is(CountOrder::AcquireAll) || is(CountOrder::BeginBlock) {
            self.take(thread, counts, |o| &o.shared);
        }
    }

    /// What has come in since it began was nothing but what the drop has acquired: if the destructor had announced
    /// anything, it could be told from others.
    fn end_of_drop(&mut self, thread: ThreadId) {
        let own = self.thread(thread);
        if let Some(mut before) = own.before_drops.pop() {
            while before.of(thread) < own.now.of(thread) {
                before.advance(thread);
            }
            own.now = before;
        }
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
            // What is found in the counts is acquired where it means something: see `order_counts`.
            Action::ChangeCount if event.operation.b == 2 => {
                self.order_counts(thread, object, event.operation.a);
            }
            Action::ChangeCount if releases(event.operation.ordering) && event.operation.a == 1 => {
                self.leave(thread, object, |o| &mut o.shared);
            }
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
