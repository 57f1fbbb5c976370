//! `Weak`.

use super::announce::Look;
use super::{Arc, announce};
use crate::abi::MemoryOrdering;
use ::std::sync::Weak as Counted;
use core::fmt;
use core::marker::Unsize;
use core::mem::ManuallyDrop;
use core::ops::{CoerceUnsized, DispatchFromDyn};
use core::panic::Location;
use core::pin::PinCoerceUnsized;
use core::ptr;

/// A pointer that does not keep its value alive, as in std.
#[repr(transparent)]
pub struct Weak<T: ?Sized>(Counted<T>);

impl<T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Weak<U>> for Weak<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> DispatchFromDyn<Weak<U>> for Weak<T> {}
// SAFETY: it derefs to nothing.
unsafe impl<T: ?Sized> PinCoerceUnsized for Weak<T> {}

impl<T> Weak<T> {
    /// As in std.
    #[must_use]
    pub const fn new() -> Weak<T> {
        Weak(Counted::new())
    }

    /// std's as ours.
    pub(super) fn of(weak: &Counted<T>) -> &Weak<T> {
        // SAFETY: `Weak` is a transparent wrapper.
        unsafe { &*ptr::from_ref(weak).cast() }
    }
}

impl<T: ?Sized> Weak<T> {
    /// As in std.
    ///
    /// # Safety
    /// As in std.
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        // SAFETY: promised by the caller.
        Weak(unsafe { Counted::from_raw(ptr) })
    }

    /// As in std.
    #[must_use = "losing the pointer will leak memory"]
    pub fn into_raw(self) -> *const T {
        let this = ManuallyDrop::new(self);
        // SAFETY: `this` is not used again, nor dropped.
        unsafe { ptr::read(&raw const this.0) }.into_raw()
    }

    /// As in std.
    #[must_use]
    pub fn as_ptr(&self) -> *const T {
        self.0.as_ptr()
    }

    /// As in std.
    #[must_use = "this returns a new `Arc`, without modifying the original weak pointer"]
    #[track_caller]
    pub fn upgrade(&self) -> Option<Arc<T>> {
        self.look(Look::Change, Location::caller());
        let strong = self.0.upgrade().map(Arc);
        if strong.is_some() {
            announce::acquire(self.as_ptr());
        }
        strong
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        self.look(Look::Number, Location::caller());
        self.0.strong_count()
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        self.look(Look::Number, Location::caller());
        self.0.weak_count()
    }

    /// As in std.
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    pub(super) fn counted(weak: Counted<T>) -> Self {
        Weak(weak)
    }

    fn look(&self, look: Look, site: &'static Location<'static>) {
        if !self.is_of_nothing() {
            announce::look(self.as_ptr(), look, site);
        }
    }

    fn change(&self, ordering: MemoryOrdering, site: Option<&'static Location<'static>>) {
        if !self.is_of_nothing() {
            announce::change(self.as_ptr(), ordering, false, site);
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
        self.change(MemoryOrdering::Relaxed, Some(Location::caller()));
        Weak(self.0.clone())
    }
}

// SAFETY: no value is touched.
unsafe impl<#[may_dangle] T: ?Sized> Drop for Weak<T> {
    fn drop(&mut self) {
        self.change(MemoryOrdering::Release, None);
        // The last of these gives the block back, and comes after all that others did with it. Which one is the last
        // std does not tell.
        if !self.is_of_nothing() && self.0.strong_count() == 0 {
            announce::acquire(self.as_ptr());
        }
    }
}

impl<T> Default for Weak<T> {
    fn default() -> Weak<T> {
        Weak::new()
    }
}

impl<T: ?Sized> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
