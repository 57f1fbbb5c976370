//! Diagnostics: read by the library that editors read them with.

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};

use super::{bug, class, hostile_class, rendered};
use crate::words::builder::{Build, values};
use crate::words::renderings::{COUNTER, lost_update};

/// What an editor makes of the lines.
fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let read = Message::parse_stream(text.as_bytes()).map(|message| match message {
        Ok(Message::CompilerMessage(message)) => message.message,
        other => panic!("{other:?}"),
    });
    read.collect()
}

#[test]
fn a_bug_reads_well() {
    let pretty = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        serde_json::to_string_pretty(&value).expect("JSON")
    };
    insta::assert_snapshot!(pretty(&rendered("rustc", &[bug(&lost_update())])));
}

#[test]
fn every_line_is_read_by_editors() {
    for records in [class(), hostile_class()] {
        let text = rendered("rustc", &records);
        let found = diagnostics(&text);
        assert_eq!(found.len(), text.lines().count());
        for diagnostic in &found {
            let primary = diagnostic.spans.iter().filter(|span| span.is_primary);
            assert_eq!(primary.count(), 1, "{diagnostic:?}");
            assert!(diagnostic.spans.iter().all(|span| span.line_start > 0));
            assert!(diagnostic.rendered.is_some());
        }
    }
}

#[test]
fn what_counts_is_an_error_and_what_is_open_a_warning() {
    let found = diagnostics(&rendered("rustc", &class()));
    let said: Vec<_> = found
        .iter()
        .map(|diagnostic| {
            let code = diagnostic.code.as_ref().map(|code| code.code.as_str());
            let line = diagnostic.spans[0].line_start;
            (diagnostic.level, code, line)
        })
        .collect();
    let (error, warning) = (DiagnosticLevel::Error, DiagnosticLevel::Warning);
    let expected = [
        (error, Some("threadlings::TL0201"), 12),
        (error, Some("threadlings::TL0302"), 5),
        // Both errors of rustc, with its own codes.
        (error, Some("E0382"), 12),
        (error, None, 14),
        (error, Some("threadlings::rejected"), 3),
        (error, Some("threadlings::TL0601"), 1),
        (warning, Some("threadlings::TL0603"), 1),
        (warning, Some("threadlings::fault"), 1),
    ];
    assert_eq!(said, expected);
}

#[test]
fn bytes_and_columns_are_those_of_the_file() {
    // Characters of two and of four bytes, before the places and on their lines.
    let text = COUNTER
        .replace("use std::thread;", "use std::thread; // Fäden 🦀")
        .replace(
            "let seen = hits.load",
            "/* größer 🦀 */ let seen = hits.load",
        );
    let mut build = Build::new(&text, 2);
    let hits = build.object(threadlings::trace::ObjectKind::Atomic, "");
    use threadlings::trace::Action::{Join, Load, Store};
    build
        .spawn(1, "@thread::spawn(")
        .event(0, Load, hits, "seen = hits.@load(", values(0, ""))
        .event(1, Load, hits, "counter.@load(", values(0, ""))
        .event(1, Store, hits, "counter.@store(", values("", 1))
        .event(0, Store, hits, "hits.@store(", values("", 1))
        .event(0, Join, None, "worker.@join()", |event| {
            event.peer = Some(1)
        })
        .event(0, Load, hits, "assert_eq!(hits.@load(", values(1, ""))
        .fails(0, "@assert_eq!(", "left: 1");
    let found = diagnostics(&rendered("rustc", &[bug(&build)]));
    let mut seen = Vec::new();
    for span in &found[0].spans {
        let bytes = span.byte_start as usize..span.byte_end as usize;
        let marked = &text[bytes];
        let line = &span.text[0];
        let in_line: String = line
            .text
            .chars()
            .skip(line.highlight_start - 1)
            .take(line.highlight_end - line.highlight_start)
            .collect();
        assert_eq!(marked, in_line);
        assert_eq!(
            Some(line.text.as_str()),
            text.lines().nth(span.line_start - 1)
        );
        assert_eq!(
            (line.highlight_start, line.highlight_end),
            (span.column_start, span.column_end)
        );
        seen.push(marked);
    }
    let expected = ["load(SeqCst)", "load(SeqCst)", "store(seen + 1, SeqCst)"];
    assert!(expected.iter().all(|call| seen.contains(call)), "{seen:?}");
}
