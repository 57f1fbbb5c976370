//! SARIF 2.1.0 (OASIS): one run, one result for each bug, with the schedule that shows it as a code flow: one thread flow a
//! thread, its steps in one order of execution. What could not be judged is a notification of the tool.
//!
//! Of what the standard allows, this keeps to what GitHub's code scanning takes: see the limits below. What goes beyond
//! them is left out, and a notification says so.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use threadlings::explanation::{Verdict, codes, page};

use super::finding::{self, Finding, Level, Place, UNCODED, whose};
use super::harmless::{lines, visible};
use super::record::{Record, Site, Step};

/// Results of a run: GitHub refuses a file with more.
const RESULTS: usize = 25_000;
/// Places of a result, the first one included, and steps of its code flow: GitHub drops further ones.
const PLACES: usize = 100;
const STEPS: usize = 1_000;

/// The folder that paths are relative to: where the command was started, which for code scanning is the repository.
const ROOT: &str = "%SRCROOT%";

/// What may stand in a path as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn document(records: &[Record]) -> String {
    let (results, open): (Vec<_>, Vec<_>) = finding::all(records)
        .into_iter()
        .partition(|(finding, _)| finding.level == Level::Wrong);
    let mut notifications: Vec<Value> = open
        .iter()
        .map(|(finding, _)| notification(finding))
        .collect();
    if let Some(more) = results.len().checked_sub(RESULTS).filter(|more| *more > 0) {
        let text = format!("{more} results are left out: a run can have {RESULTS}");
        notifications.push(json!({ "level": "warning", "message": { "text": text } }));
    }
    let results = results.iter().take(RESULTS);
    let results: Vec<Value> = results
        .map(|(finding, print)| result(finding, print))
        .collect();
    let fault = records
        .iter()
        .any(|record| record.object.verdict == Verdict::Fault);
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Threadlings",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors(Level::Wrong),
                "notifications": descriptors(Level::Unjudged),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: {
                "description": { "text": "The folder in which threadlings was started." },
            } },
            "invocations": [{
                "executionSuccessful": !fault,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    // Nothing in a value can fail to be written.
    serde_json::to_string(&document).unwrap_or_default() + "\n"
}

/// Bug classes and verdicts, as rules or as notifications, in the order of their codes.
fn descriptors(level: Level) -> Vec<Value> {
    let open = [Verdict::Inconclusive, Verdict::Unmodelled, Verdict::Fault];
    let uncoded = UNCODED
        .iter()
        .map(|verdict| (verdict.name(), verdict.name()));
    let all = codes().into_iter().chain(uncoded);
    let of_level = all.filter(|(_, name)| {
        let is_open = open.iter().any(|verdict| verdict.name() == *name);
        is_open == (level == Level::Unjudged)
    });
    of_level
        .map(|(code, name)| descriptor(code, name, level))
        .collect()
}

fn descriptor(code: &str, name: &str, level: Level) -> Value {
    let page = page(code).unwrap_or_else(|| plain_page(name));
    // "# TL0302 · deadlock", an empty line, the paragraph that says what it is.
    let (title, body) = page.split_once("\n\n").unwrap_or((page, page));
    let title = title.rsplit_once("· ").map_or(title, |(_, title)| title);
    let paragraph = body.split("\n\n").next().unwrap_or(body).replace('\n', " ");
    let level = level_name(level);
    json!({
        "id": code,
        "name": camel_case(name),
        "shortDescription": { "text": title },
        "fullDescription": { "text": paragraph },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level },
        "properties": {
            "tags": ["concurrency", name],
            "precision": "very-high",
            "problem.severity": level,
        },
    })
}

/// What is said of verdicts without a page.
fn plain_page(name: &str) -> &'static str {
    match name {
        "does_not_compile" => {
            "does not compile\n\nrustc does not accept the file; nothing was run."
        }
        "rejected" => {
            "rejected\n\nThe source uses something that is not allowed here; nothing was run."
        }
        "fault" => "fault\n\nThe checker failed. This says nothing of the program.",
        _ => {
            "failing execution\n\nAnother engine has found an execution that fails, and does not explain it."
        }
    }
}

fn result(finding: &Finding<'_>, print: &str) -> Value {
    let record = finding.record;
    let others = other_sites(finding);
    let related = others.iter().enumerate().map(|(id, (site, label))| {
        let mut location = location(&Place::of(site), label);
        location["id"] = json!(id + 1);
        location
    });
    let mut result = json!({
        "ruleId": finding.code,
        "level": level_name(finding.level),
        "message": { "text": message(finding, &others) },
        "locations": [physical(&finding.place)],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { "primaryLocationLineHash": print },
        "properties": properties(record),
    });
    if let Some(flow) = code_flow(record) {
        result["codeFlows"] = json!([flow]);
    }
    result
}

/// The places beside the primary one, with what is said of them.
fn other_sites<'a>(finding: &Finding<'a>) -> Vec<(&'a Site, String)> {
    let record = finding.record;
    let sites = record.sites().iter().zip(&record.words.labels);
    let others = sites.enumerate();
    let others = others.filter(|(at, _)| Some(*at) != finding.primary);
    let others = others.map(|(_, (site, label))| (site, unlinked(label)));
    others.take(PLACES - 1).collect()
}

/// The title, then the places in their order, each with a link, and what is missing.
fn message(finding: &Finding<'_>, others: &[(&Site, String)]) -> String {
    let record = finding.record;
    let mut lines = vec![unlinked(&finding.title) + "."];
    let label = finding.primary.and_then(|at| record.words.labels.get(at));
    if let Some(label) = label {
        lines.push(format!("Line {}: {}.", finding.place.line, unlinked(label)));
    }
    for (id, (site, label)) in others.iter().enumerate() {
        let place = line_of(site, &finding.place);
        lines.push(format!("[{place}]({}): {label}.", id + 1));
    }
    match &record.object.bug {
        Some(bug) => lines.push(format!("Help: {}.", unlinked(&bug.help))),
        None => lines.extend(
            finding
                .details()
                .iter()
                .map(|detail| unlinked_lines(detail)),
        ),
    }
    lines.join("\n")
}

/// `Line 3`, or `check.rs line 3` where that is not the file of `primary`; it can stand in a link.
fn line_of(site: &Site, primary: &Place) -> String {
    if site.file == primary.file {
        return format!("Line {}", site.line);
    }
    let name = site.file.rsplit('/').next().unwrap_or(&site.file);
    let name = visible(name).replace(['[', ']', '\\'], "_");
    format!("{name} line {}", site.line)
}

/// The schedule, cut to the last steps where there are too many: a failure is at the end.
fn code_flow(record: &Record) -> Option<Value> {
    let steps = &record.object.witness.as_ref()?.steps;
    let texts = &record.words.steps;
    let first = steps.len().saturating_sub(STEPS);
    let mut flows: Vec<(&str, Vec<Value>)> = Vec::new();
    for (step, what) in steps.iter().zip(texts).skip(first) {
        let known = flows.iter().position(|(thread, _)| *thread == step.thread);
        let at = known.unwrap_or(flows.len());
        if at == flows.len() {
            flows.push((&step.thread, Vec::new()));
        }
        flows[at].1.push(flow_location(step, what));
    }
    let flows: Vec<Value> = flows
        .into_iter()
        .map(|(thread, locations)| {
            let thread = unlinked(thread);
            json!({
                "id": thread,
                "message": { "text": format!("thread `{thread}`") },
                "locations": locations,
            })
        })
        .collect();
    let said = match first {
        0 => "the schedule that shows it".to_string(),
        _ => format!(
            "the last {STEPS} of {} steps of the schedule that shows it",
            steps.len()
        ),
    };
    (!flows.is_empty()).then(|| json!({ "message": { "text": said }, "threadFlows": flows }))
}

fn flow_location(step: &Step, what: &str) -> Value {
    let place = Place {
        file: step.file.clone(),
        line: step.line,
        end_line: step.line,
        columns: None,
    };
    let text = format!("{}. `{}`: {}", step.n, visible(&step.thread), visible(what));
    let mut found = json!({
        "executionOrder": step.n,
        "location": match step.line {
            0 => json!({ "message": { "text": unlinked(&text) } }),
            _ => location(&place, &unlinked(&text)),
        },
    });
    if step.line > 0 && step.column > 0 {
        found["location"]["physicalLocation"]["region"]["startColumn"] = json!(step.column);
    }
    if let (Some(object), Some(value)) = (&step.object, &step.value) {
        found["state"] = json!({ visible(object): { "text": visible(value) } });
    }
    found
}

fn notification(finding: &Finding<'_>) -> Value {
    let level = match finding.record.object.verdict {
        Verdict::Fault => "error",
        _ => "warning",
    };
    let said = format!("{}: {}", whose(finding.record), finding.title);
    json!({
        "descriptor": { "id": finding.code },
        "level": level,
        "message": { "text": unlinked(&said) },
        "locations": [physical(&finding.place)],
        "properties": properties(finding.record),
    })
}

fn properties(record: &Record) -> Value {
    let mut bag = Map::new();
    let mut put = |name: &str, value: Value| bag.insert(name.to_string(), value);
    put("verdict", json!(record.object.verdict));
    let exercise = record.object.subject.exercise.as_ref();
    if let Some(exercise) = exercise {
        put("exercise", json!(visible(exercise)));
    }
    if let Some(grade) = &record.grade {
        put("student", json!(visible(&grade.student)));
        put("exercise", json!(visible(&grade.exercise)));
        if let Some(score) = &grade.score {
            put("points", json!(score.points));
            put("maxPoints", json!(score.max));
        }
        for (name, said) in [("remarks", &grade.remarks), ("review", &grade.review)] {
            if !said.is_empty() {
                let said = said.iter().map(|sentence| visible(sentence));
                put(name, json!(said.collect::<Vec<_>>()));
            }
        }
    }
    if let Some(search) = &record.object.search {
        put("interleavings", json!(search.interleavings));
        put("memory", json!(search.memory));
    }
    Value::Object(bag)
}

fn location(place: &Place, text: &str) -> Value {
    let mut location = physical(place);
    location["message"] = json!({ "text": text });
    location
}

fn physical(place: &Place) -> Value {
    let mut region = json!({ "startLine": place.line, "endLine": place.end_line });
    if let Some((start, end)) = place.columns {
        region["startColumn"] = json!(start);
        region["endColumn"] = json!(end);
    }
    json!({ "physicalLocation": { "artifactLocation": artifact(&place.file), "region": region } })
}

fn artifact(file: &str) -> Value {
    let path = utf8_percent_encode(file, PATH).to_string();
    match path.strip_prefix('/') {
        Some(_) => json!({ "uri": format!("file://{path}") }),
        None => json!({ "uri": path, "uriBaseId": ROOT }),
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Wrong => "error",
        Level::Unjudged => "warning",
    }
}

/// A text in which nothing is taken for a link.
fn unlinked(text: &str) -> String {
    unlinked_lines(&visible(text))
}

fn unlinked_lines(text: &str) -> String {
    lines(text).replace("](", "] (")
}

/// `LostUpdate`
fn camel_case(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
