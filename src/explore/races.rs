//! Which pairs of events could have come in the other order.
//!
//! For an operation that never waits, the textbook rule: the two are dependent, of different threads, and
//! nothing dependent lies between them. For one that waits (a lock, a receive) that rule is wrong: the last
//! event before it is the one that enabled it, and that pair cannot be turned round. There a candidate is
//! accepted only if the operation could have happened in the state that is left when the candidate and all
//! that follows from it is taken away; otherwise the search goes further back. Operations that still wait at
//! the end of an execution have races too.

use super::clocks::Clocks;
use super::event::{Event, History};
use super::folding;
use super::footprint::Footprint;
use super::model::Pending;
use crate::operation::ThreadId;

/// Known mistakes that can be switched on, so that the tests can show that they would be noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mutations {
    /// Operations that wait at the end of an execution are ignored.
    pub ignore_blocked: bool,
    /// The last dependent event is the only candidate, also for operations that wait.
    pub last_event_only: bool,
    /// A reversal is planted without the events that it builds on.
    pub reverse_alone: bool,
    /// A notification does not fix the order of the wake-up that it causes.
    pub notify_is_a_race: bool,
    /// A compare-exchange that failed is a read for good.
    pub failed_exchange_reads: bool,
}

/// The later side of a race: an event, or a step that a thread still waits to do.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    /// The event's index, or the number of events.
    pub index: usize,
    /// Who.
    pub thread: ThreadId,
    /// What.
    pub pending: Pending,
    /// What it touches.
    pub footprint: Footprint,
    /// Whether it may happen without the event that it waits for.
    pub own_wake: bool,
    /// Whether it has happened.
    pub performed: bool,
}

impl Later {
    /// An event as the later side.
    #[must_use]
    pub fn event(index: usize, event: &Event) -> Self {
        Later {
            index,
            thread: event.thread,
            pending: Pending {
                action: event.action,
                operation: event.operation,
            },
            footprint: event.footprint,
            own_wake: event.own_wake,
            performed: true,
        }
    }

    /// Whether event `index`, of `thread`, comes first whatever is reordered.
    #[must_use]
    pub fn follows(&self, clocks: &Clocks, index: usize, thread: ThreadId) -> bool {
        if self.performed {
            clocks.fixed(index, thread, self.index)
        } else {
            clocks.precedes_pending(index, thread, self.thread)
        }
    }
}

/// Collects into `found` the events that race with `later`, the latest first.
pub fn partners(
    history: &History,
    clocks: &Clocks,
    later: &Later,
    mutations: Mutations,
    found: &mut Vec<usize>,
) {
    found.clear();
    if later.footprint == Footprint::NONE {
        return;
    }
    let waits = folding::waits(later);
    for i in (0..later.index).rev() {
        let earlier = &history.events[i];
        if !earlier.scheduled
            || earlier.thread == later.thread
            || !earlier.footprint.depends(&later.footprint)
            || later.follows(clocks, i, earlier.thread)
            || found.iter().any(|&g| clocks.ordered(i, earlier.thread, g))
        {
            continue;
        }
        if waits && !could_happen_without(history, clocks, i, later) {
            if mutations.last_event_only {
                return;
            }
            continue;
        }
        found.push(i);
    }
}

/// Whether read-modify-writes of different threads could have come in another order, which is not explored because they
/// commute.
#[must_use]
pub fn leaves_out_orders(history: &History) -> bool {
    let unused = |e: &Event| e.operation.unused;
    if !history.events.iter().any(unused) {
        return false;
    }
    let clocks = Clocks::of(history);
    let all = || history.events.iter().enumerate().filter(|(_, e)| unused(e));
    all().any(|(i, earlier)| {
        all().any(|(j, later)| {
            let same = earlier.operation.object == later.operation.object;
            i < j && same && !clocks.ordered(i, earlier.thread, j)
        })
    })
}

/// Whether the step of `later` could happen if event `without` and everything after it in happens-before
/// were taken out of the execution.
fn could_happen_without(history: &History, clocks: &Clocks, without: usize, later: &Later) -> bool {
    let thread = history.events[without].thread;
    let rest = (0..later.index)
        .filter(|&k| k < without || !clocks.ordered(without, thread, k))
        .map(|k| (k, &history.events[k]));
    folding::enabled_after(rest, later)
}
