//! Texts that come from the program (messages, names, values, the source itself) cannot command the terminal that
//! shows them, and cannot fill it.

use threadlings::explanation::{BugReport, Report, SiteReport, StepReport, Witness};

/// Characters of a headline, a label or a step: some lines.
const SENTENCE: usize = 300;

/// Characters of a note, which may quote two values that differ: a screen.
const NOTE: usize = 1500;

/// The same report with visible signs in the place of what a terminal obeys.
pub(super) fn harmless(report: &Report) -> Report {
    let mut report = report.clone();
    sentence(&mut report.subject.path);
    sentence(&mut report.headline);
    report.bug.iter_mut().for_each(bug);
    report.witness.iter_mut().for_each(witness);
    report.notes.iter_mut().for_each(note);
    for (path, text) in &mut report.files {
        *path = visible(path);
        *text = source(text);
    }
    report
}

fn bug(bug: &mut BugReport) {
    sentence(&mut bug.title);
    note(&mut bug.help);
    bug.notes.iter_mut().for_each(note);
    for SiteReport { label, file, .. } in &mut bug.sites {
        sentence(label);
        *file = visible(file);
    }
}

fn witness(witness: &mut Witness) {
    witness.threads.iter_mut().for_each(sentence);
    for StepReport { source, what, .. } in &mut witness.steps {
        sentence(source);
        sentence(what);
    }
}

fn sentence(text: &mut String) {
    *text = shortened(&visible(text), SENTENCE);
}

fn note(text: &mut String) {
    *text = shortened(&visible(text), NOTE);
}

/// No more than `most` characters, and dots where that is less.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_string(),
    }
}

/// Line by line, and character by character: places stay what they are.
fn source(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let cells = line.split('\t').map(visible);
        cells.collect::<Vec<_>>().join("\t")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// On one line.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(sign).collect()
}

/// The same, but lines remain lines.
pub(super) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let sign = |c| if c == '\n' { c } else { sign(c) };
    text.chars().map(sign).collect()
}

/// What is shown for a character.
fn sign(c: char) -> char {
    match c {
        '\n' | '\t' => ' ',
        // Unicode has a picture for each of these.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(' '),
        '\u{7f}' => '\u{2421}',
        // The second set of control characters, what turns the direction of reading, and what is no character in XML.
        '\u{80}'..='\u{9f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{fffe}'
        | '\u{ffff}' => '\u{fffd}',
        other => other,
    }
}
