//! Annotations and summaries, read as a runner of GitHub Actions reads them.

use super::{NAMES, bug, class, graded, hostile_class, rendered, said};
use crate::reports::ALL;
use crate::reports::record::Record;
use crate::words::renderings::lost_update;
use threadlings::explanation::Answer;

/// A command that a runner obeys.
#[derive(Debug)]
pub struct Command {
    pub name: String,
    pub properties: Vec<(String, String)>,
    pub data: String,
}

/// The commands of an output, of both forms, without those that are quiet.
pub fn obeyed(output: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut quiet: Option<String> = None;
    for line in output.split(['\n', '\r']) {
        let Some(command) = command(line) else {
            continue;
        };
        match &quiet {
            Some(token) if command.name == *token => quiet = None,
            Some(_) => {}
            None if command.name == "stop-commands" => quiet = Some(command.data),
            None => commands.push(command),
        }
    }
    assert_eq!(quiet, None, "commands are obeyed again in the end");
    commands
}

fn command(line: &str) -> Option<Command> {
    let new = line.trim_start().strip_prefix("::");
    let new = new.and_then(|rest| rest.split_once("::"));
    let old = || line.split_once("##[")?.1.split_once(']');
    let (head, data) = new.or_else(old)?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties
        .split(',')
        .filter_map(|pair| pair.split_once('='));
    Some(Command {
        name: name.to_string(),
        properties: properties
            .map(|(name, value)| {
                let value = value.replace("%3A", ":").replace("%2C", ",");
                (name.to_string(), unescaped(&value))
            })
            .collect(),
        data: unescaped(data),
    })
}

fn unescaped(text: &str) -> String {
    let text = text.replace("%0D", "\r").replace("%0A", "\n");
    text.replace("%25", "%")
}

fn summary(records: &[Record], room: usize) -> String {
    let format = ALL.iter().find(|format| format.name == "github");
    let appended = format.expect("the format").appended().expect("a summary");
    assert_eq!(appended.variable, "GITHUB_STEP_SUMMARY");
    (appended.write)(records, room)
}

#[test]
fn a_class_reads_well() {
    insta::assert_snapshot!(rendered("github", &class()));
}

#[test]
fn a_summary_reads_well() {
    insta::assert_snapshot!(summary(&class(), 1 << 20));
}

#[test]
fn annotations_have_the_properties_that_runners_know() {
    for records in [class(), hostile_class()] {
        for command in obeyed(&rendered("github", &records)) {
            assert!(
                ["error", "warning", "notice"].contains(&command.name.as_str()),
                "{command:?}"
            );
            if command.name == "notice" {
                assert!(command.data.contains("more"), "{command:?}");
                continue;
            }
            let names: Vec<&str> = command
                .properties
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            let known = ["file", "line", "endLine", "col", "endColumn", "title"];
            assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
            assert!(names.starts_with(&["file", "line", "endLine"]));
            assert_eq!(names.last(), Some(&"title"));
        }
    }
}

#[test]
fn whatever_a_student_writes_is_no_command() {
    for name in NAMES {
        let records: Vec<_> = hostile_class()
            .into_iter()
            .filter(|record| {
                record
                    .grade
                    .as_ref()
                    .is_some_and(|grade| grade.student == *name)
            })
            .collect();
        let found = obeyed(&rendered("github", &records));
        let names: Vec<&str> = found.iter().map(|command| command.name.as_str()).collect();
        assert_eq!(names, ["error", "error", "warning"], "{name:?}");
        // Signs that command a terminal are left out of a path; that all others remain is tested with a real file.
        let plain =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
        let (property, file) = &found[0].properties[0];
        let path = &records[0].object.subject.path;
        assert_eq!((property.as_str(), plain(file)), ("file", plain(path)));
    }
}

#[test]
fn a_step_shows_ten_of_each_kind_and_says_how_many_more_there_are() {
    let wrong = |at: usize| graded(bug(&lost_update()), &format!("s{at}"), "a", Some(0));
    let open = |at: usize| {
        let answer = Answer::Inconclusive { reason: None };
        graded(said(answer), &format!("o{at}"), "a", None)
    };
    let count = |records: &[Record]| {
        let found = obeyed(&rendered("github", records));
        let of = |name: &str| found.iter().filter(|command| command.name == name).count();
        let more = found.iter().filter(|command| command.name == "notice");
        let more: Vec<String> = more.map(|command| command.data.clone()).collect();
        (of("error"), of("warning"), more)
    };
    let ten: Vec<_> = (0..10).map(wrong).collect();
    assert_eq!(count(&ten), (10, 0, vec![]));
    let many: Vec<_> = (0..23).map(wrong).chain((0..11).map(open)).collect();
    let said = [
        "13 more errors are not shown here: see the log of this step",
        "1 more warning is not shown here: see the log of this step",
    ];
    assert_eq!(count(&many), (10, 10, said.map(String::from).to_vec()));
}

#[test]
fn a_summary_has_no_tags_and_cells_but_its_own() {
    let text = summary(&hostile_class(), 1 << 20);
    let mut fence: Option<String> = None;
    for line in text.split('\n') {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) => {
                if line.trim_end().len() == ticks.len() && ticks.len() >= open.len() {
                    fence = None;
                }
                continue;
            }
            None if ticks.len() >= 3 => {
                fence = Some(ticks);
                continue;
            }
            None => {}
        }
        let own = [
            "details", "/details", "summary", "/summary", "code", "/code",
        ];
        let rest = own.iter().fold(line.to_string(), |line, tag| {
            line.replace(&format!("<{tag}>"), "")
        });
        assert!(!rest.contains('<') && !rest.contains('>'), "{line}");
        assert!(!rest.contains("](") && !rest.contains("**"), "{line}");
        if line.starts_with('|') {
            assert_eq!(line.matches('|').count(), 5, "{line}");
        }
    }
    assert_eq!(fence, None);
    let shown = text.matches("<details>").count();
    assert_eq!(shown, hostile_class().len());
}

#[test]
fn a_summary_fits_and_says_what_does_not() {
    let records: Vec<_> = (0..50).flat_map(|_| class()).collect();
    for room in [0, 50, 200, 1_000, 30_000, 60_000, 120_000] {
        let text = summary(&records, room);
        assert!(text.len() <= room);
        if room >= 1_000 {
            assert!(text.ends_with("do not fit here.\n"), "{text}");
        }
    }
    assert!(!summary(&records, 1 << 20).contains("do not fit here"));
}
