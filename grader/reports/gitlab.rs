//! Code quality of GitLab: one list of findings, which a merge request shows beside the lines that it changes.

use serde::Serialize;
use threadlings::explanation::Verdict;

use super::finding::{self, Finding, Level};
use super::record::Record;

/// As GitLab reads it; these fields are required.
#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn document(records: &[Record]) -> String {
    let found = finding::all(records).into_iter();
    let issues: Vec<Issue> = found
        .map(|(finding, print)| issue(finding, print))
        .collect();
    // Nothing in an issue can fail to be written.
    serde_json::to_string_pretty(&issues).unwrap_or_default() + "\n"
}

fn issue(finding: Finding<'_>, fingerprint: String) -> Issue {
    let help = finding.record.object.bug.as_ref();
    let help = help.map(|bug| format!("; {}", super::harmless::visible(&bug.help)));
    Issue {
        description: format!("{}{}", finding.title, help.unwrap_or_default()),
        check_name: finding.name,
        fingerprint,
        severity: severity(&finding),
        location: Location {
            // A path that begins with `./` is not found.
            path: finding.place.file.trim_start_matches("./").to_string(),
            lines: Lines {
                begin: finding.place.line,
                end: finding.place.end_line,
            },
        },
    }
}

/// One of `info`, `minor`, `major`, `critical` and `blocker`.
fn severity(finding: &Finding<'_>) -> &'static str {
    match (finding.level, finding.record.object.verdict) {
        (Level::Unjudged, _) => "info",
        (_, Verdict::DoesNotCompile) => "blocker",
        (_, Verdict::Fail) => "critical",
        (_, Verdict::NotConcurrent | Verdict::OverSynchronised) => "minor",
        _ => "major",
    }
}
