//! A report as plain data: everything a renderer shows, nothing it would have to decide.

use serde::{Deserialize, Serialize};

use crate::names::index::Span;
use crate::verdict::Role;

/// What was checked, what came out, and how much was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was checked.
    pub subject: Subject,
    /// What came out.
    pub verdict: Verdict,
    /// One sentence that stands alone, without a full stop.
    pub headline: String,
    /// The bug, where one is reported.
    pub bug: Option<BugReport>,
    /// How much was searched, where anything was.
    pub search: Option<Search>,
    /// What was searched, in words, where that was no interleavings.
    pub extent: Option<String>,
    /// The schedule that shows the bug.
    pub witness: Option<Witness>,
    /// The file that holds the failing run.
    pub replay: Option<String>,
    /// Facts that are not part of the bug.
    pub notes: Vec<String>,
    /// What is missing, where no bug says it.
    pub help: Option<String>,
    /// Text to show as it is (the compiler's).
    pub verbatim: Option<String>,
    /// The files that sites and steps lie in.
    pub files: Vec<(String, String)>,
}

/// What was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Its path, relative to the working directory.
    pub path: String,
    /// The exercise's id; `None` for a program.
    pub exercise: Option<String>,
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every schedule searched is correct.
    Pass,
    /// A bug.
    Fail,
    /// Correct, but only one interleaving exists where the exercise needs more.
    NotConcurrent,
    /// Correct, but a state that must be reachable never is.
    OverSynchronised,
    /// The source uses what the exercise does not allow.
    Rejected,
    /// rustc refuses it.
    DoesNotCompile,
    /// A limit ended the search.
    Inconclusive,
    /// It uses something that is not modelled.
    Unmodelled,
    /// Our fault.
    Fault,
}

/// A bug in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BugReport {
    /// The class's name: `lost_update`.
    pub class: &'static str,
    /// The class's code: `TL0201`.
    pub code: &'static str,
    /// One sentence that stands alone.
    pub title: String,
    /// The missing guarantee.
    pub help: String,
    /// The labelled places, numbered from 1 in this order.
    pub sites: Vec<SiteReport>,
    /// Further facts.
    pub notes: Vec<String>,
}

/// A labelled place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteReport {
    /// What happens there.
    pub role: Role,
    /// The thread's name.
    pub thread: Option<String>,
    /// The object's name.
    pub object: Option<String>,
    /// Where.
    pub file: String,
    /// From the place of the call to the end of the call.
    pub span: Span,
    /// The sentence beside it, with the number in front: "(1) `a` reads 0 here".
    pub label: String,
}

/// How much was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// `own`, `loom`, `shuttle`, `native`.
    pub engine: String,
    /// `dpor`, or `dpor, then portfolio`; `runs`.
    pub strategy: String,
    /// `sc`, `c11`, or `native` for that of the machine.
    pub memory: String,
    /// Executions run.
    pub interleavings: u64,
    /// Without a proof: all schedules with at most so many preemptions are among them.
    pub swept: Option<u32>,
    /// Without a proof: the strategies that have taken turns after the systematic search.
    pub hunted_by: Vec<String>,
    /// Whether every interleaving was covered.
    pub complete: bool,
    /// What ended it early: `budget`, `interleavings`, `steps`, `stores`, `loop`, or kept it from being complete: `watched`.
    pub truncated_by: Option<String>,
    /// Wall clock in milliseconds.
    pub elapsed_ms: u64,
    /// Whether the program uses an ordering weaker than `SeqCst`.
    pub weaker_orderings: bool,
    /// Executions after which everything was proved under sequential consistency, if that came first.
    pub sequential: Option<u64>,
    /// Whether the program waits, or compares and exchanges, in a way that can end for no reason: this was searched
    /// once for each thread.
    pub spurious: bool,
}

/// The schedule that shows the bug.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// How often another thread continues, among all steps.
    pub switches: usize,
    /// The threads that take part, in the order of their numbers: the columns of the table.
    pub threads: Vec<String>,
    /// The steps that matter.
    pub steps: Vec<StepReport>,
    /// Runs of equal rounds: first step, last step of the first round, number of rounds. The later rounds are
    /// among the steps.
    pub folds: Vec<(usize, usize, usize)>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// From 1.
    pub number: usize,
    /// Index in [`Witness::threads`].
    pub column: usize,
    /// The operation: `lock`, `load`.
    pub operation: &'static str,
    /// The object's name.
    pub object: Option<String>,
    /// The value read or left.
    pub value: Option<String>,
    /// The newest store that this step has not seen, though it was made before.
    pub missed: Option<Missed>,
    /// The source line's text.
    pub source: String,
    /// What happens, in a few words: "reads 0", "locks `left`", "waits for `right`, held by `b` since step 2".
    pub what: String,
    /// Where.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1: of the call, or of the line's first word where only the line is known.
    pub column_in_line: u32,
    /// The numbers of the sites that this step is.
    pub sites: Vec<usize>,
    /// The thread does not get past this step.
    pub blocked: bool,
}

/// A store that was not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// What it has written.
    pub value: Option<String>,
    /// Its step, where it is shown.
    pub step: Option<usize>,
}

impl Verdict {
    /// The name of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::NotConcurrent => "not_concurrent",
            Verdict::OverSynchronised => "over_synchronised",
            Verdict::Rejected => "rejected",
            Verdict::DoesNotCompile => "does_not_compile",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Unmodelled => "unmodelled",
            Verdict::Fault => "fault",
        }
    }
}

impl Role {
    /// The name of the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Acquires => "acquires",
            Role::Holds => "holds",
            Role::Waits => "waits",
            Role::Reads => "reads",
            Role::Writes => "writes",
            Role::Creates => "creates",
            Role::Spawns => "spawns",
            Role::Asserts => "asserts",
            Role::Panics => "panics",
            Role::Notifies => "notifies",
            Role::Drops => "drops",
            Role::Frees => "frees",
        }
    }
}
