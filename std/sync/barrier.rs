//! `Barrier`.

use crate::abi::{Identity, Kind};
use crate::runner;
use core::fmt;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// Lets a number of threads wait for each other, as in std.
pub struct Barrier {
    identity: Identity,
    threads: usize,
}

impl UnwindSafe for Barrier {}
impl RefUnwindSafe for Barrier {}

/// Tells one of the threads that it is the leader.
pub struct BarrierWaitResult(bool);

impl Barrier {
    /// A barrier for `n` threads.
    #[track_caller]
    #[must_use]
    #[inline]
    pub const fn new(n: usize) -> Barrier {
        Barrier {
            identity: Identity::new(),
            threads: n,
        }
    }

    /// Waits until all threads are here.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let site = Some(Location::caller());
        let reply = runner::with(
            Kind::BarrierWait,
            &self.identity,
            self.threads as u64,
            0,
            site,
        );
        BarrierWaitResult(reply.flag != 0)
    }
}

impl BarrierWaitResult {
    /// True for one thread of each round.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult")
            .field("is_leader", &self.is_leader())
            .finish()
    }
}
