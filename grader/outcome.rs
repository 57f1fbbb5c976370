//! What a check comes to: a verdict, the bug where there is one, and how much was searched.

use std::path::PathBuf;
use std::time::Duration;

use threadlings::trace::Trace;

use crate::exit::Ended;
use crate::subject::Subject;

/// The verdicts of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every interleaving is right.
    Pass,
    /// An interleaving is wrong.
    Fail,
    /// Right, but nothing happens at the same time.
    NotConcurrent,
    /// Right, but a state that must be reachable is not.
    OverSynchronised,
    /// rustc refuses the program.
    DoesNotCompile,
    /// A limit was hit before all was searched.
    Inconclusive,
    /// The program uses something of std that is not modelled.
    Unmodelled,
}

impl Verdict {
    /// The name in JSON, and on the first line of fixtures and wrong answers.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::NotConcurrent => "not_concurrent",
            Verdict::OverSynchronised => "over_synchronised",
            Verdict::DoesNotCompile => "does_not_compile",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Unmodelled => "unmodelled",
        }
    }

    /// How a command ends that got this verdict.
    pub fn ended(self) -> Ended {
        match self {
            Verdict::Pass => Ended::Good,
            Verdict::Inconclusive | Verdict::Unmodelled => Ended::NoAnswer,
            Verdict::Fail
            | Verdict::NotConcurrent
            | Verdict::OverSynchronised
            | Verdict::DoesNotCompile => Ended::Bad,
        }
    }
}

/// What a check comes to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was checked.
    pub subject: Subject,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, for every verdict but `Pass`.
    pub cause: Cause,
    /// How much was searched, all scenarios together.
    pub search: Search,
    /// The source files, by the paths that the compiler was given.
    pub files: Vec<(String, String)>,
    /// Where the failing run is stored.
    pub replay: Option<PathBuf>,
    /// Facts for the reader that are no part of the verdict.
    pub notes: Vec<String>,
}

/// What led to a verdict.
#[derive(Clone, Debug)]
pub enum Cause {
    /// All is well, or the search says it all.
    None,
    /// This execution goes wrong, in the way that the class names.
    Execution {
        /// The failing run.
        trace: Box<Trace>,
        /// The bug's class and code; `None` where something is not modelled.
        bug: Option<Bug>,
    },
    /// This scenario has one interleaving only.
    OneInterleaving {
        /// Its name.
        scenario: String,
    },
    /// These goals are reached in no execution.
    NotReached {
        /// As in the manifest.
        goals: Vec<String>,
    },
    /// What rustc prints.
    Rustc {
        /// As rustc prints it.
        errors: String,
    },
}

/// A bug's class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bug {
    /// `lost_update`
    pub class: String,
    /// `TL0201`
    pub code: String,
}

/// How much was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Executions run.
    pub interleavings: u64,
    /// Every interleaving of every scenario was covered.
    pub complete: bool,
    /// The limit that ended the search.
    pub truncated_by: Option<String>,
    /// Time that the search took.
    pub elapsed: Duration,
}

impl Outcome {
    /// The bug that was found.
    pub fn bug(&self) -> Option<&Bug> {
        match &self.cause {
            Cause::Execution { bug, .. } => bug.as_ref(),
            _ => None,
        }
    }

    /// The verdict, and the class of the bug, as fixtures and wrong answers write them.
    pub fn summary(&self) -> String {
        match self.bug() {
            Some(bug) => format!("{} {}", self.verdict.name(), bug.class),
            None => self.verdict.name().to_string(),
        }
    }
}
