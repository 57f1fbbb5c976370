//! `std::time` with clocks that only the runner advances.

pub use ::std::time::*;

use crate::abi::Kind;
use crate::runner;
use core::fmt;
use core::ops::{Add, AddAssign, Sub, SubAssign};
use core::panic::Location;

/// A moment of the virtual clock that never goes back, as in std.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

/// A moment of the virtual calendar, as in std.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemTime(::std::time::SystemTime);

/// 1970-01-01 00:00 UTC.
pub const UNIX_EPOCH: SystemTime = SystemTime::UNIX_EPOCH;

/// Every execution begins on 2000-01-01 00:00 UTC.
const START: Duration = Duration::from_secs(946_684_800);

/// An execution's clock begins at a day, so that a program may look back.
const UPTIME: Duration = Duration::from_secs(86_400);

impl Instant {
    /// Now.
    #[track_caller]
    #[must_use]
    pub fn now() -> Instant {
        Instant(UPTIME + elapsed(Location::caller()))
    }

    /// The time from `earlier` to this moment, or zero.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }

    /// The time from `earlier` to this moment.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    /// The time from `earlier` to this moment, or zero.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// The time from this moment to now.
    #[track_caller]
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now() - *self
    }

    /// Later.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_add(duration).map(Instant)
    }

    /// Earlier.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_sub(duration).map(Instant)
    }
}

impl SystemTime {
    /// 1970-01-01 00:00 UTC.
    pub const UNIX_EPOCH: SystemTime = SystemTime(::std::time::SystemTime::UNIX_EPOCH);

    /// Now.
    #[track_caller]
    #[must_use]
    pub fn now() -> SystemTime {
        UNIX_EPOCH + START + elapsed(Location::caller())
    }

    /// The time from `earlier` to this moment.
    ///
    /// # Errors
    /// When `earlier` is later.
    pub fn duration_since(&self, earlier: SystemTime) -> Result<Duration, SystemTimeError> {
        self.0.duration_since(earlier.0)
    }

    /// The time from this moment to now.
    ///
    /// # Errors
    /// When this moment is still to come.
    #[track_caller]
    pub fn elapsed(&self) -> Result<Duration, SystemTimeError> {
        SystemTime::now().duration_since(*self)
    }

    /// Later.
    pub fn checked_add(&self, duration: Duration) -> Option<SystemTime> {
        self.0.checked_add(duration).map(SystemTime)
    }

    /// Earlier.
    pub fn checked_sub(&self, duration: Duration) -> Option<SystemTime> {
        self.0.checked_sub(duration).map(SystemTime)
    }
}

#[track_caller]
fn elapsed(site: &'static Location<'static>) -> Duration {
    Duration::from_nanos(runner::plain(Kind::Now, 0, Some(site)).value)
}

macro_rules! arithmetic {
    ($($moment:ident $add:literal $sub:literal;)*) => {$(
        impl Add<Duration> for $moment {
            type Output = $moment;

            #[track_caller]
            fn add(self, other: Duration) -> $moment {
                self.checked_add(other).expect($add)
            }
        }

        impl AddAssign<Duration> for $moment {
            #[track_caller]
            fn add_assign(&mut self, other: Duration) {
                *self = *self + other;
            }
        }

        impl Sub<Duration> for $moment {
            type Output = $moment;

            #[track_caller]
            fn sub(self, other: Duration) -> $moment {
                self.checked_sub(other).expect($sub)
            }
        }

        impl SubAssign<Duration> for $moment {
            #[track_caller]
            fn sub_assign(&mut self, other: Duration) {
                *self = *self - other;
            }
        }
    )*};
}

arithmetic! {
    Instant
        "overflow when adding duration to instant"
        "overflow when subtracting duration from instant";
    SystemTime
        "overflow when adding duration to instant"
        "overflow when subtracting duration from instant";
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, other: Instant) -> Duration {
        self.duration_since(other)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instant")
            .field("tv_sec", &self.0.as_secs())
            .field("tv_nsec", &self.0.subsec_nanos())
            .finish()
    }
}

impl fmt::Debug for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
