//! What the reporter of GitHub Classroom takes: JSON in base64, for the environment variable `NAME_RESULTS`.
//!
//! The reporter adds up the points of the tests, and reports them if `max_score` is not 0. Where an answer could not be
//! judged it is 0, so that no points are reported, and the status makes the job fail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::points::{self, Outcome, Test};
use super::record::Record;

#[derive(Serialize)]
struct Results {
    version: u32,
    status: &'static str,
    max_score: u32,
    tests: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    status: &'static str,
    score: u32,
    message: String,
    test_code: String,
    filename: String,
    /// 0 where there is none.
    line_no: u32,
    duration: u64,
}

pub(super) fn document(records: &[Record]) -> String {
    let entries = points::tests(records).into_iter().map(entry);
    let results = Results {
        version: 1,
        status: status(points::together(records)),
        max_score: points::sum(records).map_or(0, |sum| sum.max),
        tests: entries.collect(),
    };
    // Nothing in it can fail to be written.
    let json = serde_json::to_string(&results).unwrap_or_default();
    STANDARD.encode(json) + "\n"
}

fn entry(test: Test<'_>) -> Entry {
    let object = &test.record.object;
    let site = object.bug.as_ref().and_then(|bug| bug.sites.first());
    let path = &object.subject.path;
    Entry {
        name: no_command(&test.name),
        status: status(test.result),
        score: test.points.map_or(0, |points| points.got),
        message: no_command(&test.text),
        // It is printed for each test, and says nothing that the name does not.
        test_code: String::new(),
        filename: site.map_or(path, |site| &site.file).clone(),
        line_no: match test.result {
            Outcome::Failed => site.map_or(0, |site| site.line),
            Outcome::Passed | Outcome::Open => 0,
        },
        duration: 0,
    }
}

fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "pass",
        Outcome::Failed => "fail",
        Outcome::Open => "error",
    }
}

/// The reporter prints this in a job of GitHub, which obeys lines that begin with two colons, or contain `##[`.
fn no_command(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.replace('\r', " ").replace("##[", "## [");
        match line.trim_start().strip_prefix("::") {
            Some(rest) => format!(": :{rest}"),
            None => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
