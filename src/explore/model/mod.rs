//! The state of every concurrent object, and what each operation does to it.
//!
//! The model knows which operations can happen now and what they change. It knows nothing of strategies:
//! where std leaves freedom (which waiter is woken, whether a weak compare-exchange fails) it says how many
//! alternatives there are and is told which one happens.

pub mod atomic;
mod channel;
mod condvar;
mod locks;
mod once;
mod threads;

use self::channel::Channel;
use self::condvar::Condvar;
use self::locks::{Console, Mutex, RwLock};
use self::once::{Barrier, Once};
pub use self::threads::ThreadState;
use super::footprint;
use super::ways::Ways;
use crate::guest::Guest;
use crate::operation::{Kind, ObjectId, Operation, Reply, ThreadId};
use crate::trace::{Action, Outcome};

/// The state of object `$id`, made on first use.
macro_rules! object {
    ($objects:expr, $id:expr, $kind:ident) => {{
        let slot = $objects.slot($id);
        if matches!(slot, Object::Unused) {
            *slot = Object::$kind(Default::default());
        }
        match slot {
            Object::$kind(state) => state,
            other => panic!(
                "object {:?} is used as {} but is {other:?}",
                $id,
                stringify!($kind)
            ),
        }
    }};
}

/// Which waiter `notify_one` wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum NotifyOrder {
    /// Any of them: a choice, as std promises no order.
    #[default]
    Any,
    /// The one that has waited longest. For comparison with published counts.
    Fifo,
}

/// An announced step of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The step: an operation with two halves (a condvar wait) announces the second when the first is done.
    pub action: Action,
    /// The operation.
    pub operation: Operation,
}

/// Why an event could happen: another event that comes first in every order of the same trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Index of the other event.
    pub event: u32,
    /// True where no other event could have done instead (a notification that woke this waiter), false where
    /// one could (the message that this receive took): only the first hides a race.
    pub exclusive: bool,
}

/// What a performed step did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effect {
    /// The answer, if the operation is finished.
    pub reply: Reply,
    /// The second half that the thread now waits for.
    pub next: Option<Action>,
    /// How it went.
    pub outcome: Outcome,
    /// An atomic's value before.
    pub before: Option<u64>,
    /// An atomic's value after.
    pub after: Option<u64>,
    /// The other thread.
    pub peer: Option<ThreadId>,
    /// Whether anything is different now. A failed attempt changes nothing.
    pub changed: bool,
}

/// The state of one object.
#[derive(Debug, Default)]
enum Object {
    #[default]
    Unused,
    Mutex(Mutex),
    RwLock(RwLock),
    Condvar(Condvar),
    Barrier(Barrier),
    Once(Once),
    Channel(Channel),
    Console(Console),
}

/// All objects, by number.
#[derive(Debug, Default)]
struct Objects {
    slots: Vec<Object>,
    used: Vec<u32>,
}

/// All objects and the threads' own part of the state.
#[derive(Debug, Default)]
pub struct Model {
    objects: Objects,
    threads: Vec<ThreadState>,
    notify_order: NotifyOrder,
    /// Spurious wake-ups and weak failures that each thread may suffer in an execution.
    spurious: u32,
}

impl Model {
    /// An empty model.
    pub fn new(notify_order: NotifyOrder, spurious: u32) -> Self {
        Model {
            notify_order,
            spurious,
            ..Model::default()
        }
    }

    /// Forgets everything, for the next execution.
    pub fn reset(&mut self) {
        self.objects.reset();
        self.threads.clear();
    }

    /// A thread's own state.
    pub fn thread(&mut self, thread: ThreadId) -> &mut ThreadState {
        if thread.index() >= self.threads.len() {
            let spurious_left = self.spurious;
            self.threads
                .resize_with(thread.index() + 1, || ThreadState {
                    spurious_left,
                    ..ThreadState::default()
                });
        }
        &mut self.threads[thread.index()]
    }

    /// The state of a thread that has been created.
    pub fn state(&self, thread: ThreadId) -> &ThreadState {
        &self.threads[thread.index()]
    }

    /// The footprint of an announced step of `thread`.
    pub fn footprint(&self, thread: ThreadId, pending: &Pending) -> footprint::Footprint {
        if pending.action == Action::AwaitChange {
            return self.threads[thread.index()].awaits;
        }
        footprint::announced(
            pending.action,
            &pending.operation,
            self.may_wake_itself(thread, pending),
        )
    }

    /// Whether the step can happen now. Only waiting steps ever cannot.
    pub fn enabled(&self, thread: ThreadId, pending: &Pending) -> bool {
        let object = self.objects.get(pending.operation.object);
        match pending.action {
            Action::Lock => locks::mutex_is_free(object),
            Action::ReadLock => locks::readable(object),
            Action::WriteLock => locks::writable(object),
            Action::Print | Action::ConsoleLock => locks::console_is_free(object, thread),
            Action::Reacquire => {
                let own = &self.threads[thread.index()];
                (own.signalled_by.is_some() || self.may_wake_itself(thread, pending))
                    && locks::mutex_is_free(self.objects.get(pending.operation.other))
            }
            Action::Pass => {
                once::barrier_generation(object) > self.threads[thread.index()].generation
            }
            Action::OnceBegin => once::may_begin(object),
            Action::OnceGet => once::may_get(object, &pending.operation),
            Action::Send => channel::may_send(object, &pending.operation),
            Action::SendTaken => channel::is_taken(object, self.threads[thread.index()].ticket),
            Action::Receive => channel::may_receive(object),
            Action::Park => {
                let own = &self.threads[thread.index()];
                own.token_by.is_some() || self.may_wake_itself(thread, pending)
            }
            Action::Join => {
                let target = pending.operation.a as usize;
                self.threads
                    .get(target)
                    .is_some_and(|t| t.ended_by.is_some())
            }
            Action::ScopeWait => threads::scope_is_left(&self.threads, pending),
            _ => true,
        }
    }

    /// The ways in which the step can go now.
    pub fn ways(&self, thread: ThreadId, pending: &Pending, guest: &impl Guest) -> Ways {
        match pending.action {
            Action::NotifyOne if self.notify_order == NotifyOrder::Any => {
                Ways::below(condvar::waiting(self.objects.get(pending.operation.object)) as u32)
            }
            // A time that has run out already is not taken back by a notification that comes before the mutex is free.
            Action::Reacquire
                if pending.operation.kind == Kind::CondvarWaitTimeout
                    && self.is_signalled(thread)
                    && condvar::waiting(self.objects.get(pending.operation.object)) == 0 =>
            {
                Ways::below(2)
            }
            Action::CompareExchange => {
                let own = &self.threads[thread.index()];
                atomic::ways(&pending.operation, own, guest)
            }
            _ => Ways::ONE,
        }
    }

    /// Performs an enabled step. `event` is the index that its event will have.
    pub fn perform(
        &mut self,
        thread: ThreadId,
        pending: &Pending,
        alternative: u32,
        event: u32,
        causes: &mut Vec<Cause>,
        guest: &mut impl Guest,
    ) -> Effect {
        self.thread(thread);
        let operation = &pending.operation;
        use Action as A;
        match pending.action {
            A::Load | A::Store | A::ReadModifyWrite | A::CompareExchange => atomic::perform(
                operation,
                alternative,
                &mut self.threads[thread.index()],
                guest,
            ),
            A::Lock | A::TryLock | A::Unlock => {
                let mutex = self.mutex(operation.object);
                locks::perform_mutex(mutex, pending.action, thread)
            }
            A::ReadLock
            | A::WriteLock
            | A::QueueToWrite
            | A::TryReadLock
            | A::TryWriteLock
            | A::ReadUnlock
            | A::WriteUnlock => {
                let lock = object!(self.objects, operation.object, RwLock);
                locks::perform_rwlock(lock, pending.action, thread)
            }
            A::ConsoleLock | A::ConsoleUnlock => {
                let console = object!(self.objects, operation.object, Console);
                locks::perform_console(console, pending.action, thread)
            }
            A::Wait => {
                self.mutex(operation.other).owner = None;
                object!(self.objects, operation.object, Condvar)
                    .waiters
                    .push(thread);
                self.threads[thread.index()].signalled_by = None;
                Effect {
                    next: Some(A::Reacquire),
                    changed: true,
                    ..Effect::default()
                }
            }
            A::Reacquire => self.reacquire(thread, operation, alternative == 1, causes),
            A::NotifyOne | A::NotifyAll => {
                self.notify(pending.action, operation, alternative, event)
            }
            A::Arrive => {
                let barrier = object!(self.objects, operation.object, Barrier);
                once::arrive(
                    barrier,
                    operation.a,
                    event,
                    &mut self.threads[thread.index()],
                )
            }
            A::Pass => {
                let barrier = object!(self.objects, operation.object, Barrier);
                once::pass(barrier, &self.threads[thread.index()], causes)
            }
            A::OnceBegin | A::OnceEnd | A::OnceGet => once::perform(
                object!(self.objects, operation.object, Once),
                pending.action,
                operation,
            ),
            A::Send
            | A::TrySend
            | A::SendTaken
            | A::Receive
            | A::TryReceive
            | A::ReceiveReady
            | A::DropSender
            | A::DropReceiver => {
                let channel = object!(self.objects, operation.object, Channel);
                channel::perform(
                    channel,
                    pending.action,
                    operation,
                    event,
                    causes,
                    &mut self.threads[thread.index()],
                )
            }
            A::CloneSender => {
                object!(self.objects, operation.object, Channel).senders += 1;
                Effect {
                    changed: true,
                    ..Effect::default()
                }
            }
            A::Park | A::Unpark | A::Join | A::IsFinished | A::ScopeWait | A::End => {
                if pending.action == A::Unpark {
                    self.thread(ThreadId(operation.a as u32));
                }
                threads::perform(&mut self.threads, thread, pending, event, causes)
            }
            _ => Effect {
                changed: match pending.action {
                    A::Print | A::ChangeCount => true,
                    // Whether it does is for the program to know.
                    A::LookAtCount => operation.a == 1,
                    _ => false,
                },
                ..Effect::default()
            },
        }
    }

    /// Whether a waiting step may happen without the event it waits for: by its timeout or spuriously.
    pub fn may_wake_itself(&self, thread: ThreadId, pending: &Pending) -> bool {
        match pending.operation.kind {
            Kind::CondvarWaitTimeout | Kind::ParkTimeout => true,
            Kind::CondvarWait | Kind::Park => {
                self.threads
                    .get(thread.index())
                    .map_or(self.spurious, |t| t.spurious_left)
                    > 0
            }
            _ => false,
        }
    }

    fn reacquire(
        &mut self,
        thread: ThreadId,
        operation: &Operation,
        too_late: bool,
        causes: &mut Vec<Cause>,
    ) -> Effect {
        self.mutex(operation.other).owner = Some(thread);
        let own = &mut self.threads[thread.index()];
        let signalled = own.signalled_by.take();
        if let Some(event) = signalled {
            let timed = operation.kind == crate::operation::Kind::CondvarWaitTimeout;
            causes.push(Cause {
                event,
                exclusive: !timed && own.spurious_left == 0,
            });
            return Effect {
                reply: Reply {
                    value: 0,
                    flag: too_late.into(),
                },
                outcome: if too_late {
                    Outcome::TimedOut
                } else {
                    Outcome::Done
                },
                changed: true,
                ..Effect::default()
            };
        }
        let outcome = own.wake_itself(operation.kind);
        object!(self.objects, operation.object, Condvar)
            .waiters
            .retain(|&t| t != thread);
        let timed_out = u64::from(outcome == Outcome::TimedOut);
        Effect {
            reply: Reply {
                value: 0,
                flag: timed_out,
            },
            outcome,
            changed: true,
            ..Effect::default()
        }
    }

    fn notify(
        &mut self,
        action: Action,
        operation: &Operation,
        alternative: u32,
        event: u32,
    ) -> Effect {
        let condvar = object!(self.objects, operation.object, Condvar);
        let woken = condvar::take_waiters(condvar, action, alternative);
        for thread in &woken {
            self.threads[thread.index()].signalled_by = Some(event);
        }
        let peer = (woken.len() == 1).then(|| woken[0]);
        Effect {
            peer,
            changed: !woken.is_empty(),
            ..Effect::default()
        }
    }

    /// Whether `thread`'s wait at a condvar has been ended by a notification.
    pub fn is_signalled(&self, thread: ThreadId) -> bool {
        self.threads[thread.index()].signalled_by.is_some()
    }

    fn mutex(&mut self, id: ObjectId) -> &mut Mutex {
        object!(self.objects, id, Mutex)
    }
}

impl Objects {
    fn get(&self, id: ObjectId) -> &Object {
        self.slots.get(id.0 as usize).unwrap_or(&Object::Unused)
    }

    fn slot(&mut self, id: ObjectId) -> &mut Object {
        let index = id.0 as usize;
        if index >= self.slots.len() {
            self.slots.resize_with(index + 1, Object::default);
        }
        if matches!(self.slots[index], Object::Unused) {
            self.used.push(id.0);
        }
        &mut self.slots[index]
    }

    fn reset(&mut self) {
        for index in self.used.drain(..) {
            self.slots[index as usize] = Object::Unused;
        }
    }
}
