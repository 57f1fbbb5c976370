//! `AtomicBool`: a byte that is 0 or 1.

use super::Ordering;
use super::access::{self, Cell, Exchange};
use crate::abi::Rmw;
use core::cell::UnsafeCell;
use core::fmt;
use core::panic::{Location, RefUnwindSafe};
use core::ptr;

/// An atomic `bool`, as in std.
#[repr(C, align(1))]
pub struct AtomicBool {
    value: UnsafeCell<bool>,
}

// SAFETY: only the runner touches the value while it is shared, one thread at a time.
unsafe impl Sync for AtomicBool {}
impl RefUnwindSafe for AtomicBool {}

/// False.
#[expect(clippy::declare_interior_mutable_const, reason = "std has it")]
#[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
pub const ATOMIC_BOOL_INIT: AtomicBool = AtomicBool::new(false);

impl AtomicBool {
    /// With an initial value.
    #[must_use]
    #[inline]
    pub const fn new(v: bool) -> AtomicBool {
        AtomicBool {
            value: UnsafeCell::new(v),
        }
    }

    /// The atomic at an address.
    ///
    /// # Safety
    /// As in std: valid for `'a`, and accessed atomically meanwhile.
    #[inline]
    pub const unsafe fn from_ptr<'a>(ptr: *mut bool) -> &'a AtomicBool {
        // SAFETY: promised by the caller; the layouts are equal.
        unsafe { &*ptr.cast() }
    }

    /// The value of an atomic that nobody else has now.
    #[inline]
    pub const fn get_mut(&mut self) -> &mut bool {
        self.value.get_mut()
    }

    /// The value of an atomic that nobody else has.
    #[inline]
    pub const fn into_inner(self) -> bool {
        self.value.into_inner()
    }

    /// Where the value is.
    #[inline]
    pub const fn as_ptr(&self) -> *mut bool {
        self.value.get()
    }

    /// Reads.
    ///
    /// # Panics
    /// When `order` is `Release` or `AcqRel`.
    #[inline(never)]
    #[track_caller]
    pub fn load(&self, order: Ordering) -> bool {
        access::load(self.cell(), order, Location::caller()) != 0
    }

    /// Writes.
    ///
    /// # Panics
    /// When `order` is `Acquire` or `AcqRel`.
    #[inline(never)]
    #[track_caller]
    pub fn store(&self, val: bool, order: Ordering) {
        access::store(self.cell(), u64::from(val), order, Location::caller());
    }

    /// Writes, and returns the value before.
    #[inline(never)]
    #[track_caller]
    pub fn swap(&self, val: bool, order: Ordering) -> bool {
        self.rmw(Rmw::Swap, val, order)
    }

    /// Replaces `current` by `new`; returns the value before.
    #[deprecated(
        since = "1.50.0",
        note = "Use `compare_exchange` or `compare_exchange_weak` instead"
    )]
    #[inline(never)]
    #[track_caller]
    pub fn compare_and_swap(&self, current: bool, new: bool, order: Ordering) -> bool {
        match self.compare_exchange(current, new, order, access::failure_of(order)) {
            Ok(x) | Err(x) => x,
        }
    }

    /// Replaces `current` by `new`.
    ///
    /// # Errors
    /// The value found when it was another.
    #[inline(never)]
    #[track_caller]
    pub fn compare_exchange(
        &self,
        current: bool,
        new: bool,
        success: Ordering,
        failure: Ordering,
    ) -> Result<bool, bool> {
        self.exchange(current, new, success, failure, false)
    }

    /// Replaces `current` by `new`, or fails for no reason.
    ///
    /// # Errors
    /// The value found.
    #[inline(never)]
    #[track_caller]
    pub fn compare_exchange_weak(
        &self,
        current: bool,
        new: bool,
        success: Ordering,
        failure: Ordering,
    ) -> Result<bool, bool> {
        self.exchange(current, new, success, failure, true)
    }

    /// "And"; returns the value before.
    #[inline(never)]
    #[track_caller]
    pub fn fetch_and(&self, val: bool, order: Ordering) -> bool {
        self.rmw(Rmw::And, val, order)
    }

    /// "Nand"; returns the value before.
    #[inline(never)]
    #[track_caller]
    pub fn fetch_nand(&self, val: bool, order: Ordering) -> bool {
        // On a byte, `Nand` would leave more than the lowest bit.
        if val {
            self.rmw(Rmw::Xor, true, order)
        } else {
            self.rmw(Rmw::Swap, true, order)
        }
    }

    /// "Or"; returns the value before.
    #[inline(never)]
    #[track_caller]
    pub fn fetch_or(&self, val: bool, order: Ordering) -> bool {
        self.rmw(Rmw::Or, val, order)
    }

    /// "Xor"; returns the value before.
    #[inline(never)]
    #[track_caller]
    pub fn fetch_xor(&self, val: bool, order: Ordering) -> bool {
        self.rmw(Rmw::Xor, val, order)
    }

    /// "Not"; returns the value before.
    #[inline(never)]
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.rmw(Rmw::Xor, true, order)
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
    ) -> Result<bool, bool>
    where
        F: FnMut(bool) -> Option<bool>,
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
        f: impl FnMut(bool) -> Option<bool>,
    ) -> Result<bool, bool> {
        self.fetch_update(set_order, fetch_order, f)
    }

    /// Replaces the value by what `f` makes of it, and returns the value before.
    #[track_caller]
    pub fn update(
        &self,
        set_order: Ordering,
        fetch_order: Ordering,
        mut f: impl FnMut(bool) -> bool,
    ) -> bool {
        let mut previous = self.load(fetch_order);
        loop {
            match self.compare_exchange_weak(previous, f(previous), set_order, fetch_order) {
                Ok(before) => return before,
                Err(found) => previous = found,
            }
        }
    }

    #[track_caller]
    fn rmw(&self, rmw: Rmw, val: bool, order: Ordering) -> bool {
        access::rmw(self.cell(), rmw, u64::from(val), order, Location::caller()) != 0
    }

    #[track_caller]
    fn exchange(
        &self,
        current: bool,
        new: bool,
        success: Ordering,
        failure: Ordering,
        weak: bool,
    ) -> Result<bool, bool> {
        let (old, new) = (u64::from(current), u64::from(new));
        let exchange = Exchange {
            old,
            new,
            success,
            failure,
            weak,
        };
        match access::compare_exchange(self.cell(), exchange, Location::caller()) {
            Ok(x) => Ok(x != 0),
            Err(x) => Err(x != 0),
        }
    }

    fn cell(&self) -> Cell {
        Cell {
            address: ptr::from_ref(self).cast(),
            width: 1,
            type_name: "bool",
        }
    }
}

impl Default for AtomicBool {
    fn default() -> Self {
        Self::new(false)
    }
}

impl From<bool> for AtomicBool {
    fn from(b: bool) -> Self {
        Self::new(b)
    }
}

impl fmt::Debug for AtomicBool {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.load(Ordering::Relaxed), f)
    }
}
