//! The integer types, from one macro.

use super::Ordering;
use super::access::{self, Cell, Exchange};
use crate::abi::Rmw;
use core::cell::UnsafeCell;
use core::fmt;
use core::panic::{Location, RefUnwindSafe};
use core::ptr;

macro_rules! read_modify_write {
    ($int:ty, $uint:ty; $($(#[$doc:meta])* $name:ident = $rmw:expr;)*) => {$(
        $(#[$doc])*
        #[inline(never)]
        #[track_caller]
        pub fn $name(&self, val: $int, order: Ordering) -> $int {
            access::rmw(self.cell(), $rmw, val as $uint as u64, order, Location::caller()) as $int
        }
    )*};
}

macro_rules! atomic_integer {
    ($($atomic:ident $int:ident $uint:ident $align:literal $max:ident $min:ident;)*) => {$(
        #[doc = concat!("An atomic `", stringify!($int), "`, as in std.")]
        #[repr(C, align($align))]
        pub struct $atomic {
            value: UnsafeCell<$int>,
        }

        // SAFETY: only the runner touches the value while it is shared, one thread at a time.
        unsafe impl Sync for $atomic {}
        impl RefUnwindSafe for $atomic {}

        impl $atomic {
            /// With an initial value.
            #[must_use]
            #[inline]
            pub const fn new(v: $int) -> Self {
                Self { value: UnsafeCell::new(v) }
            }

            /// The atomic at an address.
            ///
            /// # Safety
            /// As in std: aligned, valid for `'a`, and accessed atomically meanwhile.
            #[inline]
            pub const unsafe fn from_ptr<'a>(ptr: *mut $int) -> &'a $atomic {
                // SAFETY: promised by the caller; the layouts are equal.
                unsafe { &*ptr.cast() }
            }

            /// The value of an atomic that nobody else has now.
            #[inline]
            pub const fn get_mut(&mut self) -> &mut $int {
                self.value.get_mut()
            }

            /// The value of an atomic that nobody else has.
            #[inline]
            pub const fn into_inner(self) -> $int {
                self.value.into_inner()
            }

            /// Where the value is.
            #[inline]
            pub const fn as_ptr(&self) -> *mut $int {
                self.value.get()
            }

            /// Reads.
            ///
            /// # Panics
            /// When `order` is `Release` or `AcqRel`.
            #[inline(never)]
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $int {
                access::load(self.cell(), order, Location::caller()) as $int
            }

            /// Writes.
            ///
            /// # Panics
            /// When `order` is `Acquire` or `AcqRel`.
            #[inline(never)]
            #[track_caller]
            pub fn store(&self, val: $int, order: Ordering) {
                access::store(self.cell(), val as $uint as u64, order, Location::caller());
            }

            read_modify_write! { $int, $uint;
                /// Writes, and returns the value before.
                swap = Rmw::Swap;
                /// Adds, wrapping around, and returns the value before.
                fetch_add = Rmw::Add;
                /// Subtracts, wrapping around, and returns the value before.
                fetch_sub = Rmw::Sub;
                /// Bitwise "and"; returns the value before.
                fetch_and = Rmw::And;
                /// Bitwise "nand"; returns the value before.
                fetch_nand = Rmw::Nand;
                /// Bitwise "or"; returns the value before.
                fetch_or = Rmw::Or;
                /// Bitwise "xor"; returns the value before.
                fetch_xor = Rmw::Xor;
                /// Keeps the greater; returns the value before.
                fetch_max = Rmw::$max;
                /// Keeps the lesser; returns the value before.
                fetch_min = Rmw::$min;
            }

            /// Replaces `current` by `new`; returns the value before.
            #[deprecated(since = "1.50.0", note = "Use `compare_exchange` or `compare_exchange_weak` instead")]
            #[inline(never)]
            #[track_caller]
            pub fn compare_and_swap(&self, current: $int, new: $int, order: Ordering) -> $int {
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
                current: $int,
                new: $int,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$int, $int> {
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
                current: $int,
                new: $int,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$int, $int> {
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
            ) -> Result<$int, $int>
            where
                F: FnMut($int) -> Option<$int>,
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
                f: impl FnMut($int) -> Option<$int>,
            ) -> Result<$int, $int> {
                self.fetch_update(set_order, fetch_order, f)
            }

            /// Replaces the value by what `f` makes of it, and returns the value before.
            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut f: impl FnMut($int) -> $int,
            ) -> $int {
                let mut previous = self.load(fetch_order);
                loop {
                    match self.compare_exchange_weak(previous, f(previous), set_order, fetch_order) {
                        Ok(before) => return before,
                        Err(found) => previous = found,
                    }
                }
            }

            #[track_caller]
            fn exchange(
                &self,
                current: $int,
                new: $int,
                success: Ordering,
                failure: Ordering,
                weak: bool,
            ) -> Result<$int, $int> {
                let (old, new) = (current as $uint as u64, new as $uint as u64);
                let exchange = Exchange { old, new, success, failure, weak };
                match access::compare_exchange(self.cell(), exchange, Location::caller()) {
                    Ok(x) => Ok(x as $int),
                    Err(x) => Err(x as $int),
                }
            }

            fn cell(&self) -> Cell {
                Cell {
                    address: ptr::from_ref(self).cast(),
                    width: size_of::<$int>() as u32,
                    type_name: stringify!($int),
                }
            }
        }

        impl Default for $atomic {
            fn default() -> Self {
                Self::new(0)
            }
        }

        impl From<$int> for $atomic {
            fn from(v: $int) -> Self {
                Self::new(v)
            }
        }

        impl fmt::Debug for $atomic {
            #[track_caller]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.load(Ordering::Relaxed), f)
            }
        }
    )*};
}

atomic_integer! {
    AtomicI8 i8 u8 1 MaxSigned MinSigned;
    AtomicU8 u8 u8 1 Max Min;
    AtomicI16 i16 u16 2 MaxSigned MinSigned;
    AtomicU16 u16 u16 2 Max Min;
    AtomicI32 i32 u32 4 MaxSigned MinSigned;
    AtomicU32 u32 u32 4 Max Min;
    AtomicI64 i64 u64 8 MaxSigned MinSigned;
    AtomicU64 u64 u64 8 Max Min;
}

#[cfg(target_pointer_width = "64")]
atomic_integer! {
    AtomicIsize isize usize 8 MaxSigned MinSigned;
    AtomicUsize usize usize 8 Max Min;
}

#[cfg(target_pointer_width = "32")]
atomic_integer! {
    AtomicIsize isize usize 4 MaxSigned MinSigned;
    AtomicUsize usize usize 4 Max Min;
}

/// Zero.
#[expect(clippy::declare_interior_mutable_const, reason = "std has it")]
#[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
pub const ATOMIC_ISIZE_INIT: AtomicIsize = AtomicIsize::new(0);

/// Zero.
#[expect(clippy::declare_interior_mutable_const, reason = "std has it")]
#[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
pub const ATOMIC_USIZE_INIT: AtomicUsize = AtomicUsize::new(0);
