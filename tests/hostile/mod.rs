//! Answers that attack whoever grades them: each gets the outcome on its first line, and nothing leaks.
//!
//! The first line of a file in `tests/fixtures/hostile/` says `//~ EXERCISE: VERDICT "PIECE OF THE REPORT"`; other
//! outcomes that are as good follow after ` | `, and what a person is told to look at after `, review`.

mod allowed;
mod outcome;
mod place;

use std::fs;
use std::path::Path;

use outcome::Outcome;
use place::{Class, SECRET};

use crate::door::{self, PROJECT};

#[test]
fn every_hostile_answer_gets_its_outcome_and_nothing_leaks() {
    let class = Class::new();
    let mut expected = corpus(&class);
    expected.extend(class.generate());
    assert!(expected.len() > 120, "{} attacks", expected.len());
    let before = class.all_else();
    let graded = class.grade();
    // Some have no verdict.
    assert_eq!(graded.answer.code, Some(3), "{:?}", graded.answer.stderr);
    let differences: Vec<String> = expected
        .iter()
        .filter_map(|(name, outcome)| outcome.difference(name, graded.records.get(name)))
        .collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
    let strangers: Vec<_> = graded
        .records
        .keys()
        .filter(|name| !expected.iter().any(|(known, _)| known == *name))
        .collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    for (name, record) in &graded.records {
        let sandbox = record["sandbox"].as_str().unwrap_or_default();
        let holds = sandbox.contains("landlock=") && sandbox.contains("seccomp=2");
        // What is not even compiled needs none.
        let verdict = &record["verdict"];
        let needs_none = verdict == "rejected" || verdict == "unmatched";
        assert!(holds || needs_none, "{name}: {sandbox:?}");
    }
    assert_eq!(graded.left_behind, Vec::<String>::new());
    assert_eq!(class.all_else(), before, "something was written elsewhere");
    let said = graded.answer.stdout.clone() + &graded.answer.stderr + &class.results();
    assert!(!said.contains(SECRET), "a secret got out");
    let root = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let first = root.lines().next().unwrap_or("root:");
    assert!(!said.contains(first), "a file of the system got out");
    let obeyed = said.contains('\u{1b}') || said.contains('\u{202e}');
    assert!(!obeyed, "a terminal would obey some of it");
}

/// Puts the fixtures into the class. Their names, and what must come out.
fn corpus(class: &Class) -> Vec<(String, Outcome)> {
    let folder = Path::new(PROJECT).join("tests/fixtures/hostile");
    let names = door::files(&folder, ".rs");
    let read = |name: &String| {
        let text = fs::read_to_string(folder.join(name)).expect("a fixture is text");
        let first = text.lines().next().unwrap_or_default();
        let line = first
            .strip_prefix("//~ ")
            .and_then(|line| line.split_once(": "));
        let Some((exercise, outcome)) = line else {
            panic!("{name} begins with `{first}`");
        };
        let student = name.trim_end_matches(".rs").to_string();
        class.hand_in(&student, exercise, text.as_bytes());
        (student, Outcome::parse(outcome))
    };
    names.iter().map(read).collect()
}
