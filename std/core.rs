//! The stand-in for core: core's own, except that its atomics and its spin hint are those of the stand-in for std.
//!
//! A crate of its own, compiled after the stand-in for std and given to a program as `--extern core=…`. A program
//! that names `core::sync::atomic` would otherwise go round the runner.

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
