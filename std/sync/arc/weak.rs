//! `Weak`.

use super::Arc;
use crate::abi::CountOrder;
use crate::counts::{self, End, Look, Pointer};
use ::std::sync::Weak as Counted;
use core::fmt;
use core::marker::Unsize;
use core::mem::ManuallyDrop;
use core::num::NonZero;
use core::ops::{CoerceUnsized, DispatchFromDyn};
use core::panic::Location;
use core::pin::PinCoerceUnsized;
use core::ptr::NonNull;

/// A pointer that does not keep its value alive, as in std.
pub struct Weak<T: ?Sized> {
    /// As of [`Counted::into_raw`].
    value: NonNull<T>,
}

// SAFETY: as in std.
unsafe impl<T: ?Sized + Sync + Send> Send for Weak<T> {}
// SAFETY: as in std.
unsafe impl<T: ?Sized + Sync + Send> Sync for Weak<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Weak<U>> for Weak<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> DispatchFromDyn<Weak<U>> for Weak<T> {}
// SAFETY: it derefs to nothing.
unsafe impl<T: ?Sized> PinCoerceUnsized for Weak<T> {}

impl<T> Weak<T> {
    /// As in std.
    #[must_use]
    pub const fn new() -> Weak<T> {
        Weak {
            value: NonNull::without_provenance(NonZero::<usize>::MAX),
        }
    }
}

impl<T: ?Sized> Weak<T> {
    /// As in std.
    ///
    /// # Safety
    /// As in std.
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        Weak {
            // SAFETY: promised by the caller: a pointer to what was a value, or that of `Weak::new`.
            value: unsafe { NonNull::new_unchecked(ptr.cast_mut()) },
        }
    }

    /// As in std.
    #[must_use = "losing the pointer will leak memory"]
    pub fn into_raw(self) -> *const T {
        ManuallyDrop::new(self).as_ptr()
    }

    /// As in std.
    #[must_use]
    pub fn as_ptr(&self) -> *const T {
        self.value.as_ptr()
    }

    /// As in std.
    #[must_use = "this returns a new `Arc`, without modifying the original weak pointer"]
    #[track_caller]
    pub fn upgrade(&self) -> Option<Arc<T>> {
        self.look(Look::Change, Location::caller());
        let strong = self.std().upgrade().map(Arc::of)?;
        counts::order(self.as_ptr(), CountOrder::AcquireStrong);
        Some(strong)
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        self.look(Look::Number, Location::caller());
        self.std().strong_count()
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        self.look(Look::Number, Location::caller());
        self.std().weak_count()
    }

    /// As in std.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.std().ptr_eq(&other.std())
    }

    /// std's pointer as ours.
    pub(super) fn of(weak: Counted<T>) -> Self {
        // SAFETY: nobody else uses what is a pointer to the value of a block, or to none.
        unsafe { Weak::from_raw(Counted::into_raw(weak)) }
    }

    /// The same for as long as std's is there.
    pub(super) fn lent(weak: &Counted<T>) -> ManuallyDrop<Self> {
        // SAFETY: as above; it is not dropped.
        ManuallyDrop::new(unsafe { Weak::from_raw(weak.as_ptr()) })
    }

    /// std's pointer, for a moment.
    fn std(&self) -> ManuallyDrop<Counted<T>> {
        // SAFETY: it comes from `Counted::into_raw`, and is not dropped twice.
        ManuallyDrop::new(unsafe { Counted::from_raw(self.as_ptr()) })
    }

    fn look(&self, look: Look, site: &'static Location<'static>) {
        if !self.is_of_nothing() {
            counts::look(self.as_ptr(), look, site);
        }
    }

    /// Made by [`Weak::new`]: there are no counts.
    fn is_of_nothing(&self) -> bool {
        self.as_ptr().cast::<u8>().addr() == usize::MAX
    }
}

impl<T: ?Sized> Clone for Weak<T> {
    #[track_caller]
    fn clone(&self) -> Weak<T> {
        if !self.is_of_nothing() {
            let site = Some(Location::caller());
            counts::add(self.as_ptr(), Pointer::Weak, site);
        }
        Weak::of(Counted::clone(&self.std()))
    }
}

// SAFETY: no value is touched.
unsafe impl<#[may_dangle] T: ?Sized> Drop for Weak<T> {
    fn drop(&mut self) {
        if self.is_of_nothing() {
            return;
        }
        counts::release(self.as_ptr(), Pointer::Weak, false, None);
        let counted = ManuallyDrop::into_inner(self.std());
        // The last of these gives the block back. Which one is the last std does not tell.
        let _end = (counted.strong_count() == 0).then(|| End::of_block(self.as_ptr()));
        drop(counted);
    }
}

impl<T> Default for Weak<T> {
    fn default() -> Weak<T> {
        Weak::new()
    }
}

impl<T: ?Sized> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.std(), f)
    }
}
