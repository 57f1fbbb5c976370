//! What an answer may not contain, and what a person should look at.
//!
//! For an answer that a student checks at home only `unsafe` counts. A graded answer is a stranger's: all of it is read
//! ([`inspect`]), in a process of its own, as text can be made to overflow the stack of whoever parses it.
//!
//! This is one of two layers of the language, and not the stronger one: what is forbidden here by name cannot be reached
//! either, as the stand-ins that a graded answer is compiled with do not have it.

mod attributes;
mod reading;
mod review;
mod tokens;
mod worker;

pub use tokens::STD_MACROS;
pub use worker::{is_worker, worker_main};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::intake::SourceFile;
use crate::subject::Subject;
use crate::tokens::Unread;

/// What is to be said of a graded answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    /// What it may not contain: one sentence each, with the place. With any of these it is rejected, and never compiled.
    pub violations: Vec<String>,
    /// What a person should look at, in the same form. It is no reason to reject it.
    pub review: Vec<String>,
    /// Why it could not be read, if it could not. rustc says better what is wrong with it; where rustc finds nothing
    /// wrong, it is rejected for this.
    pub unread: Option<String>,
}

/// Reads a graded answer, in a process of its own.
///
/// # Errors
/// When that process cannot be started. What the text does to it is an answer.
pub fn inspect(file: &SourceFile, allow_unsafe: bool) -> Result<Inspection, Failure> {
    let reading = worker::read(&file.text, allow_unsafe)?;
    let path = file.path.display();
    let sentences = |findings: Vec<Finding>| {
        let sentence =
            |found: Finding| format!("{path}:{}:{}: {}", found.line, found.column, found.what);
        findings.into_iter().map(sentence).collect()
    };
    Ok(Inspection {
        violations: match reading.overwhelmed {
            Some(why) => vec![format!("{path}: {why}")],
            None => sentences(reading.violations),
        },
        review: sentences(reading.review),
        unread: reading.unread.map(|why| format!("{path}: {why}")),
    })
}

/// What `file` contains although the exercise of `subject` does not allow it: one sentence each, with the place.
pub fn violations(subject: &Subject, file: &SourceFile) -> Vec<String> {
    let found = match crate::tokens::read(&file.text) {
        _ if subject.allows_unsafe() => Vec::new(),
        Ok(tokens) => tokens::unsafe_code(&tokens::flat(tokens)),
        Err(Unread::Ambiguous { line, column }) => vec![ambiguous(line, column)],
        // It is for rustc to refuse.
        Err(Unread::NotRust(_)) => Vec::new(),
    };
    let path = file.path.display();
    found
        .into_iter()
        .map(|found| format!("{path}:{}:{}: {}", found.line, found.column, found.what))
        .collect()
}

/// What was found, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Finding {
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
    /// A sentence without a full stop.
    what: String,
}

impl Finding {
    fn at(span: proc_macro2::Span, what: impl Into<String>) -> Finding {
        let start = span.start();
        Finding {
            line: start.line,
            column: start.column + 1,
            what: what.into(),
        }
    }
}

/// For text that is code or not, depending on who reads it.
fn ambiguous(line: usize, column: usize) -> Finding {
    Finding {
        line,
        column,
        what:
            "this can be read in two ways, as code or as a string; put a space after the lifetime"
                .to_string(),
    }
}

/// What the worker has read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    violations: Vec<Finding>,
    review: Vec<Finding>,
    /// Why it is not Rust as far as this can be told here.
    unread: Option<String>,
    /// What the text has done to the worker.
    #[serde(skip)]
    overwhelmed: Option<String>,
}

#[cfg(test)]
mod tests;
