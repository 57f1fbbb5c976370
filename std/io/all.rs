//! All of `std::io` that is not captured.

pub use ::std::io::*;

use crate::runner;
use core::panic::Location;

/// A pipe within the process: not modelled.
///
/// # Errors
/// None here; std's signature.
#[track_caller]
pub fn pipe() -> Result<(PipeReader, PipeWriter)> {
    runner::unmodelled("std::io::pipe", Location::caller())
}
