//! `std::thread`: the runner's threads.

mod builder;
mod current;
mod join;
mod local;
mod scoped;

pub use ::std::thread::*;

pub use builder::{Builder, spawn};
pub use current::{Thread, ThreadId, current};
pub use join::JoinHandle;
pub use local::{AccessError, LocalKey};
pub use scoped::{Scope, ScopedJoinHandle, scope};

#[doc(hidden)]
pub use local::Key as __Key;

pub(crate) use join::run;
pub(crate) use local::run_destructors;

use crate::abi::Kind;
use crate::runner;
use core::num::NonZero;
use core::panic::Location;
use core::time::Duration;

/// The number of processors that a program under test sees: the least with which threads pay.
const PROCESSORS: NonZero<usize> = NonZero::new(2).unwrap();

/// Waits until the calling thread's token is there, and takes it.
#[track_caller]
pub fn park() {
    runner::plain(Kind::Park, 0, Some(Location::caller()));
}

/// Like [`park`], but may give up when `dur` is over.
#[track_caller]
pub fn park_timeout(dur: Duration) {
    runner::plain(
        Kind::ParkTimeout,
        runner::nanoseconds(dur),
        Some(Location::caller()),
    );
}

/// [`park_timeout`] with milliseconds.
#[track_caller]
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::park_timeout`")]
pub fn park_timeout_ms(ms: u32) {
    park_timeout(Duration::from_millis(u64::from(ms)));
}

/// Gives way.
#[track_caller]
pub fn yield_now() {
    runner::plain(Kind::Yield, 0, Some(Location::caller()));
}

/// Lets time pass, which orders nothing.
#[track_caller]
pub fn sleep(dur: Duration) {
    runner::plain(
        Kind::Sleep,
        runner::nanoseconds(dur),
        Some(Location::caller()),
    );
}

/// [`sleep`] with milliseconds.
#[track_caller]
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::sleep`")]
pub fn sleep_ms(ms: u32) {
    sleep(Duration::from_millis(u64::from(ms)));
}

/// The same on every machine.
///
/// # Errors
/// None here; std's signature.
pub fn available_parallelism() -> crate::io::Result<NonZero<usize>> {
    Ok(PROCESSORS)
}
