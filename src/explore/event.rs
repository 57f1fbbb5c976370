//! What happened in an execution, as the explorer keeps it.

use super::footprint::Footprint;
use super::model::Cause;
use crate::operation::{Operation, ThreadId};
use crate::trace::{Action, Outcome};

/// A performed step.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who.
    pub thread: ThreadId,
    /// What.
    pub action: Action,
    /// As announced.
    pub operation: Operation,
    /// What it touched.
    pub footprint: Footprint,
    /// Which way it went, of how many.
    pub alternative: u32,
    /// How it went.
    pub outcome: Outcome,
    /// An atomic's value before.
    pub before: Option<u64>,
    /// An atomic's value after.
    pub after: Option<u64>,
    /// The other thread.
    pub peer: Option<ThreadId>,
    /// Under C11: where it stands among the accesses of its atomic, stores in modification order, each followed by its
    /// loads. It grows when a store is put before it.
    pub rank: Option<u32>,
    /// Whether anything was different afterwards.
    pub changed: bool,
    /// The release of a lock under which nothing was changed. Only known where loops are tracked.
    pub neutral: bool,
    /// Chosen by a strategy; the others were performed at once, as their order against other threads cannot matter.
    pub scheduled: bool,
    /// It could happen only because nothing else could (a timeout at a standstill).
    pub forced: bool,
    /// It may have happened without the event that it waited for (by a timeout, or spuriously).
    pub own_wake: bool,
    /// Which announcement of the thread, from 0.
    pub announcement: u32,
    /// Where its causes are in [`History::causes`].
    pub causes: (u32, u32),
}

/// The events of one execution.
#[derive(Debug, Default)]
pub struct History {
    /// In order.
    pub events: Vec<Event>,
    /// See [`Event::causes`].
    pub causes: Vec<Cause>,
    /// Number of threads.
    pub threads: usize,
}

impl History {
    /// The causes of an event.
    pub fn causes(&self, event: &Event) -> &[Cause] {
        &self.causes[event.causes.0 as usize..event.causes.1 as usize]
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.events.clear();
        self.causes.clear();
        self.threads = 0;
    }
}
