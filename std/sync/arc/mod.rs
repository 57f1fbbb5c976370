//! `Arc` whose reference counts the runner sees: std's own, with every change of a count and every look at one announced.
//!
//! Part of the stand-in with `--cfg threadlings_counts` only, for programs in which the counts can matter: it needs
//! features of std that are not stable, so that ours converts to `Arc<dyn Trait>` and is a method's receiver as std's is.

mod announce;
mod convert;
mod weak;

use announce::Look;
pub use announce::own_types_are_quiet;
pub use weak::Weak;

use crate::abi::MemoryOrdering;
use crate::access;
use ::std::sync::Arc as Counted;
use core::any::Any;
use core::borrow::Borrow;
use core::clone::CloneToUninit;
use core::cmp::Ordering;
use core::error::Error;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::Unsize;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::{CoerceUnsized, Deref, DispatchFromDyn, LegacyReceiver};
use core::panic::Location;
use core::pin::{Pin, PinCoerceUnsized};
use core::ptr;

/// A reference-counted pointer, as in std.
#[repr(transparent)]
pub struct Arc<T: ?Sized>(Counted<T>);

impl<T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Arc<U>> for Arc<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> DispatchFromDyn<Arc<U>> for Arc<T> {}
impl<T: ?Sized> LegacyReceiver for Arc<T> {}
// SAFETY: it derefs to what std's does.
unsafe impl<T: ?Sized> PinCoerceUnsized for Arc<T> {}

impl<T> Arc<T> {
    /// As in std.
    #[inline]
    pub fn new(data: T) -> Arc<T> {
        Arc::made(Counted::new(data))
    }

    /// As in std. Whoever can upgrade knows of what was done before.
    #[track_caller]
    pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(data_fn: F) -> Arc<T> {
        let site = Some(Location::caller());
        Arc(Counted::new_cyclic(|weak| {
            let data = data_fn(Weak::of(weak));
            access::wrote(weak.as_ptr().cast(), size_of::<T>());
            announce::change(weak.as_ptr(), MemoryOrdering::Release, false, site);
            data
        }))
    }

    /// As in std.
    #[must_use]
    pub fn new_uninit() -> Arc<MaybeUninit<T>> {
        Arc(Counted::new_uninit())
    }

    /// As in std.
    #[must_use]
    pub fn new_zeroed() -> Arc<MaybeUninit<T>> {
        Arc(Counted::new_zeroed())
    }

    /// As in std.
    pub fn pin(data: T) -> Pin<Arc<T>> {
        convert::pinned(Arc::new(data))
    }

    /// As in std.
    ///
    /// # Errors
    /// The pointer, when there are others.
    #[track_caller]
    pub fn try_unwrap(this: Self) -> Result<T, Self> {
        this.look(Look::Change, Location::caller());
        this.acquire_if_last();
        Counted::try_unwrap(this.counted()).map_err(Arc)
    }

    /// As in std.
    #[track_caller]
    pub fn into_inner(this: Self) -> Option<T> {
        this.look(Look::GiveUp, Location::caller());
        this.acquire_if_last();
        Counted::into_inner(this.counted())
    }
}

impl<T> Arc<[T]> {
    /// As in std.
    #[must_use]
    pub fn new_uninit_slice(len: usize) -> Arc<[MaybeUninit<T>]> {
        Arc(Counted::new_uninit_slice(len))
    }

    /// As in std.
    #[must_use]
    pub fn new_zeroed_slice(len: usize) -> Arc<[MaybeUninit<T>]> {
        Arc(Counted::new_zeroed_slice(len))
    }
}

impl<T> Arc<MaybeUninit<T>> {
    /// As in std.
    ///
    /// # Safety
    /// As in std.
    #[must_use]
    pub unsafe fn assume_init(self) -> Arc<T> {
        // SAFETY: promised by the caller.
        Arc(unsafe { self.counted().assume_init() })
    }
}

impl<T> Arc<[MaybeUninit<T>]> {
    /// As in std.
    ///
    /// # Safety
    /// As in std.
    #[must_use]
    pub unsafe fn assume_init(self) -> Arc<[T]> {
        // SAFETY: promised by the caller.
        Arc(unsafe { self.counted().assume_init() })
    }
}

impl<T: ?Sized> Arc<T> {
    /// As in std.
    ///
    /// # Safety
    /// As in std.
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        // SAFETY: promised by the caller.
        Arc(unsafe { Counted::from_raw(ptr) })
    }

    /// As in std.
    #[must_use = "losing the pointer will leak memory"]
    pub fn into_raw(this: Self) -> *const T {
        Counted::into_raw(this.counted())
    }

    /// As in std.
    ///
    /// # Safety
    /// As in std.
    #[track_caller]
    pub unsafe fn increment_strong_count(ptr: *const T) {
        // SAFETY: promised by the caller; what was there is left there.
        let this = ManuallyDrop::new(unsafe { Arc::from_raw(ptr) });
        let _another = ManuallyDrop::new(Arc::clone(&this));
    }

    /// As in std.
    ///
    /// # Safety
    /// As in std.
    pub unsafe fn decrement_strong_count(ptr: *const T) {
        // SAFETY: promised by the caller.
        drop(unsafe { Arc::from_raw(ptr) });
    }

    /// As in std.
    #[must_use]
    pub fn as_ptr(this: &Self) -> *const T {
        Counted::as_ptr(&this.0)
    }

    /// As in std.
    #[must_use = "this returns a new `Weak` pointer, without modifying the original `Arc`"]
    #[track_caller]
    pub fn downgrade(this: &Self) -> Weak<T> {
        let site = Some(Location::caller());
        announce::change(Arc::as_ptr(this), MemoryOrdering::Relaxed, false, site);
        Weak::counted(Counted::downgrade(&this.0))
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn weak_count(this: &Self) -> usize {
        this.look(Look::Number, Location::caller());
        Counted::weak_count(&this.0)
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn strong_count(this: &Self) -> usize {
        this.look(Look::Number, Location::caller());
        Counted::strong_count(&this.0)
    }

    /// As in std.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        Counted::ptr_eq(&this.0, &other.0)
    }

    /// As in std.
    #[track_caller]
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.look(Look::Number, Location::caller());
        if Counted::get_mut(&mut this.0).is_some() {
            this.acquire();
        }
        Counted::get_mut(&mut this.0)
    }

    /// A new block: its value is the program's, though std has put it there.
    fn made(counted: Counted<T>) -> Self {
        access::wrote(Counted::as_ptr(&counted).cast(), size_of_val(&*counted));
        Arc(counted)
    }

    fn look(&self, look: Look, site: &'static Location<'static>) {
        announce::look(Arc::as_ptr(self), look, site);
    }

    fn acquire(&self) {
        announce::acquire(Arc::as_ptr(self));
    }

    /// To be called before the block is given back: then it has no name any more.
    fn acquire_if_last(&self) {
        if Counted::strong_count(&self.0) == 1 {
            self.acquire();
        }
    }

    /// std's pointer, without a change of a count.
    fn counted(self) -> Counted<T> {
        let this = ManuallyDrop::new(self);
        // SAFETY: `this` is not used again, nor dropped.
        unsafe { ptr::read(&raw const this.0) }
    }
}

impl<T: ?Sized + CloneToUninit> Arc<T> {
    /// As in std.
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> &mut T {
        this.look(Look::Change, Location::caller());
        if Counted::strong_count(&this.0) != 1 {
            // Cloned by ourselves: giving up the old one is to be announced.
            *this = Arc::from(boxed_clone(&**this));
        } else {
            this.acquire();
        }
        // Alone now, but for weak ones, which std leaves behind: it clones nothing.
        Counted::make_mut(&mut this.0)
    }
}

fn boxed_clone<T: ?Sized + CloneToUninit>(value: &T) -> Box<T> {
    let layout = core::alloc::Layout::for_value(value);
    let memory = if layout.size() == 0 {
        ptr::without_provenance_mut(layout.align())
    } else {
        // SAFETY: the size is not zero.
        unsafe { ::std::alloc::alloc(layout) }
    };
    if memory.is_null() {
        ::std::alloc::handle_alloc_error(layout);
    }
    // SAFETY: `memory` has the size and alignment of `value`, and is a box of it once the clone is there.
    unsafe {
        value.clone_to_uninit(memory);
        Box::from_raw(memory.with_metadata_of(ptr::from_ref(value)))
    }
}

impl<T: Clone> Arc<T> {
    /// As in std.
    #[track_caller]
    pub fn unwrap_or_clone(this: Self) -> T {
        Arc::try_unwrap(this).unwrap_or_else(|shared| (*shared).clone())
    }
}

impl Arc<dyn Any + Send + Sync> {
    /// As in std.
    ///
    /// # Errors
    /// The pointer, when it is to something else.
    pub fn downcast<T: Any + Send + Sync>(self) -> Result<Arc<T>, Self> {
        self.counted().downcast().map(Arc).map_err(Arc)
    }
}

impl<T: ?Sized> Clone for Arc<T> {
    #[track_caller]
    fn clone(&self) -> Arc<T> {
        let site = Some(Location::caller());
        announce::change(Arc::as_ptr(self), MemoryOrdering::Relaxed, false, site);
        Arc(self.0.clone())
    }
}

// SAFETY: only the count is touched here; std's own pointer, a field, drops the value.
unsafe impl<#[may_dangle] T: ?Sized> Drop for Arc<T> {
    fn drop(&mut self) {
        let matters = announce::matters::<T>();
        announce::change(Arc::as_ptr(self), MemoryOrdering::Release, matters, None);
        self.acquire_if_last();
    }
}

impl<T: ?Sized> Deref for Arc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> AsRef<T> for Arc<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Arc<T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Unpin for Arc<T> {}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl<T: ?Sized> fmt::Pointer for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.0, f)
    }
}

// std's own compares the pointers first, where the value is `Eq`.
impl<T: ?Sized + PartialEq> PartialEq for Arc<T> {
    fn eq(&self, other: &Arc<T>) -> bool {
        self.0 == other.0
    }
}

impl<T: ?Sized + Eq> Eq for Arc<T> {}

impl<T: ?Sized + PartialOrd> PartialOrd for Arc<T> {
    fn partial_cmp(&self, other: &Arc<T>) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: ?Sized + Ord> Ord for Arc<T> {
    fn cmp(&self, other: &Arc<T>) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: ?Sized + Hash> Hash for Arc<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: ?Sized + Error> Error for Arc<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        (**self).source()
    }
}
