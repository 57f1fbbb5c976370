//! What other programs read, from the command itself.

use serde_json::Value;

use super::snapshot;
use crate::door::{self, Place};
use crate::formats::github::obeyed;

/// One that passes, one with a bug, one that does not compile.
const PROGRAMS: [&str; 3] = [
    "bounded_buffer.rs",
    "deadlock_two_locks.rs",
    "does_not_compile.rs",
];

fn printed(place: &Place, format: &str) -> String {
    let options = ["check", "--format", format, "--color", "always"];
    let answer = place.run(&[&options[..], &PROGRAMS].concat());
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(!answer.stdout.contains('\u{1b}'), "{answer:?}");
    answer.stdout
}

#[test]
fn formats_of_other_programs_read_well() {
    let place = Place::with_fixtures();
    let names = ["github", "gitlab", "junit", "rustc", "sarif"];
    let texts = names.map(|name| {
        let text = printed(&place, name);
        // The rules are the pages of the classes.
        let text = match name {
            "sarif" => {
                let document: Value = serde_json::from_str(&text).expect("JSON");
                serde_json::to_string_pretty(&document["runs"][0]["results"]).expect("JSON")
            }
            _ => text,
        };
        (name.to_string(), text)
    });
    snapshot::compare("formats", &texts);
}

/// A program whose names and messages are commands and tags.
const HOSTILE: &str = r#"
fn main() {
    let name = "x\n::error::pwned %0A::error::pwned".to_string();
    let worker = std::thread::Builder::new().name(name).spawn(|| {
        panic!("\n::error file=a::pwned\r\n::stop-commands::x\n##[error]a\n]]><b>\u{1b}[31m\u{202e}&");
    });
    worker.unwrap().join().unwrap();
}
"#;

#[test]
fn a_hostile_program_gives_no_commands_and_no_tags() {
    let place = Place::empty();
    let file = "a\n::error::pwned,b=c%0A\u{1b}[31m<b>.rs";
    place.write(file, HOSTILE);
    let refused = "compile_error!(\"\\n::error::pwned\\n ]]>\\u{1b}[31m\\n --> /etc/passwd:1:1\");\nfn main() {}\n";
    place.write("refused.rs", refused);
    let written = |format: &str| {
        let answer = place.run(&["check", file, "refused.rs", "--format", format]);
        assert_eq!(answer.code, Some(1), "{answer:?}");
        assert!(
            !answer.stdout.contains(['\u{1b}', '\u{202e}', '\r']),
            "{answer:?}"
        );
        answer.stdout
    };
    let found = obeyed(&written("github"));
    let seen: Vec<_> = found
        .iter()
        .map(|command| {
            let (name, value) = &command.properties[0];
            (command.name.as_str(), name.as_str(), value.as_str())
        })
        .collect();
    // Signs that command a terminal are no part of a name; all others are.
    let shown = file.replace('\n', " ").replace('\u{1b}', "\u{241b}");
    let expected = [
        ("error", "file", shown.as_str()),
        ("error", "file", "refused.rs"),
    ];
    assert_eq!(seen, expected);

    let junit = written("junit");
    let tests = roxmltree::Document::parse(&junit).expect("XML");
    let names = tests.descendants().map(|node| node.tag_name().name());
    assert!(names.clone().all(|name| name != "b"));
    assert_eq!(names.filter(|name| *name == "testcase").count(), 2);

    for line in written("rustc").lines() {
        let message: Value = serde_json::from_str(line).expect("JSON");
        let span = &message["message"]["spans"][0]["file_name"];
        assert!([file, "refused.rs"].contains(&span.as_str().expect("a name")));
    }
    let sarif: Value = serde_json::from_str(&written("sarif")).expect("JSON");
    assert_eq!(
        sarif["runs"][0]["results"].as_array().map(Vec::len),
        Some(2)
    );
    let gitlab: Value = serde_json::from_str(&written("gitlab")).expect("JSON");
    assert_eq!(gitlab.as_array().map(Vec::len), Some(2));
}

#[test]
fn the_summary_of_a_step_is_appended_to_the_file_that_the_runner_names() {
    let place = Place::with_fixtures();
    place.write("summary.md", "# Before\n");
    let check = |file: &str| {
        let mut command =
            place.command(&["check", "lost_update_two_sections.rs", "--format", "github"]);
        command.env("GITHUB_STEP_SUMMARY", place.path().join(file));
        door::answer(&mut command)
    };
    let answer = check("summary.md");
    assert_eq!((answer.code, answer.stderr.as_str()), (Some(1), ""));
    assert!(
        answer
            .stdout
            .starts_with("::error file=lost_update_two_sections.rs,")
    );
    let text = place.read("summary.md");
    assert!(
        text.starts_with("# Before\n## Threadlings: 0 of 1 right\n"),
        "{text}"
    );

    // That it cannot be written is no verdict.
    let answer = check("no/such/folder.md");
    assert_eq!(answer.code, Some(1));
    assert!(answer.stdout.starts_with("::error "));
    assert!(answer.stderr.contains("GITHUB_STEP_SUMMARY"), "{answer:?}");
}

#[test]
fn a_class_is_written_in_every_format() {
    let place = Place::with_course();
    let chapter = "02_shared_state/race_counter";
    let starter = place.read(&format!("exercises/{chapter}/exercise.rs"));
    let solution = place.read(&format!("solutions/{chapter}/solution.rs"));
    place.write("class/%0A::error::pwned/race_counter.rs", starter);
    place.write("class/<b>ada<|b>/race_counter.rs", solution);
    place.write("class/名前/race_counter.rs", "fn main() { unsafe {} }\n");
    let written = |format: &str| {
        let options = ["grade", "class", "--format", format, "--quiet"];
        let mut command = place.command(&options);
        command.env("GITHUB_STEP_SUMMARY", place.path().join("summary.md"));
        let answer = door::answer(&mut command);
        assert_eq!((answer.code, answer.stderr.as_str()), (Some(0), ""));
        answer.stdout
    };
    let mut texts = Vec::new();
    for name in ["github", "gitlab", "junit", "sarif"] {
        let text = written(name);
        assert_eq!(text, written(name), "the same again");
        texts.push((format!("class_{name}"), text));
    }
    let sarif: Value = serde_json::from_str(&texts[3].1).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    texts[3].1 = results
        .iter()
        .map(|result| {
            let at = &result["locations"][0]["physicalLocation"];
            format!("{} {at} {}\n", result["ruleId"], result["properties"])
        })
        .collect();
    let summary = place.read("summary.md");
    let (once, again) = summary.split_at(summary.len() / 2);
    assert_eq!(once, again);
    texts.push(("class_summary".to_string(), once.to_string()));
    snapshot::compare("formats", &texts);
}
