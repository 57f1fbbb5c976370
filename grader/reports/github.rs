//! Annotations of GitHub Actions, which show findings beside the lines of a pull request, and then the reports as a log. A
//! summary in Markdown goes to the file that the runner names in `GITHUB_STEP_SUMMARY`.
//!
//! The runner obeys every line that begins with `::`, whoever wrote it. What a program or a student says therefore stands
//! only in escaped places, and in the log between two marks that nobody can foresee.

use std::fmt::Write as _;

use super::finding::{Finding, Level, hash, whose};
use super::harmless::{lines, shortened, visible};
use super::record::Record;

/// The runner shows no more errors of a step, and no more warnings; further ones are dropped without a word,
/// so that a notice says how many they are.
const SHOWN: usize = 10;

/// Characters of a message. The runner cuts what is longer than 4,096 units of UTF-16.
const MESSAGE: usize = 2_000;

/// The annotations and the log.
pub(super) fn annotations(records: &[Record]) -> String {
    let found: Vec<Finding<'_>> = records.iter().filter_map(Finding::of).collect();
    let mut out = String::new();
    for (command, level) in [("error", Level::Wrong), ("warning", Level::Unjudged)] {
        let found: Vec<_> = found.iter().filter(|found| found.level == level).collect();
        for finding in found.iter().take(SHOWN) {
            let properties = properties(finding);
            let _ = writeln!(out, "::{command} {properties}::{}", data(&message(finding)));
        }
        if let Some(more) = found.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let (s, are) = if more == 1 { ("", "is") } else { ("s", "are") };
            let _ = writeln!(
                out,
                "::notice title=Threadlings::{more} more {command}{s} {are} not shown here: see the log of this step"
            );
        }
    }
    out + &log(&found)
}

/// The summary; no longer than `room` bytes.
pub(super) fn summary(records: &[Record], room: usize) -> String {
    let open = records
        .iter()
        .filter(|record| Finding::of(record).is_some());
    let (open, of) = (open.count(), records.len());
    let mut out = format!("## Threadlings: {} of {of} right\n\n", of - open);
    let graded = records.iter().any(|record| record.grade.is_some());
    let rows = records.iter().map(|record| row(record, graded));
    let points = if graded { " points |" } else { "" };
    let line = if graded { " ---: |" } else { "" };
    let _ = write!(
        out,
        "| what | verdict |{points} finding |\n| --- | --- |{line} --- |\n"
    );
    if out.len() + LEFT_OUT > room {
        return String::new();
    }
    let missing = push(&mut out, rows, room);
    if missing > 0 {
        let _ = write!(out, "\n{missing} more rows do not fit here.\n");
        return out;
    }
    let open = records
        .iter()
        .filter(|record| Finding::of(record).is_some());
    out.push('\n');
    let missing = push(&mut out, open.map(details), room);
    if missing > 0 {
        let _ = write!(out, "\n{missing} more reports do not fit here.\n");
    }
    out
}

/// Room for the sentence that says how much is missing.
const LEFT_OUT: usize = 80;

/// Adds texts as long as there is room; the number of those that are left out.
fn push(out: &mut String, mut texts: impl Iterator<Item = String>, room: usize) -> usize {
    while let Some(text) = texts.next() {
        if out.len() + text.len() + LEFT_OUT > room {
            return 1 + texts.count();
        }
        out.push_str(&text);
    }
    0
}

fn message(finding: &Finding<'_>) -> String {
    let mut message = finding.title.clone();
    for line in finding.details() {
        message.push('\n');
        message.push_str(&line);
    }
    if finding.record.object.bug.is_some() {
        let _ = write!(message, "\nexplain: threadlings explain {}", finding.code);
    }
    shortened(&message, MESSAGE)
}

fn properties(finding: &Finding<'_>) -> String {
    let place = &finding.place;
    let mut properties = format!(
        "file={},line={},endLine={}",
        property(&visible(&place.file)),
        place.line,
        place.end_line
    );
    // Columns are for places within one line; the last one counts as part of it.
    if let Some((from, to)) = place.columns
        && place.line == place.end_line
    {
        let last = to.saturating_sub(1).max(from);
        let _ = write!(properties, ",col={from},endColumn={last}");
    }
    let title = format!("{} ({})", named(finding), whose(finding.record));
    let _ = write!(properties, ",title={}", property(&title));
    properties
}

/// `TL0201 lost_update`
fn named(finding: &Finding<'_>) -> String {
    if finding.code == finding.name {
        finding.name.to_string()
    } else {
        format!("{} {}", finding.code, finding.name)
    }
}

/// The reports. Whoever wants to end the quiet must write the hash of a text that contains what he writes.
fn log(found: &[Finding<'_>]) -> String {
    let mut log = String::new();
    for finding in found {
        let _ = writeln!(log, "\n{}: {}", whose(finding.record), named(finding));
        let feedback = lines(&finding.record.words.feedback);
        log.push_str(feedback.trim_end());
        log.push('\n');
    }
    if log.is_empty() {
        return log;
    }
    let token = hash([log.as_bytes()]);
    format!("::stop-commands::{token}\n{log}\n::{token}::\n")
}

/// What follows the second `::` of a command.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn row(record: &Record, graded: bool) -> String {
    let what = markdown(&whose(record));
    let verdict = record.object.verdict.name();
    let found = Finding::of(record);
    let mark = match found.as_ref().map(|found| found.level) {
        None => "✅",
        Some(Level::Wrong) => "❌",
        Some(Level::Unjudged) => "❔",
    };
    let finding = match found {
        None => markdown(&visible(&record.words.headline)),
        Some(found) if found.code == found.name => markdown(&found.title),
        Some(found) => format!("`{}` {}", found.code, markdown(&found.title)),
    };
    let score = record.grade.as_ref().map(|grade| match &grade.score {
        Some(score) => format!(" {} of {} |", score.points, score.max),
        None => " not graded |".to_string(),
    });
    let points = match score {
        Some(points) => points,
        None if graded => " |".to_string(),
        None => String::new(),
    };
    format!("| {what} | {mark} {verdict} |{points} {finding} |\n")
}

/// A report that is folded away.
fn details(record: &Record) -> String {
    let feedback = lines(&record.words.feedback);
    let fence = "`".repeat(3.max(1 + longest_run(&feedback, '`')));
    format!(
        "<details><summary>{}</summary>\n\n{fence}text\n{}\n{fence}\n\n</details>\n",
        markdown(&whose(record)),
        feedback.trim_end()
    )
}

fn longest_run(text: &str, of: char) -> usize {
    let runs = text.split(|c| c != of);
    runs.map(str::len).max().unwrap_or(0)
}

/// A line of text in Markdown, also within HTML. Names in back-quotes are shown as code; no other sign means anything.
fn markdown(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return references(text);
    }
    let code = |(at, part): (usize, &&str)| {
        let part = references(part);
        match at % 2 {
            1 => format!("<code>{part}</code>"),
            _ => part,
        }
    };
    parts.iter().enumerate().map(code).collect()
}

/// Character references, which never count as a part of Markdown or HTML.
fn references(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() && !",;-/'=?".contains(c) {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}
