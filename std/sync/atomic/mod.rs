//! `std::sync::atomic`: the same sizes and alignments as in std; the runner reads and writes the memory.

mod access;
mod boolean;
mod integer;
mod pointer;

pub use ::std::sync::atomic::*;

#[expect(deprecated, reason = "std has it")]
pub use boolean::ATOMIC_BOOL_INIT;
pub use boolean::AtomicBool;
#[expect(deprecated, reason = "std has them")]
pub use integer::{ATOMIC_ISIZE_INIT, ATOMIC_USIZE_INIT};
pub use integer::{
    AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize,
};
pub use pointer::AtomicPtr;

use crate::abi::Kind;
use core::panic::Location;

/// An atomic fence.
///
/// # Panics
/// When `order` is `Relaxed`.
#[track_caller]
pub fn fence(order: Ordering) {
    if order == Ordering::Relaxed {
        panic!("there is no such thing as a relaxed fence");
    }
    access::fence(Kind::Fence, order, Location::caller());
}

/// A fence for the compiler only: nothing that another thread could see.
///
/// # Panics
/// When `order` is `Relaxed`.
#[track_caller]
pub fn compiler_fence(order: Ordering) {
    ::std::sync::atomic::compiler_fence(order);
}

/// [`crate::hint::spin_loop`] under its former name.
#[deprecated(since = "1.51.0", note = "use hint::spin_loop instead")]
#[track_caller]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}
