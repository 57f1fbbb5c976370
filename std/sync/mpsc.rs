//! `mpsc`: the runner decides who sends and receives; the messages wait in a list here.

pub use ::std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::abi::{Identity, Kind};
use crate::bound;
use crate::runner::{self, Caller};
use ::std::sync::Arc;
use core::cell::UnsafeCell;
use core::fmt;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};
use core::time::Duration;

/// An unbounded channel.
#[track_caller]
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let end = End::new(0);
    (Sender { end: end.share() }, Receiver { end })
}

/// A channel that holds `bound` messages; with 0, sender and receiver meet.
#[track_caller]
#[must_use]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let end = End::new(bound as u64 + 1);
    (SyncSender { end: end.share() }, Receiver { end })
}

/// The sending half of [`channel`].
pub struct Sender<T> {
    end: End<T>,
}

/// The sending half of [`sync_channel`].
pub struct SyncSender<T> {
    end: End<T>,
}

/// The receiving half.
pub struct Receiver<T> {
    end: End<T>,
}

// SAFETY: messages move from thread to thread, nothing else is shared.
unsafe impl<T: Send> Send for Sender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Sender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for SyncSender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for SyncSender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Receiver<T> {}
// SAFETY: never met.
unsafe impl<T> Sync for Receiver<T> where Receiver<T>: bound::Sync {}
impl<T> UnwindSafe for Sender<T> {}
impl<T> RefUnwindSafe for Sender<T> {}
impl<T> UnwindSafe for SyncSender<T> {}
impl<T> RefUnwindSafe for SyncSender<T> {}
impl<T> UnwindSafe for Receiver<T> {}
impl<T> RefUnwindSafe for Receiver<T> {}

/// Messages until the channel is disconnected, by reference.
#[derive(Debug)]
pub struct Iter<'a, T: 'a> {
    rx: &'a Receiver<T>,
}

/// Messages as long as there are some.
#[derive(Debug)]
pub struct TryIter<'a, T: 'a> {
    rx: &'a Receiver<T>,
}

/// Messages until the channel is disconnected.
#[derive(Debug)]
pub struct IntoIter<T> {
    rx: Receiver<T>,
}

impl<T> Sender<T> {
    /// Sends.
    ///
    /// # Errors
    /// Gives `t` back when there is no receiver.
    #[track_caller]
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        self.end.send(t, Location::caller())
    }
}

impl<T> SyncSender<T> {
    /// Sends, waiting while the channel is full.
    ///
    /// # Errors
    /// Gives `t` back when there is no receiver.
    #[track_caller]
    pub fn send(&self, t: T) -> Result<(), SendError<T>> {
        self.end.send(t, Location::caller())
    }

    /// Sends if the channel is not full.
    ///
    /// # Errors
    /// Gives `t` back when it is full, or there is no receiver.
    #[track_caller]
    pub fn try_send(&self, t: T) -> Result<(), TrySendError<T>> {
        match self
            .end
            .ask(Kind::ChannelTrySend, 0, Some(Location::caller()))
        {
            0 => {
                self.end.push(t);
                Ok(())
            }
            1 => Err(TrySendError::Disconnected(t)),
            _ => Err(TrySendError::Full(t)),
        }
    }
}

impl<T> Receiver<T> {
    /// The next message, if there is one.
    ///
    /// # Errors
    /// When there is none now, or never again.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        match self
            .end
            .ask(Kind::ChannelTryRecv, 0, Some(Location::caller()))
        {
            0 => Ok(self.end.pop()),
            1 => Err(TryRecvError::Disconnected),
            _ => Err(TryRecvError::Empty),
        }
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// When there is none and no sender is left.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        match self.end.ask(Kind::ChannelRecv, 0, Some(Location::caller())) {
            0 => Ok(self.end.pop()),
            _ => Err(RecvError),
        }
    }

    /// Waits for the next message, but may give up when `timeout` is over.
    ///
    /// # Errors
    /// When the time is over, or no sender is left.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let nanoseconds = runner::nanoseconds(timeout);
        match self.end.ask(
            Kind::ChannelRecvTimeout,
            nanoseconds,
            Some(Location::caller()),
        ) {
            0 => Ok(self.end.pop()),
            1 => Err(RecvTimeoutError::Disconnected),
            _ => Err(RecvTimeoutError::Timeout),
        }
    }

    /// Messages until the channel is disconnected.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { rx: self }
    }

    /// Messages as long as there are some.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { rx: self }
    }
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.rx.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.rx.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.rx.recv().ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { rx: self }
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Sender<T> {
        Sender {
            end: self.end.another_sender(Location::caller()),
        }
    }
}

impl<T> Clone for SyncSender<T> {
    #[track_caller]
    fn clone(&self) -> SyncSender<T> {
        SyncSender {
            end: self.end.another_sender(Location::caller()),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.end.ask(Kind::SenderDrop, 0, None);
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.end.ask(Kind::SenderDrop, 0, None);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.end.ask(Kind::ReceiverDrop, 0, None);
        // At a rendezvous each message goes back to the sender that offers it.
        if self.end.0.capacity != RENDEZVOUS {
            self.end.discard();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

/// [`Shared::capacity`] of a channel without a buffer.
const RENDEZVOUS: u64 = 1;
const OFFERED: &str = "an offered message is in the queue until it is taken";

/// What both halves share: the channel itself.
struct End<T>(Arc<Shared<T>>);

struct Shared<T> {
    identity: Identity,
    /// The capacity and one, or 0 when there is no bound.
    capacity: u64,
    queue: UnsafeCell<Queue<T>>,
}

/// A list with one block a message, which its sender allocates: allocations must not depend on how full it is.
struct Queue<T> {
    first: Option<Box<Node<T>>>,
    last: *mut Node<T>,
}

struct Node<T> {
    message: T,
    next: Option<Box<Node<T>>>,
}

impl<T> End<T> {
    #[track_caller]
    fn new(capacity: u64) -> Self {
        let queue = Queue {
            first: None,
            last: core::ptr::null_mut(),
        };
        End(Arc::new(Shared {
            identity: Identity::new(),
            capacity,
            queue: UnsafeCell::new(queue),
        }))
    }

    fn share(&self) -> Self {
        End(Arc::clone(&self.0))
    }

    fn another_sender(&self, site: Caller) -> Self {
        self.ask(Kind::SenderClone, 0, Some(site));
        self.share()
    }

    fn send(&self, message: T, site: Caller) -> Result<(), SendError<T>> {
        if self.ask(Kind::ChannelSend, 0, Some(site)) != 0 {
            return Err(SendError(message));
        }
        let offered = self.push(message);
        if self.0.capacity == RENDEZVOUS && self.ask(Kind::ChannelSendTaken, 0, Some(site)) != 0 {
            return Err(SendError(self.take_back(offered)));
        }
        Ok(())
    }

    fn ask(&self, kind: Kind, timeout: u64, site: Option<Caller>) -> u64 {
        runner::with(kind, &self.0.identity, self.0.capacity, timeout, site).value
    }

    /// Called at once after the reply "sent": nothing comes in between.
    fn push(&self, message: T) -> *const Node<T> {
        let mut node = Box::new(Node {
            message,
            next: None,
        });
        let last = &raw mut *node;
        // SAFETY: one thread runs at a time, and none stops while it holds this reference.
        let queue = unsafe { &mut *self.0.queue.get() };
        if queue.first.is_none() {
            queue.first = Some(node);
        } else {
            // SAFETY: the list is not empty, so `last` is its last node.
            unsafe { (*queue.last).next = Some(node) };
        }
        queue.last = last;
        last
    }

    /// The message that no receiver will take.
    fn take_back(&self, offered: *const Node<T>) -> T {
        // SAFETY: as in `push`.
        let queue = unsafe { &mut *self.0.queue.get() };
        let mut link = &mut queue.first;
        while !core::ptr::eq(&raw const **link.as_ref().expect(OFFERED), offered) {
            link = &mut link.as_mut().expect(OFFERED).next;
        }
        let node = *link.take().expect(OFFERED);
        *link = node.next;
        node.message
    }

    /// Called at once after the reply "received".
    fn pop(&self) -> T {
        self.take().expect("a received message is in the queue")
    }

    fn take(&self) -> Option<T> {
        // SAFETY: as in `push`.
        let queue = unsafe { &mut *self.0.queue.get() };
        let node = *queue.first.take()?;
        queue.first = node.next;
        Some(node.message)
    }

    /// Drops what nobody will receive, one by one: a message's destructor may announce operations.
    fn discard(&self) {
        while self.take().is_some() {}
    }
}
