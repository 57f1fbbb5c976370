//! `std::sync`. Errors are std's own, and so is `Arc` unless its counts matter; everything that waits or communicates
//! is announced.

#[cfg(threadlings_counts)]
pub(crate) mod arc;
pub mod atomic;
mod barrier;
mod condvar;
mod flag;
mod lazy_lock;
pub mod mpsc;
mod mutex;
mod once;
mod once_lock;
mod rwlock;

pub use ::std::sync::*;

#[cfg(threadlings_counts)]
pub use arc::{Arc, Weak};
pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use lazy_lock::LazyLock;
pub use mutex::{Mutex, MutexGuard};
#[expect(deprecated, reason = "std has it")]
pub use once::ONCE_INIT;
pub use once::{Once, OnceState};
pub use once_lock::OnceLock;
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
