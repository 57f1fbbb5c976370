//! `std::hint`, with a spin loop that the runner knows of.

use crate::abi::Kind;
use crate::runner;
use core::panic::Location;

pub use ::std::hint::*;

/// Waits a moment for another thread.
#[track_caller]
pub fn spin_loop() {
    runner::plain(Kind::SpinHint, 0, Some(Location::caller()));
}
