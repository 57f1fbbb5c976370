//! Names of threads that do not depend on the schedule.

use rustc_hash::FxHashMap;

use crate::operation::ThreadId;

/// Numbers for *(parent, n-th spawn)*, given out once and kept for all executions.
#[derive(Debug, Default)]
pub struct ThreadNames {
    numbers: FxHashMap<(ThreadId, u32), ThreadId>,
}

impl ThreadNames {
    /// The number of `parent`'s `nth` child, counted from 0.
    pub fn child(&mut self, parent: ThreadId, nth: u32) -> ThreadId {
        let next = ThreadId(self.numbers.len() as u32 + 1);
        *self.numbers.entry((parent, nth)).or_insert(next)
    }
}
