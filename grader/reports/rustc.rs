//! Diagnostics in the form of cargo's `--message-format=json`, so that an editor whose check command this is shows findings
//! beside the source: rust-analyzer's `check.overrideCommand`.

use std::path::Path;

use serde::Serialize;
use threadlings::explanation::page;

use super::compiler::{CompileError, compile_errors};
use super::finding::{Finding, Level, Place};
use super::harmless::{lines as harmless_lines, visible};
use super::human;
use super::record::{Line, Record};

/// A line.
#[derive(Serialize)]
struct Message<'a> {
    reason: &'static str,
    package_id: &'static str,
    target: Target<'a>,
    message: Diagnostic,
}

/// What cargo would have compiled.
#[derive(Serialize)]
struct Target<'a> {
    kind: [&'static str; 1],
    crate_types: [&'static str; 1],
    name: String,
    src_path: &'a str,
}

#[derive(Serialize)]
struct Diagnostic {
    #[serde(rename = "$message_type")]
    message_type: &'static str,
    message: String,
    code: Option<Code>,
    level: &'static str,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
    rendered: Option<String>,
}

#[derive(Serialize)]
struct Code {
    code: String,
    explanation: Option<&'static str>,
}

/// A range in a file. Columns count from 1, in characters, bytes from 0; ends are exclusive.
#[derive(Default, Serialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    is_primary: bool,
    text: Vec<Text>,
    label: Option<String>,
    // What we find is never the matter of one replacement, and macros are not expanded.
    suggested_replacement: Option<String>,
    suggestion_applicability: Option<String>,
    expansion: Option<String>,
}

/// A line of a span.
#[derive(Serialize)]
struct Text {
    text: String,
    highlight_start: u32,
    highlight_end: u32,
}

/// No line where the record is right, one for each error of rustc, or one.
pub(super) fn lines(record: &Record) -> String {
    let errors = compile_errors(record);
    let diagnostics: Vec<Diagnostic> = if errors.is_empty() {
        Finding::of(record).iter().map(finding).collect()
    } else {
        let errors = errors.into_iter();
        errors.map(|error| of_rustc(error, record)).collect()
    };
    let path = record.object.subject.path.as_str();
    let name = Path::new(path).file_stem().unwrap_or_default();
    let lines = diagnostics.into_iter().map(|message| {
        let message = Message {
            reason: "compiler-message",
            package_id: "threadlings",
            target: Target {
                kind: ["bin"],
                crate_types: ["bin"],
                name: name.to_string_lossy().into_owned(),
                src_path: path,
            },
            message,
        };
        // Nothing in a message can fail to be written.
        serde_json::to_string(&message).unwrap_or_default() + "\n"
    });
    lines.collect()
}

fn finding(finding: &Finding<'_>) -> Diagnostic {
    let record = finding.record;
    let help = record.object.bug.as_ref().map(|bug| &bug.help);
    let label = |at: usize| record.words.labels.get(at).map(|label| visible(label));
    // Editors leave out the primary label where there are children, as rustc says the same there.
    let own = finding.primary.and_then(label);
    let notes = own.into_iter().map(|text| child("note", text));
    let help = help.map(|help| child("help", visible(help)));
    let mut spans = vec![Span {
        is_primary: true,
        ..match finding.primary {
            Some(at) => site(record, at),
            None => span(&finding.place, None),
        }
    }];
    let others = (0..record.sites().len()).filter(|at| Some(*at) != finding.primary);
    spans.extend(others.map(|at| site(record, at)));
    Diagnostic {
        code: Some(Code {
            // An editor takes what stands before the colons for the name of the tool.
            code: format!("threadlings::{}", finding.code),
            explanation: page(finding.code),
        }),
        level: match finding.level {
            Level::Wrong => "error",
            Level::Unjudged => "warning",
        },
        children: notes.chain(help).collect(),
        rendered: Some(harmless_lines(&rendered(record))),
        ..diagnostic(finding.title.clone(), spans)
    }
}

/// An editor is where the trace is.
fn rendered(record: &Record) -> String {
    let replay = record.object.replay.as_deref().map(human::replay);
    record.words.feedback.clone() + &replay.unwrap_or_default()
}

fn of_rustc(error: CompileError, record: &Record) -> Diagnostic {
    let span = span(&Place::told(record, error.at), None);
    let spans = vec![Span {
        is_primary: true,
        ..span
    }];
    let code = error.code;
    Diagnostic {
        code: code.map(|code| Code {
            code,
            explanation: None,
        }),
        rendered: Some(error.text + "\n\n"),
        ..diagnostic(error.message, spans)
    }
}

fn child(level: &'static str, message: String) -> Diagnostic {
    Diagnostic {
        level,
        ..diagnostic(message, Vec::new())
    }
}

fn diagnostic(message: String, spans: Vec<Span>) -> Diagnostic {
    Diagnostic {
        message_type: "diagnostic",
        message,
        code: None,
        level: "error",
        spans,
        children: Vec::new(),
        rendered: None,
    }
}

fn site(record: &Record, at: usize) -> Span {
    let words = &record.words;
    let line = words.lines.get(at).and_then(Option::as_ref);
    Span {
        label: words.labels.get(at).map(|label| visible(label)),
        ..span(&Place::of(&record.sites()[at]), line)
    }
}

/// A place of several lines is shown by its first one: a whole thread that is underlined hides what is inside. Where the
/// line is not known, neither are the bytes.
fn span(place: &Place, line: Option<&Line>) -> Span {
    let text = line.map_or("", |line| &line.text);
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let (start, end) = match place.columns {
        Some((start, _)) if place.end_line > place.line => (start, length.saturating_add(1)),
        Some((start, end)) => (start, end),
        None => (1, length.saturating_add(1)),
    };
    let end = end.max(start);
    let byte = |column: u32| {
        let before = text.chars().take(column.saturating_sub(1) as usize);
        line.map_or(0, |line| line.byte) + before.map(char::len_utf8).sum::<usize>()
    };
    Span {
        file_name: place.file.clone(),
        byte_start: byte(start),
        byte_end: byte(end),
        line_start: place.line,
        line_end: place.line,
        column_start: start,
        column_end: end,
        text: line
            .into_iter()
            .map(|line| Text {
                text: line.text.clone(),
                highlight_start: start,
                highlight_end: end,
            })
            .collect(),
        ..Span::default()
    }
}
