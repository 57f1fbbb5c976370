//! `RwLock` and its guards.

use super::flag::{Flag, Taken};
use super::{LockResult, PoisonError, TryLockError, TryLockResult};
use crate::abi::{Identity, Kind};
use crate::bound;
use crate::runner;
use core::cell::UnsafeCell;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::panic::{Location, RefUnwindSafe, UnwindSafe};
use core::ptr::NonNull;

/// Many readers or one writer, as in std.
pub struct RwLock<T: ?Sized> {
    identity: Identity,
    poison: Flag,
    data: UnsafeCell<T>,
}

// SAFETY: only holders of the lock reach the data.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: only holders of the lock reach the data, several at once if they only read.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}
impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

/// Holds the lock for reading until it is dropped.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockReadGuard<'rwlock, T: ?Sized + 'rwlock> {
    // A pointer, so that a guard is covariant in `T`, as in std.
    data: NonNull<T>,
    identity: &'rwlock Identity,
}

// SAFETY: never met.
unsafe impl<'a, T: ?Sized> Send for RwLockReadGuard<'a, T> where RwLockReadGuard<'a, T>: bound::Send {}
// SAFETY: a shared guard only gives out shared references to the data.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}

/// Holds the lock for writing until it is dropped.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockWriteGuard<'rwlock, T: ?Sized + 'rwlock> {
    lock: &'rwlock RwLock<T>,
    taken: Taken,
}

// SAFETY: never met.
unsafe impl<'a, T: ?Sized> Send for RwLockWriteGuard<'a, T> where
    RwLockWriteGuard<'a, T>: bound::Send
{
}
// SAFETY: a shared guard only gives out shared references to the data.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<T> RwLock<T> {
    /// An unlocked lock.
    #[track_caller]
    #[inline]
    pub const fn new(t: T) -> RwLock<T> {
        RwLock {
            identity: Identity::new(),
            poison: Flag::new(),
            data: UnsafeCell::new(t),
        }
    }

    /// The data of a lock that nobody else has.
    ///
    /// # Errors
    /// When a writer has panicked.
    pub fn into_inner(self) -> LockResult<T> {
        let RwLock { poison, data, .. } = self;
        poison.wrap(data.into_inner())
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until no writer has the lock, and takes it for reading.
    ///
    /// # Errors
    /// When a writer has panicked.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let payload = runner::payload(self.data.get());
        runner::lock(
            Kind::RwRead,
            &self.identity,
            payload,
            Some(Location::caller()),
        );
        self.reader()
    }

    /// Takes the lock for reading if no writer has it.
    ///
    /// # Errors
    /// When a writer has it, or has panicked.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let payload = runner::payload(self.data.get());
        let reply = runner::lock(
            Kind::RwTryRead,
            &self.identity,
            payload,
            Some(Location::caller()),
        );
        if reply.flag == 0 {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.reader()?)
    }

    /// Waits until nobody has the lock, and takes it for writing.
    ///
    /// # Errors
    /// When a writer has panicked.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let payload = runner::payload(self.data.get());
        runner::lock(
            Kind::RwWrite,
            &self.identity,
            payload,
            Some(Location::caller()),
        );
        self.writer()
    }

    /// Takes the lock for writing if nobody has it.
    ///
    /// # Errors
    /// When somebody has it, or a writer has panicked.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let payload = runner::payload(self.data.get());
        let reply = runner::lock(
            Kind::RwTryWrite,
            &self.identity,
            payload,
            Some(Location::caller()),
        );
        if reply.flag == 0 {
            return Err(TryLockError::WouldBlock);
        }
        Ok(self.writer()?)
    }

    /// Whether a writer has panicked.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.poison.get(&self.identity, Location::caller())
    }

    /// Forgets that a writer has panicked.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.poison.clear(&self.identity, Location::caller());
    }

    /// The data of a lock that nobody else has now.
    ///
    /// # Errors
    /// When a writer has panicked.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.poison.held();
        let data = self.data.get_mut();
        if poisoned {
            Err(PoisonError::new(data))
        } else {
            Ok(data)
        }
    }

    fn reader(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        self.poison.wrap(RwLockReadGuard {
            // SAFETY: the address of a field is not null.
            data: unsafe { NonNull::new_unchecked(self.data.get()) },
            identity: &self.identity,
        })
    }

    fn writer(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        self.poison.wrap(RwLockWriteGuard {
            lock: self,
            taken: self.poison.taken(),
        })
    }
}

impl<'rwlock, T: ?Sized> RwLockWriteGuard<'rwlock, T> {
    /// Keeps the lock for reading only. Not modelled yet.
    #[track_caller]
    pub fn downgrade(s: Self) -> RwLockReadGuard<'rwlock, T> {
        let _held = s;
        runner::unmodelled("std::sync::RwLockWriteGuard::downgrade", Location::caller())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(t: T) -> Self {
        RwLock::new(t)
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("RwLock");
        match self.try_read() {
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

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the lock.
        unsafe { self.data.as_ref() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the lock.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard holds the lock, and it is borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        let payload = runner::payload(self.data.as_ptr());
        runner::lock(Kind::RwReadUnlock, self.identity, payload, None);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        let payload = runner::payload(self.lock.data.get());
        runner::lock(Kind::RwWriteUnlock, &self.lock.identity, payload, None);
        self.lock.poison.done(self.taken);
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
