//! Shuttle's side: its schedulers for large programs, on the same text.

use std::panic::set_hook;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler, UrwRandomScheduler};
use shuttle::{Config, FailurePersistence, Runner};

use crate::cell;
use crate::programs::Buggy;

/// A scheduler: the column, and how it is made from a seed and a number of executions.
type Row = (&'static str, fn(u64, usize) -> Box<dyn Scheduler + Send>);

static ALL: [Row; 4] = [
    ("shuttle, random", |seed, most| {
        Box::new(RandomScheduler::new_from_seed(seed, most))
    }),
    ("shuttle, PCT-2", |seed, most| {
        Box::new(PctScheduler::new_from_seed(seed, 2, most))
    }),
    ("shuttle, PCT-3", |seed, most| {
        Box::new(PctScheduler::new_from_seed(seed, 3, most))
    }),
    ("shuttle, URW", |seed, most| {
        Box::new(UrwRandomScheduler::new_from_seed(seed, most))
    }),
];

/// The columns.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|row| row.0)
}

/// The median of each column.
///
/// # Errors
/// When the program was not made for shuttle.
pub fn medians(program: &Buggy, cap: u64) -> Result<Vec<Option<u64>>, String> {
    set_hook(Box::new(|_| ()));
    let main = cell::made_for_shuttle(program.name, program.size)
        .ok_or_else(|| format!("{} was not made for shuttle", program.name))?;
    let median =
        |row: &Row| super::median(cap, |seed, most| search(main, (row.1)(seed, most as usize)));
    Ok(ALL.iter().map(median).collect())
}

/// The number of the first execution that fails.
fn search(main: fn(), scheduler: Box<dyn Scheduler + Send>) -> Option<u64> {
    let executions = Arc::new(AtomicU64::new(0));
    let counted = {
        let executions = Arc::clone(&executions);
        move || {
            executions.fetch_add(1, Ordering::Relaxed);
            main();
        }
    };
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    // Shuttle keeps its state in thread locals, and a program that panics while it holds a lock leaves it there.
    let run = move || Runner::new(scheduler, config).run(counted);
    let failed = thread::spawn(run).join().is_err();
    failed.then(|| executions.load(Ordering::Relaxed))
}
