//! The stand-in for alloc: alloc's own, except that its `Arc` is that of the stand-in for std.
//!
//! A crate of its own, as `core.rs` is, for programs that say `extern crate alloc`.

#![no_std]

extern crate alloc as own;
extern crate std;

#[cfg(not(threadlings_allowed))]
pub use ::own::*;

#[cfg(threadlings_allowed)]
pub use ::own::{
    alloc, borrow, boxed, collections, ffi, fmt, format, rc, slice, str, string, vec,
};

/// `Arc`, announced if its counts matter.
pub mod sync {
    pub use ::own::sync::*;

    pub use ::std::sync::{Arc, Weak};
}

/// A `Wake` that takes the same `Arc`.
pub mod task {
    pub use ::own::task::*;

    pub use ::std::task::Wake;
}
