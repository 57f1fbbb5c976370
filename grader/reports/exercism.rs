//! `results.json` of an Exercism test runner, version 3.

use serde::Serialize;
use threadlings::explanation::Verdict;

use super::points::{self, Outcome, Test};
use super::record::Record;

/// What the site shows of a message at most, in characters.
const MESSAGE: usize = 65_535;

#[derive(Serialize)]
struct Results {
    version: u32,
    status: &'static str,
    message: Option<String>,
    tests: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    status: &'static str,
    message: Option<String>,
    /// At most 500 characters of what the program prints: which decides nothing, and is not kept.
    output: Option<String>,
    test_code: String,
}

pub(super) fn document(records: &[Record]) -> String {
    let message = broken(records);
    let results = Results {
        version: 3,
        status: match message {
            Some(_) => "error",
            None => status(points::together(records)),
        },
        message: message.map(shortened),
        tests: points::tests(records).into_iter().map(entry).collect(),
    };
    // Nothing in it can fail to be written.
    serde_json::to_string_pretty(&results).unwrap_or_default() + "\n"
}

/// Why there is no result of all tests.
fn broken(records: &[Record]) -> Option<String> {
    if records.is_empty() {
        return Some(points::NO_ANSWER.to_string());
    }
    let said: String = records
        .iter()
        .filter(|record| is_broken(record))
        .map(said)
        .collect();
    (!said.is_empty()).then_some(said)
}

/// Nothing of it has run to an end.
fn is_broken(record: &Record) -> bool {
    let verdict = record.object.verdict;
    let never_ran = matches!(verdict, Verdict::DoesNotCompile | Verdict::Rejected);
    never_ran || points::of(record) == Outcome::Open
}

fn said(record: &Record) -> String {
    match points::of(record) {
        Outcome::Open => points::not_graded(record),
        Outcome::Passed | Outcome::Failed => record.words.feedback.clone(),
    }
}

fn entry(test: Test<'_>) -> Entry {
    Entry {
        name: test.name,
        status: if is_broken(test.record) {
            "error"
        } else {
            status(test.result)
        },
        message: (test.result != Outcome::Passed && !test.text.is_empty())
            .then(|| shortened(test.text)),
        output: None,
        test_code: format!("threadlings check {}", points::subject(test.record)),
    }
}

fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "pass",
        Outcome::Failed => "fail",
        Outcome::Open => "error",
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => text[..end].to_string(),
        None => text,
    }
}
