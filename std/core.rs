//! The stand-in for core: core's own, except that its atomics and its spin hint are those of the stand-in for std.
//!
//! A crate of its own, compiled after the stand-in for std, whose types it shares: `core::sync::atomic::AtomicBool` and
//! `std::sync::atomic::AtomicBool` are one type in every program. What macros of std and derives expand to begins with
//! `$crate`, and means core itself.

#![no_std]

extern crate std;

pub use ::core::*;

/// Atomics, announced.
pub mod sync {
    pub use ::core::sync::*;

    pub use ::std::sync::atomic;
}

/// Hints, announced.
pub mod hint {
    pub use ::std::hint::*;
}
