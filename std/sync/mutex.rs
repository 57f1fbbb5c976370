//! `Mutex` and its guard.

use super::flag::{Flag, Taken};
use super::{LockResult, PoisonError, TryLockError, TryLockResult};
use crate::abi::{Identity, Kind};
use crate::bound;
use crate::runner;
use core::cell::UnsafeCell;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// Mutual exclusion, as in std.
pub struct Mutex<T: ?Sized> {
    pub(super) identity: Identity,
    pub(super) poison: Flag,
    data: UnsafeCell<T>,
}

// SAFETY: only the holder of the lock reaches the data.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: only the holder of the lock reaches the data.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}
impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

/// Holds the lock until it is dropped.
#[must_use = "if unused the Mutex will immediately unlock"]
#[clippy::has_significant_drop]
pub struct MutexGuard<'a, T: ?Sized + 'a> {
    pub(super) lock: &'a Mutex<T>,
    taken: Taken,
}

// SAFETY: never met.
unsafe impl<'a, T: ?Sized> Send for MutexGuard<'a, T> where MutexGuard<'a, T>: bound::Send {}
// SAFETY: a shared guard only gives out shared references to the data.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    /// An unlocked mutex.
    #[track_caller]
    #[inline]
    pub const fn new(t: T) -> Mutex<T> {
        Mutex {
            identity: Identity::new(),
            poison: Flag::new(),
            data: UnsafeCell::new(t),
        }
    }

    /// The data of a mutex that nobody else has.
    ///
    /// # Errors
    /// When a holder has panicked.
    pub fn into_inner(self) -> LockResult<T> {
        let Mutex { poison, data, .. } = self;
        poison.wrap(data.into_inner())
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits for the lock and takes it.
    ///
    /// # Errors
    /// When a holder has panicked.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let payload = runner::payload(self.data.get());
        runner::lock(
            Kind::MutexLock,
            &self.identity,
            payload,
            Some(Location::caller()),
        );
        self.guard()
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    /// When it is held, or a holder has panicked.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let payload = runner::payload(self.data.get());
        let reply = runner::lock(
            Kind::MutexTryLock,
            &self.identity,
            payload,
            Some(Location::caller()),
        );
        if reply.flag == 0 {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.guard()?)
    }

    /// Whether a holder has panicked.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.poison.get(&self.identity, Location::caller())
    }

    /// Forgets that a holder has panicked.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.poison.clear(&self.identity, Location::caller());
    }

    /// The data of a mutex that nobody else has now.
    ///
    /// # Errors
    /// When a holder has panicked.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.poison.held();
        let data = self.data.get_mut();
        if poisoned {
            Err(PoisonError::new(data))
        } else {
            Ok(data)
        }
    }

    pub(super) fn data(&self) -> *mut T {
        self.data.get()
    }

    fn guard(&self) -> LockResult<MutexGuard<'_, T>> {
        self.poison.wrap(MutexGuard {
            lock: self,
            taken: self.poison.taken(),
        })
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(t: T) -> Self {
        Mutex::new(t)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => {
                d.field("data", &&*guard);
            }
            Err(TryLockError::Poisoned(err)) => {
                d.field("data", &&**err.get_ref());
            }
            Err(TryLockError::WouldBlock) => {
                d.field("data", &format_args!("<locked>"));
            }
        }
        d.field("poisoned", &self.poison.held());
        d.finish_non_exhaustive()
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the lock.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard holds the lock, and it is borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let payload = runner::payload(self.lock.data.get());
        runner::lock(Kind::MutexUnlock, &self.lock.identity, payload, None);
        self.lock.poison.done(self.taken);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
