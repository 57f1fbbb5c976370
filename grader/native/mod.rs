//! The program on real threads, run many times, each time in a process of its own, and counted by how the runs end.
//!
//! It proves nothing: the system tries the few schedules that it likes best, again and again. That is the lesson.
//!
//! A second process of ours, the supervisor, starts the runs: what they leave behind becomes its child, and is ended.

mod blocked;
mod engine;
mod lesson;
mod parent;
mod run;
mod supervisor;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
pub use threadlings::explanation::Runs;

pub use engine::judge;
pub use lesson::lesson;
pub use parent::count;
pub use supervisor::{is_supervisor, supervise};

/// What to run, and within which limits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The compiled program.
    pub executable: PathBuf,
    /// Its only argument, where it takes one.
    pub argument: Option<String>,
    /// How many times.
    pub runs: u64,
    /// Milliseconds for all runs together. What has not ended by then is not counted.
    pub budget_ms: u64,
    /// How many at the same time.
    pub jobs: u32,
    /// Bytes of memory for each run, beside the stacks of its threads.
    pub memory: u64,
}

/// How often a program is run where nothing else is asked for.
pub const RUNS: u64 = 1000;
