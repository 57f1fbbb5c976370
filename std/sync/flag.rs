//! The flag that a lock raises when its holder panics.

use crate::abi::{Identity, Kind, MemoryOrdering, Operation};
use crate::runner::{self, Caller};
use crate::sync::{LockResult, PoisonError};
use core::cell::UnsafeCell;
use core::ptr;

/// Lives in the lock, and changes together with it: it is raised in the step that unlocks. Who looks at it without
/// holding the lock announces a look at the lock.
pub struct Flag {
    raised: UnsafeCell<bool>,
}

/// What a guard remembers of the moment when it was taken.
#[derive(Clone, Copy)]
pub struct Taken {
    panicking: bool,
}

impl Flag {
    pub const fn new() -> Self {
        Flag {
            raised: UnsafeCell::new(false),
        }
    }

    /// Read by the holder of the lock.
    pub fn held(&self) -> bool {
        // SAFETY: one thread runs at a time, and no reference into the cell is ever given out.
        unsafe { *self.raised.get() }
    }

    /// A guard of this lock begins.
    pub fn taken(&self) -> Taken {
        Taken {
            panicking: ::std::thread::panicking(),
        }
    }

    /// A guard of this lock has ended: raises the flag when a panic began meanwhile. Called at once after the
    /// unlocking, before anybody else can run.
    pub fn done(&self, taken: Taken) {
        if !taken.panicking && ::std::thread::panicking() {
            // SAFETY: as in `held`.
            unsafe { *self.raised.get() = true };
        }
    }

    /// Read by anybody.
    pub fn get(&self, lock: &Identity, site: Caller) -> bool {
        self.announce(Kind::AtomicLoad, 0, lock, site) != 0
    }

    /// Takes the flag down.
    pub fn clear(&self, lock: &Identity, site: Caller) {
        self.announce(Kind::AtomicStore, 0, lock, site);
    }

    /// `value`, in the arm of the result that the flag says.
    pub fn wrap<T>(&self, value: T) -> LockResult<T> {
        if self.held() {
            Err(PoisonError::new(value))
        } else {
            Ok(value)
        }
    }

    #[inline(never)]
    fn announce(&self, kind: Kind, a: u64, lock: &Identity, site: Caller) -> u64 {
        runner::perform(Operation {
            // std's is relaxed. But the program has not asked for a weak ordering, and must not be told that it has.
            ordering: MemoryOrdering::SeqCst,
            width: 1,
            object: ptr::from_ref(self).cast(),
            other: ptr::from_ref(lock).cast(),
            a,
            site: ptr::from_ref(site),
            payload: runner::payload(self.raised.get()),
            ..runner::operation(kind)
        })
        .value
    }
}
