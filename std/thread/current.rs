//! Handles to threads: `Thread`, `ThreadId`, `current`.

use crate::abi::{Kind, ThreadBlock};
use crate::runner;
use ::std::sync::Arc;
use core::cell::Cell;
use core::fmt;
use core::num::NonZero;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// A handle to a thread, as in std.
#[derive(Clone)]
pub struct Thread(Arc<Inner>);

struct Inner {
    name: Option<String>,
    /// The runner's number; known once the thread has been spawned.
    number: Cell<u64>,
}

// SAFETY: the number is written before anybody else has the handle.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}
impl UnwindSafe for Inner {}
impl RefUnwindSafe for Inner {}

/// A thread's identity: the same in every execution.
#[derive(Eq, PartialEq, Clone, Copy, Hash, Debug)]
pub struct ThreadId(NonZero<u64>);

/// A handle to the calling thread.
#[must_use]
pub fn current() -> Thread {
    let slot = slot();
    // SAFETY: the running thread's own word, which is null or comes from `become_current`.
    unsafe {
        if (*slot).is_null() {
            let number = (*runner::block()).thread;
            let name = (number == 0).then(|| String::from("main"));
            become_current(Thread::new(name, number));
        }
        Arc::increment_strong_count(*slot);
        Thread(Arc::from_raw(*slot))
    }
}

/// Gives the calling thread its handle.
pub fn become_current(thread: Thread) {
    // SAFETY: the block of the running thread is there.
    thread.0.number.set(unsafe { (*runner::block()).thread });
    // SAFETY: the running thread's own word; it keeps its handle to the end of the execution.
    unsafe { *slot() = Arc::into_raw(thread.0) }
}

impl Thread {
    pub(super) fn new(name: Option<String>, number: u64) -> Thread {
        Thread(Arc::new(Inner {
            name,
            number: Cell::new(number),
        }))
    }

    pub(super) fn number(&self) -> u64 {
        self.0.number.get()
    }

    pub(super) fn set_number(&self, number: u64) {
        self.0.number.set(number);
    }

    /// Gives the thread its token.
    #[track_caller]
    pub fn unpark(&self) {
        runner::plain(Kind::Unpark, self.number(), Some(Location::caller()));
    }

    /// The thread's identity.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        ThreadId(NonZero::new(self.number().wrapping_add(1)).unwrap_or(NonZero::<u64>::MAX))
    }

    /// The thread's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("id", &self.id())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

/// The running thread's word for its handle.
fn slot() -> *mut *const Inner {
    let block: *mut ThreadBlock = runner::block();
    // SAFETY: the block is there; the word is this module's.
    unsafe { (&raw mut (*block).own[crate::heap::WORDS]).cast() }
}
