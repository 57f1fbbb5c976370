//! The report that people read: the source with numbered labels, the table of steps, what was searched, help,
//! and how to see it again.

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource,
    Report as Shown, Severity,
};
use threadlings::explanation::{BugReport, Report, Search, SiteReport, Verdict, executions};

use super::harmless::harmless;
use super::{Style, table};

/// Columns; does not depend on the terminal, so that a report is the same everywhere.
pub(super) const WIDTH: usize = 100;

pub(super) fn render(report: &Report, style: Style) -> String {
    let report = harmless(report);
    let replay = report.replay.as_deref().map(replay);
    one(&report, style) + &replay.unwrap_or_default()
}

/// The report as it can be read on another machine, which does not have the file that a replay needs.
pub(super) fn portable(report: &Report, style: Style) -> String {
    one(&harmless(report), style)
}

/// How to see it again, where the file `trace` is.
pub(super) fn replay(trace: &str) -> String {
    let mut out = String::new();
    line(&mut out, "replay", &format!("threadlings replay {trace}"));
    out
}

fn one(report: &Report, style: Style) -> String {
    let mut out = String::new();
    match &report.bug {
        Some(bug) => source(&mut out, report, bug, style),
        None => headline(&mut out, report, style),
    }
    if let Some(text) = &report.verbatim {
        out.push_str(text.trim_end());
        out.push('\n');
    }
    if let Some(witness) = &report.witness
        && !witness.steps.is_empty()
    {
        out.push_str(&table::render(witness, style));
        out.push('\n');
    }
    let bug_notes = report.bug.iter().flat_map(|bug| &bug.notes);
    for note in bug_notes.chain(&report.notes) {
        line(&mut out, "note", note);
    }
    let help = report
        .bug
        .as_ref()
        .map(|bug| &bug.help)
        .or(report.help.as_ref());
    if let Some(help) = help {
        line(&mut out, "help", help);
    }
    if let Some(search) = &report.search {
        let words = report.extent.clone();
        let words = words.unwrap_or_else(|| searched(report, search));
        line(&mut out, "search", &words);
    }
    if let Some(bug) = &report.bug {
        line(
            &mut out,
            "explain",
            &format!("threadlings explain {}", bug.code),
        );
    }
    out
}

/// The excerpts with labels, one for each file that has some; the headline stands above the first.
fn source(out: &mut String, report: &Report, bug: &BugReport, style: Style) {
    let mut files: Vec<&str> = Vec::new();
    for site in &bug.sites {
        if !files.contains(&site.file.as_str()) {
            files.push(&site.file);
        }
    }
    let handler = GraphicalReportHandler::new_themed(theme(style))
        .with_width(WIDTH)
        .with_links(false)
        .with_context_lines(1);
    let texts = files
        .iter()
        .filter_map(|file| report.files.iter().find(|(path, _)| path == file));
    let mut first = true;
    for (path, text) in texts {
        let labels = labels(bug.sites.iter().filter(|site| site.file == *path), text);
        let mut diagnostic = if first {
            MietteDiagnostic::new(&bug.title).with_code(format!("{} {}", bug.code, bug.class))
        } else {
            MietteDiagnostic::new(format!("in {path}")).with_severity(Severity::Advice)
        };
        diagnostic = diagnostic.with_labels(labels);
        let shown = Shown::new(diagnostic).with_source_code(NamedSource::new(path, text.clone()));
        render_into(out, &handler, shown.as_ref());
        first = false;
    }
    if first {
        let diagnostic =
            MietteDiagnostic::new(&bug.title).with_code(format!("{} {}", bug.code, bug.class));
        render_into(out, &handler, &diagnostic);
    }
}

fn render_into(out: &mut String, handler: &GraphicalReportHandler, shown: &dyn Diagnostic) {
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = handler.render_report(&mut text, shown);
    for line in text.trim_start_matches('\n').lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.push('\n');
}

/// One label for each range; the sentences of sites that share it stand below each other.
fn labels<'a>(sites: impl Iterator<Item = &'a SiteReport>, text: &str) -> Vec<LabeledSpan> {
    let mut labels: Vec<(usize, usize, String)> = Vec::new();
    let sites: Vec<&SiteReport> = sites.collect();
    for site in &sites {
        let start = offset(text, site.span.start.line, site.span.start.column);
        let label = folded(site, &sites);
        let end = offset(text, site.span.end.line, site.span.end.column).max(start);
        match labels
            .iter_mut()
            .find(|label| (label.0, label.1) == (start, end))
        {
            Some(known) => known.2 = format!("{}\n{label}", known.2),
            None => labels.push((start, end, label)),
        }
    }
    labels.sort();
    let spans = labels.into_iter();
    spans
        .map(|(start, end, label)| LabeledSpan::new(Some(label), start, end - start))
        .collect()
}

/// A label hangs below the middle of its range, or at the end of one around it: what does not fit beside it is
/// wrapped.
fn folded(site: &SiteReport, all: &[&SiteReport]) -> String {
    let (start, end) = (
        site.span.start.column as usize,
        site.span.end.column as usize,
    );
    let around = all.iter().filter(|other| {
        other.span != site.span
            && other.span.start <= site.span.start
            && site.span.start < other.span.end
    });
    let around = around.map(|other| other.span.end.column as usize).max();
    let middle = around.unwrap_or(usize::midpoint(start, end.max(start)));
    // The line numbers and the arrow take some columns too.
    let room = WIDTH.saturating_sub(middle + 12).max(24);
    table::wrap(&site.label, room).join("\n")
}

/// The byte where a line and column are, counted from 1, in characters.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let before = line.saturating_sub(1) as usize;
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    let ahead = column.saturating_sub(1) as usize;
    start + rest.chars().take(ahead).map(char::len_utf8).sum::<usize>()
}

fn theme(style: Style) -> GraphicalTheme {
    match (style.unicode, style.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    }
}

fn headline(out: &mut String, report: &Report, style: Style) {
    let (mark, color) = match (report.verdict, style.unicode) {
        (Verdict::Pass, true) => ("✓", "32"),
        (Verdict::Pass, false) => ("ok", "32"),
        (_, true) => ("!", "33"),
        (_, false) => ("!", "33"),
    };
    let name = report
        .subject
        .exercise
        .as_ref()
        .unwrap_or(&report.subject.path);
    let mark = paint(mark, color, style);
    let text = format!("{name}: {}", report.headline);
    wrapped(out, &format!("{mark} "), &text);
}

fn paint(text: &str, color: &str, style: Style) -> String {
    if style.color {
        format!("\u{1b}[{color}m{text}\u{1b}[0m")
    } else {
        text.to_string()
    }
}

fn searched(report: &Report, search: &Search) -> String {
    let count = executions(search);
    let memory = match search.memory.as_str() {
        "sc" => "sequentially consistent memory",
        "c11" => "weak (C11) memory",
        other => other,
    };
    let extent = match (report.verdict, search.complete) {
        (Verdict::Fail, _) => format!("the bug was found after {count}"),
        (_, true) => format!("{count}, all there are"),
        (_, false) => {
            let by = search
                .truncated_by
                .as_deref()
                .map(|by| format!(", ended by {by}"));
            format!("{count}{}", by.unwrap_or_default())
        }
    };
    format!("{extent}; {}, {memory}", search.strategy)
}

fn line(out: &mut String, kind: &str, text: &str) {
    wrapped(out, &format!("{kind:>8}: "), text);
}

/// Wraps at [`WIDTH`]; later lines stand below the first word.
fn wrapped(out: &mut String, lead: &str, text: &str) {
    let indent = table::width(lead);
    for (at, part) in table::wrap(text, WIDTH - indent).into_iter().enumerate() {
        if at == 0 {
            out.push_str(lead);
        } else {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&part);
        out.push('\n');
    }
}
