//! The rules of an engine, how its runs end, and what it notices.

use super::memory::happens_before::acquires;
use super::model::NotifyOrder;
use super::races::Mutations;
use super::remedy::Strengthened;
use super::strategy::Divergence;
use crate::operation::{Operation, Rmw};
use crate::trace::{Ending, Memory};

/// What does not change from one execution to the next.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Which waiter `notify_one` wakes.
    pub notify_order: NotifyOrder,
    /// Spurious wake-ups and weak failures that each thread may suffer in an execution.
    pub spurious: u32,
    /// Steps after which an execution is given up.
    pub max_steps: usize,
    /// Turns of a loop without any effect that a thread may take although nothing changes, before that is
    /// called a livelock.
    pub idle_turns: u32,
    /// Whether a writer that waits for an `RwLock` keeps new readers out. std promises neither.
    pub writers_first: bool,
    /// Whether it is found out which steps change the program's memory: needed where a thread may spin.
    pub track_loops: bool,
    /// Which stores a load may read.
    pub memory: Memory,
    /// Places whose operations are taken to have stronger orderings than they say.
    pub strengthened: Vec<Strengthened>,
    /// Whether read-modify-writes whose result is not used may commute: not where it was told in which order they came.
    pub commuting: bool,
    /// Mistakes to make, for tests of the tests.
    pub mutations: Mutations,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            notify_order: NotifyOrder::Any,
            spurious: 0,
            max_steps: 20_000,
            idle_turns: 250,
            writers_first: false,
            track_loops: false,
            memory: Memory::Sc,
            strengthened: Vec::new(),
            commuting: true,
            mutations: Mutations::default(),
        }
    }
}

impl Rules {
    /// Whether this read-modify-write, of which nobody uses the result, can change places unnoticed with others of its
    /// kind. Where loops are tracked, it matters which one has changed something: each of those that add, but only the
    /// first of those that set the same bit. Under C11, one that acquires can tell which one it comes after.
    pub(super) fn lets_change_places(&self, operation: &Operation) -> bool {
        let always_changes =
            operation.a != 0 && matches!(operation.rmw, Rmw::Add | Rmw::Sub | Rmw::Xor);
        self.commuting
            && (always_changes || !self.track_loops)
            && (self.memory == Memory::Sc || !acquires(operation.ordering))
    }
}

/// How a run of the engine ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The execution is complete.
    Ended(Ending),
    /// The strategy gave it up: it is covered by another.
    Cut,
    /// A thread may be spinning: the search must begin again, with [`Rules::track_loops`].
    Untracked,
    /// A thread uses the stack of another: the search must begin again, after [`crate::guest::Guest::watch_lent_stacks`].
    LentStack,
    /// It can be told in which order read-modify-writes came that were allowed to change places: the search must begin
    /// again, without [`Rules::commuting`].
    OrderTold,
    /// The program behaved differently under the same schedule.
    Diverged(Divergence),
}

/// What was noticed over all executions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// An atomic access or fence weaker than `SeqCst`.
    pub weak_ordering: bool,
    /// A wait or a weak compare-exchange that may end without a reason.
    pub spurious_possible: bool,
    /// A thread wants to read an `RwLock` while it holds a lock: it matters whether writers that wait come first.
    pub nested_read: bool,
    /// A loop that makes no progress was followed for a limited number of turns only.
    pub loop_bounded: bool,
    /// Steps scheduled.
    pub steps: u64,
}

impl Noticed {
    /// Adds what was noticed elsewhere.
    pub fn merge(&mut self, other: &Noticed) {
        self.weak_ordering |= other.weak_ordering;
        self.spurious_possible |= other.spurious_possible;
        self.nested_read |= other.nested_read;
        self.loop_bounded |= other.loop_bounded;
        self.steps += other.steps;
    }
}
