//! Second opinions: the same compiled program, run by engines that others have written (loom, shuttle), and all that it
//! can come to as our own explorer sees it, to compare them.
//!
//! `objects` says what each operation of the table does to its object, `adapter` lets a program's threads run on the
//! threads of another library, `library` is what such a library must have.

mod adapter;
mod atomics;
pub mod compare;
mod finals;
pub mod known;
mod library;
mod loom;
mod objects;
mod own;
mod shuttle;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

pub use self::finals::{Final, How};
use crate::guest::Guest;
use crate::trace::Memory;

/// Whose opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// Our own explorer's.
    Own,
    /// The crate loom's.
    Loom,
    /// The crate shuttle's.
    Shuttle,
}

impl Witness {
    /// The name of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Witness::Own => "own",
            Witness::Loom => "loom",
            Witness::Shuttle => "shuttle",
        }
    }
}

/// How long to look.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Patience {
    /// Milliseconds.
    pub time_ms: u64,
    /// Executions.
    pub executions: Option<u64>,
    /// Operations of one execution.
    pub steps: usize,
    /// Seed of what is random.
    pub seed: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Patience {
            time_ms: 2_000,
            executions: None,
            steps: 2_000,
            seed: 0,
        }
    }
}

/// What a program can come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Why there is none: all else then means nothing.
    pub refused: Option<String>,
    /// Executions run.
    pub executions: u64,
    /// The ends that were reached.
    pub finals: BTreeSet<Final>,
    /// Every execution that the engine knows was run.
    pub complete: bool,
    /// Why the engine knows not all: what it leaves out, by a short name.
    pub narrow: BTreeSet<String>,
    /// How it looked.
    pub strategy: String,
    /// Whether it lets a load read an old value.
    pub memory: Memory,
    /// An ordering weaker than `SeqCst` was used.
    pub weak_ordering: bool,
    /// What is reached under sequential consistency, where this is about weaker memory and both are known.
    #[serde(default)]
    pub sequential: Option<Box<Opinion>>,
    /// The kinds of operations that were seen, by their names in the table.
    pub features: BTreeSet<String>,
}

impl Opinion {
    /// No opinion.
    #[must_use]
    pub fn none(why: String) -> Opinion {
        Opinion {
            refused: Some(why),
            ..Opinion::default()
        }
    }

    /// What is left of an opinion whose process did not come to its end: because the program took it along, or
    /// because it took too long.
    #[must_use]
    pub fn cut_short(executions: u64, crashed: bool) -> Opinion {
        let crash = Final {
            how: How::Crashed,
            printed: Default::default(),
        };
        Opinion {
            refused: (!crashed).then(|| "it does not stop".to_string()),
            executions,
            finals: crashed.then_some(crash).into_iter().collect(),
            ..Opinion::default()
        }
    }

    /// An execution has come to its end.
    fn reached(&mut self, end: Final) {
        if end.how == How::TooLong {
            self.narrow.insert("long executions".to_string());
        } else if self.finals.len() < MOST_FINALS {
            self.finals.insert(end);
        } else {
            self.narrow.insert("many ends".to_string());
        }
    }

    /// Ends that are bugs.
    pub fn failures(&self) -> impl Iterator<Item = &Final> {
        self.finals.iter().filter(|end| end.how.is_failure())
    }

    /// Whether `finals` is all that can be reached under the engine's memory model.
    #[must_use]
    pub fn is_exhaustive(&self) -> bool {
        self.complete && self.narrow.is_empty() && self.refused.is_none()
    }
}

/// Ends that are kept: an opinion with more is not complete.
const MOST_FINALS: usize = 4_096;

/// Asks `witness` what `guest` can come to.
pub fn ask<G: Guest + 'static>(guest: G, witness: Witness, patience: Patience) -> Opinion {
    match witness {
        Witness::Own => own::ask(guest, patience),
        Witness::Loom => loom::ask(guest, patience),
        Witness::Shuttle => shuttle::ask(guest, patience),
    }
}

/// The end of somebody's patience.
struct Deadline {
    begun: Instant,
    time: Duration,
}

impl Deadline {
    fn of(patience: &Patience) -> Deadline {
        Deadline {
            begun: Instant::now(),
            time: Duration::from_millis(patience.time_ms),
        }
    }

    fn left(&self) -> Duration {
        self.time.saturating_sub(self.begun.elapsed())
    }
}
