//! What each operation does to its object, for engines that know only mutexes and condvars: an attempt under the
//! object's own mutex either happens, or waits there until somebody has changed the object.
//!
//! Written after the promises of `std`, and on purpose not after the explorer's model: it is the second opinion.

use crate::operation::{Kind, Operation, Reply, ThreadId};

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It happened.
    Done(Reply),
    /// It cannot happen yet.
    Wait,
}

/// An object.
#[derive(Debug, Default)]
pub struct Object {
    /// A mutex is locked; a standard stream's is, by this thread, so many times.
    owner: Option<(ThreadId, u32)>,
    /// A writer has the `RwLock`.
    writer: bool,
    readers: u32,
    /// The waiters of a condvar.
    pub condvar: Condvar,
    /// Threads that have arrived at a barrier, and how often it has opened.
    arrived: u64,
    opened: u64,
    once: Once,
    channel: Channel,
    /// There is a park token.
    token: bool,
    /// The thread has ended.
    pub ended: bool,
    /// Threads that have left a scope.
    pub left: Vec<ThreadId>,
}

/// What a thread remembers from one attempt to the next.
#[derive(Debug, Default)]
pub struct Own {
    /// At which opening of a barrier it has arrived.
    arrived: Option<u64>,
    /// Messages of a rendezvous channel that must be taken before its own is.
    ticket: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Once {
    #[default]
    Untouched,
    Running,
    Panicked,
    Complete,
}

/// A channel has one sender and its receiver when it is made.
#[derive(Debug, Default)]
struct Channel {
    waiting: u64,
    taken: u64,
    /// Senders beside the first, less those that are gone.
    more_senders: i64,
    receiver_gone: bool,
    /// The receiver stands at a rendezvous.
    ready: bool,
}

const YES: Reply = Reply { value: 1, flag: 1 };
const NO: Reply = Reply { value: 0, flag: 0 };

const DONE: u64 = 0;
const DISCONNECTED: u64 = 1;
const NOT_NOW: u64 = 2;

impl Object {
    /// Attempts `operation`, of `thread`.
    pub fn attempt(&mut self, operation: &Operation, thread: ThreadId, own: &mut Own) -> Attempt {
        use Kind as K;
        match operation.kind {
            K::MutexLock | K::MutexTryLock if self.owner.is_none() => {
                self.owner = Some((thread, 1));
                Attempt::Done(YES)
            }
            K::MutexLock => Attempt::Wait,
            K::MutexTryLock => Attempt::Done(NO),
            K::MutexUnlock => {
                self.owner = None;
                Attempt::Done(NO)
            }
            K::RwRead | K::RwTryRead if !self.writer => {
                self.readers += 1;
                Attempt::Done(YES)
            }
            K::RwWrite | K::RwTryWrite if !self.writer && self.readers == 0 => {
                self.writer = true;
                Attempt::Done(YES)
            }
            K::RwRead | K::RwWrite => Attempt::Wait,
            K::RwTryRead | K::RwTryWrite => Attempt::Done(NO),
            K::RwReadUnlock => {
                self.readers = self.readers.saturating_sub(1);
                Attempt::Done(NO)
            }
            K::RwWriteUnlock => {
                self.writer = false;
                Attempt::Done(NO)
            }
            K::NotifyOne => {
                self.condvar.notify_one();
                Attempt::Done(NO)
            }
            K::NotifyAll => {
                self.condvar.notify_all();
                Attempt::Done(NO)
            }
            K::BarrierWait => self.barrier(operation.a, own),
            K::OnceBegin | K::OnceEnd | K::OnceIsCompleted | K::OnceWait => {
                self.once.attempt(operation)
            }
            K::ChannelSend
            | K::ChannelSendTaken
            | K::ChannelTrySend
            | K::ChannelRecv
            | K::ChannelTryRecv
            | K::ChannelRecvTimeout
            | K::SenderClone
            | K::SenderDrop
            | K::ReceiverDrop => self.channel.attempt(operation, own),
            K::Park if !self.token => Attempt::Wait,
            K::Park | K::ParkTimeout => {
                self.token = false;
                Attempt::Done(NO)
            }
            K::Unpark => {
                self.token = true;
                Attempt::Done(NO)
            }
            K::Join if !self.ended => Attempt::Wait,
            K::IsFinished if self.ended => Attempt::Done(YES),
            K::ScopeWait if (self.left.len() as u64) < operation.a => Attempt::Wait,
            K::ScopeLeave => {
                self.left.push(thread);
                Attempt::Done(NO)
            }
            K::Print if self.is_taken_by_another(thread) => Attempt::Wait,
            K::ConsoleLock if self.is_taken_by_another(thread) => Attempt::Wait,
            K::ConsoleLock => {
                let depth = self.owner.map_or(0, |(_, depth)| depth);
                self.owner = Some((thread, depth + 1));
                Attempt::Done(NO)
            }
            K::ConsoleUnlock => {
                self.owner = self
                    .owner
                    .filter(|(_, depth)| *depth > 1)
                    .map(|(owner, depth)| (owner, depth - 1));
                Attempt::Done(NO)
            }
            _ => Attempt::Done(NO),
        }
    }

    fn is_taken_by_another(&self, thread: ThreadId) -> bool {
        self.owner.is_some_and(|(owner, _)| owner != thread)
    }

    fn barrier(&mut self, size: u64, own: &mut Own) -> Attempt {
        match own.arrived {
            Some(opening) if self.opened > opening => {
                own.arrived = None;
                Attempt::Done(NO)
            }
            Some(_) => Attempt::Wait,
            None if self.arrived + 1 >= size.max(1) => {
                self.arrived = 0;
                self.opened += 1;
                Attempt::Done(YES)
            }
            None => {
                self.arrived += 1;
                own.arrived = Some(self.opened);
                Attempt::Wait
            }
        }
    }
}

impl Once {
    fn attempt(&mut self, operation: &Operation) -> Attempt {
        let goes_on = operation.a == 1;
        let value = match (operation.kind, *self) {
            (Kind::OnceEnd, _) => {
                *self = if operation.a == 1 {
                    Once::Complete
                } else {
                    Once::Panicked
                };
                0
            }
            (Kind::OnceIsCompleted, state) => u64::from(state == Once::Complete),
            (Kind::OnceWait, Once::Complete) => 1,
            (Kind::OnceWait, Once::Panicked) if !goes_on => 0,
            (Kind::OnceWait, _) | (_, Once::Running) => return Attempt::Wait,
            (_, Once::Complete) => 0,
            (_, Once::Panicked) if !goes_on => 2,
            (_, Once::Untouched | Once::Panicked) => {
                *self = Once::Running;
                1
            }
        };
        Attempt::Done(Reply { value, flag: 0 })
    }
}

impl Channel {
    fn attempt(&mut self, operation: &Operation, own: &mut Own) -> Attempt {
        use Kind as K;
        let value = match operation.kind {
            K::ChannelSend | K::ChannelTrySend if self.receiver_gone => DISCONNECTED,
            K::ChannelTrySend if !self.takes_at_once(operation.a) => NOT_NOW,
            K::ChannelSend if !self.has_room(operation.a) => return Attempt::Wait,
            K::ChannelSend | K::ChannelTrySend => {
                own.ticket = self.taken + self.waiting;
                self.waiting += 1;
                DONE
            }
            K::ChannelSendTaken if self.taken > own.ticket => DONE,
            K::ChannelSendTaken if self.receiver_gone => DISCONNECTED,
            K::ChannelSendTaken => return Attempt::Wait,
            K::SenderClone => {
                self.more_senders += 1;
                DONE
            }
            K::SenderDrop => {
                self.more_senders -= 1;
                DONE
            }
            K::ReceiverDrop => {
                self.receiver_gone = true;
                self.waiting = 0;
                DONE
            }
            kind if self.waiting > 0 => {
                debug_assert!(kind != K::ChannelSend);
                self.waiting -= 1;
                self.taken += 1;
                self.ready = false;
                DONE
            }
            _ if self.more_senders < 0 => {
                self.ready = false;
                DISCONNECTED
            }
            K::ChannelRecv => {
                self.ready = true;
                return Attempt::Wait;
            }
            _ => NOT_NOW,
        };
        Attempt::Done(Reply { value, flag: 0 })
    }

    /// `capacity` is that of the table: 0 without a bound, otherwise one more than the messages it keeps.
    fn has_room(&self, capacity: u64) -> bool {
        // At a rendezvous a message is offered, and its sender waits for it to be taken.
        capacity <= 1 || self.waiting < capacity - 1
    }

    fn takes_at_once(&self, capacity: u64) -> bool {
        if capacity == 1 {
            self.ready && self.waiting == 0
        } else {
            self.has_room(capacity)
        }
    }
}

/// The waiters of a condvar. Which one `notify_one` wakes is left open until the first of them goes on: whoever comes
/// first, of those that waited when it was called.
#[derive(Debug, Default)]
pub struct Condvar {
    /// Those that nobody has woken for sure.
    waiters: Vec<ThreadId>,
    /// For each wake-up of one: who may take it. The oldest first, so that there is always one left for each.
    tokens: Vec<Vec<ThreadId>>,
    /// Woken by name.
    woken: Vec<ThreadId>,
}

impl Condvar {
    /// `thread` begins to wait.
    pub fn enter(&mut self, thread: ThreadId) {
        self.waiters.push(thread);
    }

    /// Whether `thread` is woken; if so it waits no longer.
    pub fn leave_if_woken(&mut self, thread: ThreadId) -> bool {
        if let Some(at) = self.woken.iter().position(|t| *t == thread) {
            self.woken.remove(at);
            return true;
        }
        let Some(at) = self.tokens.iter().position(|who| who.contains(&thread)) else {
            return false;
        };
        self.tokens.remove(at);
        self.leave(thread);
        true
    }

    /// `thread` waits no longer.
    pub fn leave(&mut self, thread: ThreadId) {
        self.waiters.retain(|t| *t != thread);
        for who in &mut self.tokens {
            who.retain(|t| *t != thread);
        }
    }

    fn notify_one(&mut self) {
        if self.tokens.len() < self.waiters.len() {
            self.tokens.push(self.waiters.clone());
        }
    }

    fn notify_all(&mut self) {
        self.tokens.clear();
        self.woken.append(&mut self.waiters);
    }
}
