//! `Condvar`.

use super::{LockResult, MutexGuard, PoisonError};
use crate::abi::{Identity, Kind, Operation, Payload, Reply};
use crate::runner::{self, Caller};
use core::fmt;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};
use core::ptr;
use core::time::Duration;

/// Lets threads wait for a condition, as in std.
pub struct Condvar {
    identity: Identity,
}

impl UnwindSafe for Condvar {}
impl RefUnwindSafe for Condvar {}

/// Whether a wait with a timeout has run out of time.
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// True when the time ran out.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// A condition variable that nobody waits for.
    #[track_caller]
    #[must_use]
    #[inline]
    pub const fn new() -> Condvar {
        Condvar {
            identity: Identity::new(),
        }
    }

    /// Releases the lock and waits for a notification, then takes the lock again.
    ///
    /// # Errors
    /// When a holder of the mutex has panicked.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.announce(Kind::CondvarWait, &guard, 0, Location::caller());
        guard.lock.poison.wrap(guard)
    }

    /// Waits as long as `condition` holds.
    ///
    /// # Errors
    /// When a holder of the mutex has panicked.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// [`Condvar::wait_timeout`] with milliseconds.
    ///
    /// # Errors
    /// When a holder of the mutex has panicked.
    #[track_caller]
    #[deprecated(
        since = "1.6.0",
        note = "replaced by `std::sync::Condvar::wait_timeout`"
    )]
    pub fn wait_timeout_ms<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        ms: u32,
    ) -> LockResult<(MutexGuard<'a, T>, bool)> {
        match self.wait_timeout(guard, Duration::from_millis(u64::from(ms))) {
            Ok((guard, result)) => Ok((guard, !result.timed_out())),
            Err(error) => {
                let (guard, result) = error.into_inner();
                Err(PoisonError::new((guard, !result.timed_out())))
            }
        }
    }

    /// Like [`Condvar::wait`], but may give up when `dur` is over.
    ///
    /// # Errors
    /// When a holder of the mutex has panicked.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        dur: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let nanoseconds = runner::nanoseconds(dur);
        let reply = self.announce(
            Kind::CondvarWaitTimeout,
            &guard,
            nanoseconds,
            Location::caller(),
        );
        let poison = &guard.lock.poison;
        poison.wrap((guard, WaitTimeoutResult(reply.flag != 0)))
    }

    /// Waits as long as `condition` holds, but may give up when `dur` is over.
    ///
    /// # Errors
    /// When a holder of the mutex has panicked.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        dur: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let mut timed_out = false;
        loop {
            if !condition(&mut *guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            if timed_out {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            let (again, result) = self.wait_timeout(guard, dur)?;
            guard = again;
            timed_out = result.timed_out();
        }
    }

    /// Wakes one waiter.
    #[track_caller]
    pub fn notify_one(&self) {
        runner::on(Kind::NotifyOne, &self.identity, Some(Location::caller()));
    }

    /// Wakes all waiters.
    #[track_caller]
    pub fn notify_all(&self) {
        runner::on(Kind::NotifyAll, &self.identity, Some(Location::caller()));
    }

    fn announce<T>(
        &self,
        kind: Kind,
        guard: &MutexGuard<'_, T>,
        timeout: u64,
        site: Caller,
    ) -> Reply {
        let payload = runner::payload(guard.lock.data());
        self.announce_wait(kind, &guard.lock.identity, payload, timeout, site)
    }

    #[inline(never)]
    fn announce_wait(
        &self,
        kind: Kind,
        mutex: &Identity,
        payload: Payload,
        timeout: u64,
        site: Caller,
    ) -> Reply {
        runner::perform(Operation {
            object: ptr::from_ref(&self.identity).cast(),
            other: ptr::from_ref(mutex).cast(),
            a: timeout,
            payload,
            site,
            ..runner::operation(kind)
        })
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Condvar {
        Condvar::new()
    }
}
