//! The std of a check that runs on real threads: std itself, and what scenarios ask of the tool beside it.
//!
//! Compiled by the tool, once per toolchain, as a crate that is named `std`.

pub use ::std::*;

/// What scenarios ask of the tool.
#[doc(hidden)]
pub mod __threadlings {
    /// A goal: of interest to a search, not to a run.
    pub fn reach(_name: &str) {}
}
