//! What parent and child say to each other: one request, then messages, each one line of JSON.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::plugin::Fatal;
use crate::explore::search::{MemoryChoice, Options};
use crate::trace::{Memory, Place, Step, Trace};

/// The name under which this program starts itself to explore another.
pub const CHILD: &str = "__explore";

/// Bytes of one message that a parent reads.
pub const LONGEST_MESSAGE: usize = 64 << 20;

/// What a child is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The compiled program.
    pub library: PathBuf,
    /// Its own source files, as they were given to the compiler: a report shows places in these only.
    pub sources: Vec<String>,
    /// Where it does not use the result of a read-modify-write: those of one kind may then change places.
    #[serde(default)]
    pub unused: Vec<Place>,
    /// Which entry point.
    pub entry: usize,
    /// What to do with it.
    pub task: Task,
    /// What it may use.
    pub limits: Limits,
}

/// A child's task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Search for a failing execution.
    Explore(Settings),
    /// Run one schedule again and write it down.
    Replay(Replay),
}

/// How to search.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Executions after which the search ends.
    pub max_interleavings: Option<u64>,
    /// Steps after which one execution is given up.
    pub max_steps: usize,
    /// Seed of the random walk.
    pub seed: u64,
    /// Whether waits may end without a reason.
    pub spurious: bool,
    /// The memory model.
    pub memory: MemoryChoice,
}

impl Default for Settings {
    fn default() -> Self {
        let options = Options::default();
        Settings {
            max_interleavings: options.max_interleavings,
            max_steps: options.max_steps,
            seed: options.seed,
            spurious: options.spurious,
            memory: options.memory,
        }
    }
}

impl From<Settings> for Options {
    fn from(settings: Settings) -> Options {
        Options {
            max_interleavings: settings.max_interleavings,
            max_steps: settings.max_steps,
            seed: settings.seed,
            spurious: settings.spurious,
            memory: settings.memory,
            ..Options::default()
        }
    }
}

/// One execution, once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Replay {
    /// Threads by number of creation in the execution, as in [`Trace::schedule`].
    pub schedule: Vec<Step>,
    /// A death that is known to come.
    pub fatal: Option<Fatal>,
}

/// What a child may use.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of heap.
    pub memory: u64,
    /// Milliseconds for the search, the last third of them for a random walk if there is no proof by then.
    pub budget_ms: u64,
    /// Milliseconds of processor time that the program may run without any concurrent operation.
    pub silence_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 1 << 30,
            budget_ms: 10_000,
            silence_ms: 3_000,
        }
    }
}

/// The result of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exploration {
    /// Names of the program's entry points.
    pub entries: Vec<String>,
    /// Executions run.
    pub executions: u64,
    /// Every interleaving is covered.
    pub complete: bool,
    /// What ended the search early: `budget`, `interleavings`, `steps` or `loop`.
    pub truncated_by: Option<String>,
    /// A failing execution (of a replay: the execution).
    pub failure: Option<Trace>,
    /// Executions beside those that looked for bugs only.
    pub hunted: u64,
    /// There is only one interleaving.
    pub single: bool,
    /// The weakest memory model that was searched: what is said holds under it.
    pub memory: Memory,
    /// Goals reached in any execution, sorted.
    pub reached: Vec<String>,
    /// An ordering weaker than `SeqCst` was used.
    pub weak_ordering: bool,
    /// A wait could have ended, or a weak compare-exchange failed, for no reason: explored once for each thread.
    #[serde(default)]
    pub spurious: bool,
    /// `main` ended while another thread had not, in some execution.
    pub cut_off: bool,
    /// What the last execution printed.
    pub output: String,
}

/// What a child says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// The program is loaded and about to run.
    Hello,
    /// The task is done. The last message.
    Done(Box<Exploration>),
    /// It cannot be done. The last message.
    Failed {
        /// Why.
        message: String,
    },
}
