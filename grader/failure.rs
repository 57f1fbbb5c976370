//! Why a command could not do its work: the request was wrong, or we are.

use std::fmt::{self, Display};
use std::path::Path;

/// Ends a command without an outcome.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot be understood, and clap has said why.
    Usage,
    /// The user can put it right.
    Request(Problem),
    /// The program's own process did not answer as expected: only its author can put it right.
    Interference(Problem),
    /// Only we can.
    Ours(Fault),
}

/// What is wrong with a request, where, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// `file` or `file:line`, where there is one.
    pub place: Option<String>,
    /// A sentence without a full stop.
    pub what: String,
    /// The remedy.
    pub help: Option<String>,
}

/// Something that must not happen.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl Problem {
    /// A problem without a place.
    pub fn new(what: impl Into<String>) -> Self {
        Problem {
            place: None,
            what: what.into(),
            help: None,
        }
    }

    /// A problem in a file, and in a line of it where that is known.
    pub fn at(path: &Path, line: Option<usize>, what: impl Into<String>) -> Self {
        Problem {
            place: Some(place(path, line)),
            ..Problem::new(what)
        }
    }

    /// The same problem, in a line of a file.
    pub fn placed(self, path: &Path, line: usize) -> Self {
        Problem {
            place: Some(place(path, Some(line))),
            ..self
        }
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

fn place(path: &Path, line: Option<usize>) -> String {
    let path = crate::paths::shown(path);
    line.map_or(path.clone(), |line| format!("{path}:{line}"))
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", self.what)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage => Ok(()),
            Failure::Request(problem) | Failure::Interference(problem) => problem.fmt(f),
            Failure::Ours(Fault(what)) => write!(
                f,
                "{what}\n  note: this is a fault of threadlings, not of your program; nothing was judged"
            ),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::Request(problem)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure::Ours(fault)
    }
}
