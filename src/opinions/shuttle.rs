//! The opinion of the crate shuttle: sequential consistency, every schedule if there are few, and random ones if there
//! are many.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use ::shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId, UrwRandomScheduler};
use ::shuttle::{Config, FailurePersistence, MaxSteps, Runner};

use super::adapter::Adapter;
use super::library::library;
use super::{Opinion, Patience};
use crate::guest::Guest;
use crate::operation::MAX_THREADS;
use crate::trace::Memory;

/// The library.
pub struct Shuttle;

library! {
    Shuttle, shuttle,

    const MOST_THREADS: usize = MAX_THREADS;
    const FORESEES_ATOMICS: bool = false;
    const FENCES: bool = false;

    fn see_off(thread: Self::Handle) {
        let _ = thread.join();
    }
}

/// Bytes of stack for each thread: the program itself has its own.
const STACK: usize = 256 << 10;
/// The part of the time, and of the executions, that goes into running every schedule: three fifths.
const SYSTEMATIC: (u32, u32) = (3, 5);

/// What shuttle thinks of a program.
pub fn ask<G: Guest + 'static>(guest: G, patience: Patience) -> Opinion {
    let mut opinion = Adapter::<Shuttle>::run(Box::new(guest), patience, |adapter| {
        let (part, whole) = SYSTEMATIC;
        let time = adapter.time_left() * part / whole;
        let executions = adapter.executions_left() / u64::from(whole) * u64::from(part);
        adapter.opinion().strategy = "dfs".to_string();
        let exhausted = search(adapter, DfsScheduler::new(None, false), time, executions);
        let done = exhausted || adapter.is_settled();
        adapter.opinion().complete = exhausted;
        if !done {
            adapter.opinion().strategy = "dfs, then random".to_string();
            let random = UrwRandomScheduler::new_from_seed(patience.seed, usize::MAX);
            search(adapter, random, adapter.time_left(), u64::MAX);
        }
    });
    opinion.memory = Memory::Sc;
    opinion
}

/// Runs schedules for `time`, and until there were `executions` of them. True when there are no more.
fn search(
    adapter: &Adapter<Shuttle>,
    scheduler: impl Scheduler + 'static,
    time: Duration,
    executions: u64,
) -> bool {
    let mut config = Config::new();
    config.stack_size = STACK;
    config.failure_persistence = FailurePersistence::None;
    // The adapter ends an execution that is too long.
    config.max_steps = MaxSteps::None;
    config.max_time = Some(time);
    config.silence_warnings = true;
    let exhausted = Rc::new(Cell::new(false));
    let scheduler = Watched {
        scheduler,
        executions,
        exhausted: exhausted.clone(),
    };
    let over = catch_unwind(AssertUnwindSafe(|| {
        Runner::new(scheduler, config).run(Adapter::<Shuttle>::execution)
    }));
    if over.is_err() {
        adapter
            .opinion()
            .refused
            .get_or_insert_with(|| "shuttle gave up".to_string());
    }
    exhausted.get()
}

/// A scheduler that ends when the adapter has seen enough, and tells whether it has run everything.
struct Watched<S> {
    scheduler: S,
    executions: u64,
    exhausted: Rc<Cell<bool>>,
}

impl<S: Scheduler> Scheduler for Watched<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        let executions = Adapter::<Shuttle>::executions();
        if Adapter::<Shuttle>::is_done() || executions >= self.executions {
            return None;
        }
        let next = self.scheduler.new_execution();
        self.exhausted.set(next.is_none());
        next
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        self.scheduler.next_task(runnable, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.scheduler.next_u64()
    }
}
