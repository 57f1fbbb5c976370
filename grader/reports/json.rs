//! The JSON of the contract, `"format": 1`: one object a line for each report.

use serde::Serialize;
use threadlings::explanation::{BugReport, Report, Search, SiteReport, StepReport, Verdict};

use super::Style;

/// Number of this format.
const FORMAT: u32 = 1;

pub(super) fn render(reports: &[Report], _: Style) -> String {
    let line = |report| {
        let mut line = serde_json::to_string(&wire(report)).unwrap_or_default();
        line.push('\n');
        line
    };
    reports.iter().map(line).collect()
}

#[derive(Serialize)]
struct Wire<'a> {
    format: u32,
    subject: Subject<'a>,
    verdict: &'static str,
    bug: Option<Bug<'a>>,
    search: Option<Searched<'a>>,
    witness: Option<Witness<'a>>,
    replay: Option<&'a str>,
    notes: Vec<&'a str>,
}

#[derive(Serialize)]
struct Subject<'a> {
    kind: &'static str,
    path: &'a str,
    exercise: Option<&'a str>,
}

#[derive(Serialize)]
struct Bug<'a> {
    class: &'a str,
    code: &'a str,
    title: &'a str,
    help: &'a str,
    sites: Vec<Site<'a>>,
}

#[derive(Serialize)]
struct Site<'a> {
    role: &'static str,
    thread: Option<&'a str>,
    object: Option<&'a str>,
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Searched<'a> {
    engine: &'a str,
    strategy: &'a str,
    memory: &'a str,
    interleavings: u64,
    complete: bool,
    truncated_by: Option<&'a str>,
    elapsed_ms: u64,
}

#[derive(Serialize)]
struct Witness<'a> {
    switches: usize,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    n: usize,
    thread: &'a str,
    op: &'static str,
    object: Option<&'a str>,
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<Stale<'a>>,
    file: &'a str,
    line: u32,
    column: u32,
}

/// A newer value that a step has not seen, and the step that has written it.
#[derive(Serialize)]
struct Stale<'a> {
    newest: Option<&'a str>,
    step: Option<usize>,
}

fn wire(report: &Report) -> Wire<'_> {
    let own = report.bug.iter().flat_map(|bug| &bug.notes);
    let mut notes: Vec<&str> = own.chain(&report.notes).map(String::as_str).collect();
    if report.bug.is_none() && report.verdict != Verdict::Pass {
        notes.insert(0, &report.headline);
    }
    notes.extend(report.verbatim.as_deref());
    Wire {
        format: FORMAT,
        subject: Subject {
            kind: if report.subject.exercise.is_some() {
                "exercise"
            } else {
                "program"
            },
            path: &report.subject.path,
            exercise: report.subject.exercise.as_deref(),
        },
        verdict: report.verdict.name(),
        bug: report.bug.as_ref().map(bug),
        search: report.search.as_ref().map(searched),
        witness: report.witness.as_ref().map(|witness| Witness {
            switches: witness.switches,
            steps: witness
                .steps
                .iter()
                .map(|found| step(found, &witness.threads))
                .collect(),
        }),
        replay: report.replay.as_deref(),
        notes,
    }
}

fn bug(bug: &BugReport) -> Bug<'_> {
    Bug {
        class: bug.class,
        code: bug.code,
        title: &bug.title,
        help: &bug.help,
        sites: bug.sites.iter().map(site).collect(),
    }
}

fn site(site: &SiteReport) -> Site<'_> {
    Site {
        role: site.role.name(),
        thread: site.thread.as_deref(),
        object: site.object.as_deref(),
        file: &site.file,
        line: site.span.start.line,
        column: site.span.start.column,
        end_line: site.span.end.line,
        end_column: site.span.end.column,
    }
}

fn searched(search: &Search) -> Searched<'_> {
    Searched {
        engine: &search.engine,
        strategy: &search.strategy,
        memory: &search.memory,
        interleavings: search.interleavings,
        complete: search.complete,
        truncated_by: search.truncated_by.as_deref(),
        elapsed_ms: search.elapsed_ms,
    }
}

fn step<'a>(step: &'a StepReport, threads: &'a [String]) -> Step<'a> {
    Step {
        n: step.number,
        thread: threads.get(step.column).map_or("", String::as_str),
        op: step.operation,
        object: step.object.as_deref(),
        value: step.value.as_deref(),
        stale: step.missed.as_ref().map(|missed| Stale {
            newest: missed.value.as_deref(),
            step: missed.step,
        }),
        file: &step.file,
        line: step.line,
        column: step.column_in_line,
    }
}
