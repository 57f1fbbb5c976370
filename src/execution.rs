//! One execution as the engine records it: numbers only. The runtime turns it into a [`crate::trace::Trace`].

use crate::operation::{Operation, ThreadId};
use crate::trace::{Action, Ending, Memory, Outcome, Step, ThreadEnd};

/// A performed operation, or one half of it (a condvar wait releases, and later re-acquires).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Who.
    pub thread: ThreadId,
    /// Which announcement of this thread it belongs to, from 0.
    pub announcement: u32,
    /// What.
    pub action: Action,
    /// See [`crate::trace::Event::scheduled`].
    pub scheduled: bool,
    /// As announced.
    pub operation: Operation,
    /// How it went.
    pub outcome: Outcome,
    /// An atomic's value before.
    pub before: Option<u64>,
    /// An atomic's value after.
    pub after: Option<u64>,
    /// See [`crate::trace::Event::reads_from`].
    pub reads_from: Option<usize>,
    /// See [`crate::trace::Event::passed_over`].
    pub passed_over: Vec<usize>,
    /// The other thread of a spawn, join, unpark or notify.
    pub peer: Option<ThreadId>,
    /// See [`crate::trace::Event::clock`]; by position in [`Execution::threads`].
    pub clock: Vec<u32>,
}

/// One execution, from the start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// In order.
    pub events: Vec<Performed>,
    /// What unfinished threads had announced.
    pub pending: Vec<Performed>,
    /// In order of creation: the number of a thread in a trace and in `schedule` is its position here.
    pub threads: Vec<ThreadSummary>,
    /// How it ended.
    pub ending: Ending,
    /// The decisions that lead here, with threads numbered by creation: a fresh engine gives them the same numbers.
    pub schedule: Vec<Step>,
    /// The memory model under which it happened.
    pub memory: Memory,
}

/// A thread of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadSummary {
    /// The engine's number, which the events use.
    pub id: ThreadId,
    /// Who spawned it; `None` for `main`.
    pub parent: Option<ThreadId>,
    /// How it ended.
    pub end: ThreadEnd,
    /// Whether a thread waited for its end.
    pub joined: bool,
}
