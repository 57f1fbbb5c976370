//! What parent and child say to each other: one order, then messages, each one line of JSON.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::plugin::Fatal;
use super::source::Source;
use crate::explore::hunt::{Plan, Share};
use crate::explore::search::{MemoryChoice, Options};
use crate::opinions::{Opinion, Patience, Witness};
use crate::sandbox::Layers;
use crate::trace::{Ending, Memory, Place, Step, Trace};

/// The name under which this program starts itself to explore another.
pub const CHILD: &str = "__explore";

/// Bytes of one message that a parent reads.
pub const LONGEST_MESSAGE: usize = 64 << 20;

/// A request, and the word by which its parent knows the answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// Unlike that of any other child.
    pub nonce: String,
    /// What to do.
    pub request: Request,
}

/// One line of what a child says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    /// That of the order.
    pub nonce: String,
    /// From 0.
    pub number: u64,
    /// What it says.
    pub message: Message,
}

/// What a child is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The compiled program.
    pub library: PathBuf,
    /// Its own source files, as they were given to the compiler: a report shows places in these only.
    pub sources: Vec<Source>,
    /// Where it does not use the result of a read-modify-write: those of one kind may then change places.
    #[serde(default)]
    pub unused: Vec<Place>,
    /// The names of its entry points: a program that has others is not the one that was compiled. Empty where they are not
    /// known.
    #[serde(default)]
    pub entries: Vec<String>,
    /// Which entry point.
    pub entry: usize,
    /// Whether its accesses to memory are watched for data races: it was compiled to tell of them.
    #[serde(default)]
    pub watch: bool,
    /// What to do with it.
    pub task: Task,
    /// What it may use.
    pub limits: Limits,
    /// The layers of the sandbox that it is run in. They hold before anything of the program runs, or nothing does.
    #[serde(default)]
    pub layers: Layers,
}

/// A child's task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Search for a failing execution.
    Explore(Settings),
    /// Take part in a hunt.
    Hunt(Hunt),
    /// Run one schedule again and write it down.
    Replay(Replay),
    /// Run it once, and say how it ends. To be asked of the entry that is behind the first one of a program by the number
    /// of all entries, which runs all of that program's and then fails: whoever says that it has completed cannot be believed.
    Try,
    /// Find out what the program can come to, as somebody sees it.
    Ask(Witness, Patience),
}

/// How to search.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Executions after which the search ends.
    pub max_interleavings: Option<u64>,
    /// Steps after which one execution is given up.
    pub max_steps: usize,
    /// Seed of everything random.
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

/// One process's part in a hunt for bugs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hunt {
    /// As in the search before.
    pub settings: Settings,
    /// What that search has come to.
    pub plan: Plan,
    /// Which rounds are this process's.
    pub share: Share,
    /// Only rounds below this number.
    pub end: Option<u64>,
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
    /// Milliseconds for the search, the last third of them for a hunt if there is no proof by then; more of them
    /// if a proof is not to be hoped for.
    pub budget_ms: u64,
    /// Children that take part in a hunt.
    pub jobs: u32,
    /// Milliseconds of processor time that the program may run without any concurrent operation.
    pub silence_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 1 << 30,
            budget_ms: 10_000,
            jobs: 1,
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
    /// All schedules with at most so many preemptions were run, even if there is no proof.
    #[serde(default)]
    pub swept: Option<u32>,
    /// How a hunt goes on where the proof was given up.
    #[serde(default)]
    pub hunt: Option<Plan>,
    /// The strategies that have taken turns in a hunt.
    #[serde(default)]
    pub strategies: Vec<String>,
    /// There is only one interleaving.
    pub single: bool,
    /// The weakest memory model that was searched: what is said holds under it.
    pub memory: Memory,
    /// Executions after which everything was proved under sequential consistency, if that came first.
    #[serde(default)]
    pub sequential: Option<u64>,
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
    /// How a [`Task::Try`] ended.
    #[serde(default)]
    pub ending: Option<Ending>,
    /// What was asked for.
    #[serde(default)]
    pub opinion: Option<Opinion>,
}

/// How large a proof is believed to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Executions that it needs.
    pub interleavings: f64,
    /// Executions of all kinds when it was estimated, and how many of them count for it.
    pub executions: u64,
    /// See `executions`.
    pub covered: u64,
    /// It does not fit into the budget by far.
    pub hopeless: bool,
}

/// What a child says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// The program is loaded and about to run.
    Hello,
    /// A proof has been begun, if this is `None`, or its size estimated.
    Proof(Option<Estimate>),
    /// The task is done. The last message.
    Done(Box<Exploration>),
    /// It cannot be done. The last message.
    Failed {
        /// Why.
        message: String,
    },
}
