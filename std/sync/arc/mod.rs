//! `Arc` whose reference counts the runner sees: a pointer to the value in a block of std's own, with every change of a
//! count and every look at one announced. std's pointer is made of it for as long as a call takes.
//!
//! Part of the stand-in with `--cfg threadlings_counts` only, for programs in which the counts can matter: it needs
//! features of std that are not stable, so that ours converts to `Arc<dyn Trait>` and is a method's receiver as std's is.

mod convert;
mod cyclic;
mod weak;

pub use weak::Weak;

use crate::abi::CountOrder;
use crate::access;
use crate::counts::{self, End, Look, Pointer};
use ::std::sync::Arc as Counted;
use core::any::Any;
use core::borrow::Borrow;
use core::clone::CloneToUninit;
use core::cmp::Ordering;
use core::error::Error;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;
use core::marker::Unsize;
use core::mem::{self, ManuallyDrop, MaybeUninit};
use core::ops::{CoerceUnsized, Deref, DispatchFromDyn, LegacyReceiver};
use core::panic::Location;
use core::pin::{Pin, PinCoerceUnsized};
use core::ptr::{self, NonNull};

/// A reference-counted pointer, as in std.
pub struct Arc<T: ?Sized> {
    /// As of [`Counted::into_raw`].
    value: NonNull<T>,
    owns: PhantomData<Counted<T>>,
}

// SAFETY: as in std.
unsafe impl<T: ?Sized + Sync + Send> Send for Arc<T> {}
// SAFETY: as in std.
unsafe impl<T: ?Sized + Sync + Send> Sync for Arc<T> {}

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

    /// As in std.
    #[must_use]
    pub fn new_uninit() -> Arc<MaybeUninit<T>> {
        Arc::of(Counted::new_uninit())
    }

    /// As in std.
    #[must_use]
    pub fn new_zeroed() -> Arc<MaybeUninit<T>> {
        Arc::of(Counted::new_zeroed())
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
        if !this.is_last() {
            return Err(this);
        }
        Ok(this.into_value())
    }

    /// As in std.
    #[track_caller]
    pub fn into_inner(this: Self) -> Option<T> {
        this.look(Look::GiveUp, Location::caller());
        if !this.is_last() {
            drop(this.counted());
            return None;
        }
        Some(this.into_value())
    }

    /// The value of the last pointer.
    fn into_value(self) -> T {
        self.order(CountOrder::AcquireStrong);
        let block = Block::held(&self.lent());
        let value = Counted::into_inner(self.counted());
        drop(block);
        value.expect("there was one pointer")
    }
}

impl<T> Arc<[T]> {
    /// As in std.
    #[must_use]
    pub fn new_uninit_slice(len: usize) -> Arc<[MaybeUninit<T>]> {
        Arc::of(Counted::new_uninit_slice(len))
    }

    /// As in std.
    #[must_use]
    pub fn new_zeroed_slice(len: usize) -> Arc<[MaybeUninit<T>]> {
        Arc::of(Counted::new_zeroed_slice(len))
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
        Arc::of(unsafe { self.counted().assume_init() })
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
        Arc::of(unsafe { self.counted().assume_init() })
    }
}

impl<T: ?Sized> Arc<T> {
    /// As in std.
    ///
    /// # Safety
    /// As in std.
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        Arc {
            // SAFETY: promised by the caller: a pointer to a value.
            value: unsafe { NonNull::new_unchecked(ptr.cast_mut()) },
            owns: PhantomData,
        }
    }

    /// As in std.
    #[must_use = "losing the pointer will leak memory"]
    pub fn into_raw(this: Self) -> *const T {
        Arc::as_ptr(&ManuallyDrop::new(this))
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
        this.value.as_ptr()
    }

    /// As in std.
    #[must_use = "this returns a new `Weak` pointer, without modifying the original `Arc`"]
    #[track_caller]
    pub fn downgrade(this: &Self) -> Weak<T> {
        counts::add(Arc::as_ptr(this), Pointer::Weak, Some(Location::caller()));
        Weak::of(Counted::downgrade(&this.lent()))
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn weak_count(this: &Self) -> usize {
        this.look(Look::Number, Location::caller());
        Counted::weak_count(&this.lent())
    }

    /// As in std.
    #[must_use]
    #[track_caller]
    pub fn strong_count(this: &Self) -> usize {
        this.look(Look::Number, Location::caller());
        Counted::strong_count(&this.lent())
    }

    /// As in std.
    #[must_use]
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        ptr::addr_eq(this.value.as_ptr(), other.value.as_ptr())
    }

    /// As in std.
    #[track_caller]
    pub fn get_mut(this: &mut Self) -> Option<&mut T> {
        this.look(Look::Number, Location::caller());
        Counted::get_mut(&mut this.lent())?;
        this.order(CountOrder::AcquireAll);
        // SAFETY: there is no other pointer.
        Some(unsafe { this.value.as_mut() })
    }

    /// A new block: its value is the program's, though std has put it there.
    fn made(counted: Counted<T>) -> Self {
        access::wrote(Counted::as_ptr(&counted).cast(), size_of_val(&*counted));
        Arc::of(counted)
    }

    /// std's pointer as ours.
    fn of(counted: Counted<T>) -> Self {
        // SAFETY: nobody else uses what is a pointer to the value of a block.
        unsafe { Arc::from_raw(Counted::into_raw(counted)) }
    }

    /// Ours as std's, without a change of a count.
    fn counted(self) -> Counted<T> {
        ManuallyDrop::into_inner(ManuallyDrop::new(self).lent())
    }

    /// std's pointer, for a moment.
    fn lent(&self) -> ManuallyDrop<Counted<T>> {
        // SAFETY: it comes from `Counted::into_raw`, and is not dropped twice.
        ManuallyDrop::new(unsafe { Counted::from_raw(self.value.as_ptr()) })
    }

    fn look(&self, look: Look, site: &'static Location<'static>) {
        counts::look(Arc::as_ptr(self), look, site);
    }

    fn order(&self, order: CountOrder) {
        counts::order(Arc::as_ptr(self), order);
    }

    fn is_last(&self) -> bool {
        Counted::strong_count(&self.lent()) == 1
    }
}

/// Keeps a block while its value goes, so that it can be told when std would give up the weak pointer that all strong ones
/// have in common. Nobody sees it in a count: without strong pointers, there are said to be no weak ones.
struct Block<T: ?Sized>(ManuallyDrop<::std::sync::Weak<T>>);

impl<T: ?Sized> Block<T> {
    fn held(counted: &Counted<T>) -> Self {
        Block(ManuallyDrop::new(Counted::downgrade(counted)))
    }
}

impl<T: ?Sized> Drop for Block<T> {
    fn drop(&mut self) {
        let _end = End::of_block(self.0.as_ptr());
        // SAFETY: dropped once.
        unsafe { ManuallyDrop::drop(&mut self.0) }
    }
}

impl<T: ?Sized + CloneToUninit> Arc<T> {
    /// As in std.
    #[track_caller]
    pub fn make_mut(this: &mut Self) -> &mut T {
        this.look(Look::Change, Location::caller());
        if this.is_last() {
            this.order(CountOrder::AcquireStrong);
            let mut counted = this.lent();
            if Counted::weak_count(&counted) > 0 {
                // std leaves the weak ones behind, with the old block: it clones nothing.
                let block = Block::held(&counted);
                Counted::make_mut(&mut counted);
                mem::forget(mem::replace(
                    this,
                    Arc::of(ManuallyDrop::into_inner(counted)),
                ));
                drop(block);
                access::wrote(Arc::as_ptr(this).cast(), size_of_val(&**this));
            }
        } else {
            // Cloned by ourselves: giving up the old one is to be announced.
            *this = Arc::from(boxed_clone(&**this));
        }
        // SAFETY: there is no other pointer now.
        unsafe { this.value.as_mut() }
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
        self.counted().downcast().map(Arc::of).map_err(Arc::of)
    }
}

impl<T: ?Sized> Clone for Arc<T> {
    #[track_caller]
    fn clone(&self) -> Arc<T> {
        counts::add(Arc::as_ptr(self), Pointer::Strong, Some(Location::caller()));
        Arc::of(Counted::clone(&self.lent()))
    }
}

// SAFETY: a `T` is dropped, which `owns` tells, and not used otherwise.
unsafe impl<#[may_dangle] T: ?Sized> Drop for Arc<T> {
    fn drop(&mut self) {
        let (value, matters) = (Arc::as_ptr(self), counts::matters::<T>());
        counts::release(value, Pointer::Strong, matters, None);
        let counted = ManuallyDrop::into_inner(self.lent());
        if Counted::strong_count(&counted) > 1 {
            return;
        }
        let _block = Block::held(&counted);
        let _end = mem::needs_drop::<T>().then(|| End::of_value(value, matters));
        drop(counted);
    }
}

impl<T: ?Sized> Deref for Arc<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the pointer keeps the value alive.
        unsafe { self.value.as_ref() }
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
        fmt::Pointer::fmt(&self.value, f)
    }
}

// std's own compares the pointers first, where the value is `Eq`.
impl<T: ?Sized + PartialEq> PartialEq for Arc<T> {
    fn eq(&self, other: &Arc<T>) -> bool {
        *self.lent() == *other.lent()
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
