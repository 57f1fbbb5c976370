//! The seam to the compiler, the explorer, the verdict and the reports: every call from the command line into them
//! goes through this file.

use std::time::Duration;

use threadlings::trace::{Step, Trace};

use crate::failure::{Failure, Fault};
use crate::options::Format;
use crate::outcome::{Bug, Outcome, Verdict};
use crate::subject::Source;

/// What rustc made of a source.
pub enum Compiled {
    /// A program that can be run.
    Program(Program),
    /// What rustc prints about it.
    Errors(String),
}

/// A compiled program.
pub struct Program {}

/// How far a search may go.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Wall-clock time.
    pub time: Duration,
    /// Executions.
    pub interleavings: Option<u64>,
    /// Of the random walk.
    pub seed: u64,
}

/// What a search found.
#[derive(Debug)]
pub struct Exploration {
    /// Executions run.
    pub interleavings: u64,
    /// Whether every interleaving was covered.
    pub complete: bool,
    /// The limit that ended the search.
    pub truncated_by: Option<String>,
    /// An execution that goes wrong.
    pub failing: Option<Trace>,
    /// Goals reached in any execution.
    pub reached: Vec<String>,
}

/// A page of `explain`.
pub struct Page {
    /// `TL0201`
    pub code: &'static str,
    /// `lost_update`
    pub class: &'static str,
    /// What it means, how it looks, what ends it.
    pub text: &'static str,
}

fn not_connected() -> Failure {
    Fault("this build has no detector".to_string()).into()
}

/// Compiles a source; scenarios become entry points, without them `main` is the only one.
pub fn compile(_source: &Source, _edition: &str, _allow_unsafe: bool) -> Result<Compiled, Failure> {
    Err(not_connected())
}

/// Explores one entry point in a child process.
pub fn explore(
    _program: &Program,
    _entry: &str,
    _limits: &Limits,
    _on_progress: &mut dyn FnMut(u64),
) -> Result<Exploration, Failure> {
    Err(not_connected())
}

/// Runs one schedule again.
pub fn rerun(_program: &Program, _entry: &str, _schedule: &[Step]) -> Result<Trace, Failure> {
    Err(not_connected())
}

/// The verdict on an execution that goes wrong.
pub fn judge(_trace: &Trace, _files: &[(String, String)]) -> (Verdict, Option<Bug>) {
    unreachable!("no execution without a detector")
}

/// An outcome as it is printed.
pub fn render(_outcome: &Outcome, _format: Format, _color: bool) -> String {
    unreachable!("no outcome without a detector")
}

/// All pages of `explain`.
pub fn pages() -> Vec<Page> {
    Vec::new()
}

/// The work of the hidden child command.
pub fn child() -> Result<(), Failure> {
    Err(not_connected())
}
