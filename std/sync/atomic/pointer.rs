//! `AtomicPtr`: an address, which is all that the runner sees of it.

use super::Ordering;
use super::access::{self, Cell, Exchange};
use crate::abi::Rmw;
use core::cell::UnsafeCell;
use core::fmt;
use core::panic::{Location, RefUnwindSafe};
use core::ptr;

/// An atomic raw pointer, as in std.
#[cfg_attr(target_pointer_width = "64", repr(C, align(8)))]
#[cfg_attr(target_pointer_width = "32", repr(C, align(4)))]
pub struct AtomicPtr<T> {
    value: UnsafeCell<*mut T>,
}

// SAFETY: a pointer may go anywhere; what it points to is not touched here.
unsafe impl<T> Send for AtomicPtr<T> {}
// SAFETY: only the runner touches the value while it is shared, one thread at a time.
unsafe impl<T> Sync for AtomicPtr<T> {}
impl<T> RefUnwindSafe for AtomicPtr<T> {}

impl<T> AtomicPtr<T> {
    /// With an initial value.
    #[inline]
    pub const fn new(p: *mut T) -> AtomicPtr<T> {
        AtomicPtr {
            value: UnsafeCell::new(p),
        }
    }

    /// The atomic at an address.
    ///
    /// # Safety
    /// As in std: aligned, valid for `'a`, and accessed atomically meanwhile.
    #[inline]
    pub const unsafe fn from_ptr<'a>(ptr: *mut *mut T) -> &'a AtomicPtr<T> {
        // SAFETY: promised by the caller; the layouts are equal.
        unsafe { &*ptr.cast() }
    }

    /// The value of an atomic that nobody else has now.
    #[inline]
    pub const fn get_mut(&mut self) -> &mut *mut T {
        self.value.get_mut()
    }

    /// The value of an atomic that nobody else has.
    #[inline]
    pub const fn into_inner(self) -> *mut T {
        self.value.into_inner()
    }

    /// Where the value is.
    #[inline]
    pub const fn as_ptr(&self) -> *mut *mut T {
        self.value.get()
    }

    /// Reads.
    ///
    /// # Panics
    /// When `order` is `Release` or `AcqRel`.
    #[track_caller]
    pub fn load(&self, order: Ordering) -> *mut T {
        pointer(access::load(self.cell(), order, Location::caller()))
    }

    /// Writes.
    ///
    /// # Panics
    /// When `order` is `Acquire` or `AcqRel`.
    #[track_caller]
    pub fn store(&self, ptr: *mut T, order: Ordering) {
        access::store(self.cell(), address(ptr), order, Location::caller());
    }

    /// Writes, and returns the value before.
    #[track_caller]
    pub fn swap(&self, ptr: *mut T, order: Ordering) -> *mut T {
        self.rmw(Rmw::Swap, address(ptr), order, Location::caller())
    }

    /// Replaces `current` by `new`; returns the value before.
    #[deprecated(
        since = "1.50.0",
        note = "Use `compare_exchange` or `compare_exchange_weak` instead"
    )]
    #[track_caller]
    pub fn compare_and_swap(&self, current: *mut T, new: *mut T, order: Ordering) -> *mut T {
        match self.compare_exchange(current, new, order, access::failure_of(order)) {
            Ok(x) | Err(x) => x,
        }
    }

    /// Replaces `current` by `new`.
    ///
    /// # Errors
    /// The value found when it was another.
    #[track_caller]
    pub fn compare_exchange(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        self.exchange(current, new, success, failure, false)
    }

    /// Replaces `current` by `new`, or fails for no reason.
    ///
    /// # Errors
    /// The value found.
    #[track_caller]
    pub fn compare_exchange_weak(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        self.exchange(current, new, success, failure, true)
    }

    /// Replaces the value by what `f` makes of it, trying again while others interfere.
    ///
    /// # Errors
    /// The value for which `f` returned `None`.
    #[track_caller]
    pub fn fetch_update<F>(
        &self,
        set_order: Ordering,
        fetch_order: Ordering,
        mut f: F,
    ) -> Result<*mut T, *mut T>
    where
        F: FnMut(*mut T) -> Option<*mut T>,
    {
        let mut previous = self.load(fetch_order);
        while let Some(next) = f(previous) {
            match self.compare_exchange_weak(previous, next, set_order, fetch_order) {
                done @ Ok(_) => return done,
                Err(found) => previous = found,
            }
        }
        Err(previous)
    }

    /// [`Self::fetch_update`] under its newer name.
    ///
    /// # Errors
    /// The value for which `f` returned `None`.
    #[track_caller]
    pub fn try_update(
        &self,
        set_order: Ordering,
        fetch_order: Ordering,
        f: impl FnMut(*mut T) -> Option<*mut T>,
    ) -> Result<*mut T, *mut T> {
        self.fetch_update(set_order, fetch_order, f)
    }

    /// Replaces the value by what `f` makes of it, and returns the value before.
    #[track_caller]
    pub fn update(
        &self,
        set_order: Ordering,
        fetch_order: Ordering,
        mut f: impl FnMut(*mut T) -> *mut T,
    ) -> *mut T {
        let mut previous = self.load(fetch_order);
        loop {
            match self.compare_exchange_weak(previous, f(previous), set_order, fetch_order) {
                Ok(before) => return before,
                Err(found) => previous = found,
            }
        }
    }

    /// Moves the address by `val` elements up; returns the value before.
    #[track_caller]
    pub fn fetch_ptr_add(&self, val: usize, order: Ordering) -> *mut T {
        let bytes = val.wrapping_mul(size_of::<T>()) as u64;
        self.rmw(Rmw::Add, bytes, order, Location::caller())
    }

    /// Moves the address by `val` elements down; returns the value before.
    #[track_caller]
    pub fn fetch_ptr_sub(&self, val: usize, order: Ordering) -> *mut T {
        let bytes = val.wrapping_mul(size_of::<T>()) as u64;
        self.rmw(Rmw::Sub, bytes, order, Location::caller())
    }

    /// Moves the address by `val` bytes up; returns the value before.
    #[track_caller]
    pub fn fetch_byte_add(&self, val: usize, order: Ordering) -> *mut T {
        self.rmw(Rmw::Add, val as u64, order, Location::caller())
    }

    /// Moves the address by `val` bytes down; returns the value before.
    #[track_caller]
    pub fn fetch_byte_sub(&self, val: usize, order: Ordering) -> *mut T {
        self.rmw(Rmw::Sub, val as u64, order, Location::caller())
    }

    /// Bitwise "or" of the address; returns the value before.
    #[track_caller]
    pub fn fetch_or(&self, val: usize, order: Ordering) -> *mut T {
        self.rmw(Rmw::Or, val as u64, order, Location::caller())
    }

    /// Bitwise "and" of the address; returns the value before.
    #[track_caller]
    pub fn fetch_and(&self, val: usize, order: Ordering) -> *mut T {
        self.rmw(Rmw::And, val as u64, order, Location::caller())
    }

    /// Bitwise "xor" of the address; returns the value before.
    #[track_caller]
    pub fn fetch_xor(&self, val: usize, order: Ordering) -> *mut T {
        self.rmw(Rmw::Xor, val as u64, order, Location::caller())
    }

    fn rmw(&self, rmw: Rmw, operand: u64, order: Ordering, site: crate::runner::Caller) -> *mut T {
        pointer(access::rmw(self.cell(), rmw, operand, order, site))
    }

    #[track_caller]
    fn exchange(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
        weak: bool,
    ) -> Result<*mut T, *mut T> {
        let (old, new) = (address(current), address(new));
        let exchange = Exchange {
            old,
            new,
            success,
            failure,
            weak,
        };
        match access::compare_exchange(self.cell(), exchange, Location::caller()) {
            Ok(x) => Ok(pointer(x)),
            Err(x) => Err(pointer(x)),
        }
    }

    fn cell(&self) -> Cell {
        Cell {
            address: ptr::from_ref(self).cast(),
            width: size_of::<usize>() as u32,
            type_name: core::any::type_name::<*mut T>(),
        }
    }
}

/// The runner copies the address around, so whatever it points to counts as exposed.
fn address<T>(pointer: *mut T) -> u64 {
    pointer.expose_provenance() as u64
}

fn pointer<T>(address: u64) -> *mut T {
    ptr::with_exposed_provenance_mut(address as usize)
}

impl<T> Default for AtomicPtr<T> {
    fn default() -> AtomicPtr<T> {
        AtomicPtr::new(ptr::null_mut())
    }
}

impl<T> From<*mut T> for AtomicPtr<T> {
    fn from(p: *mut T) -> Self {
        Self::new(p)
    }
}

impl<T> fmt::Debug for AtomicPtr<T> {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.load(Ordering::Relaxed), f)
    }
}

impl<T> fmt::Pointer for AtomicPtr<T> {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.load(Ordering::Relaxed), f)
    }
}
