//! Vector clocks over the events of an execution.

use crate::operation::ThreadId;

/// An event's place among those of its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Whose.
    pub thread: ThreadId,
    /// From 1.
    pub ordinal: u32,
}

/// For each thread, how many of its events happen before. Threads that are not there have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock(Vec<u32>);

impl Clock {
    /// How many events of `thread`.
    #[inline]
    #[must_use]
    pub fn of(&self, thread: ThreadId) -> u32 {
        self.0.get(thread.index()).copied().unwrap_or(0)
    }

    /// Whether the event is among those that happen before.
    #[inline]
    #[must_use]
    pub fn covers(&self, stamp: Stamp) -> bool {
        self.of(stamp.thread) >= stamp.ordinal
    }

    /// Adds the next event of `thread`.
    pub fn advance(&mut self, thread: ThreadId) -> Stamp {
        if self.0.len() <= thread.index() {
            self.0.resize(thread.index() + 1, 0);
        }
        let ordinal = &mut self.0[thread.index()];
        *ordinal += 1;
        Stamp {
            thread,
            ordinal: *ordinal,
        }
    }

    /// Adds all that happens before according to `other`.
    pub fn join(&mut self, other: &Clock) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
