//! A class that a machine has made is graded, killed in the middle and resumed: every verdict is right, and nothing is
//! lost or doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::class::{self, HandedIn};
use crate::door::{PROJECT, Place, files};

#[test]
fn a_class_that_is_killed_and_resumed() {
    grade_and_kill(40, 2);
}

#[test]
#[ignore = "takes minutes; THREADLINGS_CLASS_SIZE says how many submissions"]
fn a_big_class_that_is_killed_and_resumed() {
    let size = std::env::var("THREADLINGS_CLASS_SIZE");
    grade_and_kill(size.map_or(300, |size| size.parse().expect("a number")), 5);
}

#[test]
fn a_seed_always_makes_the_same_class() {
    let project = Path::new(PROJECT);
    let texts = |class: Vec<HandedIn>| class.into_iter().map(|one| (one.path, one.text)).collect();
    let class = |seed| -> Vec<_> { texts(class::class(project, 60, seed)) };
    assert!(class(1) == class(1) && class(1) != class(2));
    let answers: Vec<_> = texts(class::answers(project, 60, 1));
    let different: BTreeSet<_> = answers.iter().map(|(_, text)| text).collect();
    assert_eq!(different.len(), 60, "no two answers are equal");
}

fn grade_and_kill(count: usize, kills: usize) {
    let place = Place::empty();
    let class = class::class(Path::new(PROJECT), count, 2026);
    class::write(&class, &place.path().join("class"));

    let mut resumed = 0;
    for kill in 1..=kills {
        let before = known(&place, "killed");
        let until = (count * kill / (kills + 1)).max(before + 1);
        killed(&place, until);
        let after = known(&place, "killed");
        assert!(after >= before, "{after} results are left of {before}");
        resumed += usize::from(before > 0);
    }
    assert!(
        resumed + 1 >= kills && known(&place, "killed") < count,
        "it was killed in the middle"
    );
    let last = graded(&place, "killed");
    let whole = graded(&place, "whole");

    wrong_verdicts(&class, &verdicts(&last));
    assert_eq!(without_times(&last), without_times(&whole));
    for file in files(&place.path().join("whole"), "") {
        if file != "results.jsonl" {
            let read = |folder: &str| fs::read(place.path().join(folder).join(&file)).ok();
            assert!(read("killed") == read("whole"), "{file} differs");
        }
    }
    // A third time there is nothing left to do, but to try what has no points.
    let with_points = |place: &Place| {
        let ledger = place.read("killed/results.jsonl");
        ledger.matches("\"score\":{").count()
    };
    let before = with_points(&place);
    let third = graded(&place, "killed");
    assert_eq!(without_times(&third), without_times(&last));
    assert_eq!(
        with_points(&place),
        before,
        "nothing is judged again that has points"
    );
}

const COMMON: [&str; 9] = [
    "grade",
    "class",
    "--jobs",
    "2",
    "--format",
    "json",
    "--course",
    PROJECT,
    "--results",
];

/// Standard output of a run that is not disturbed.
fn graded(place: &Place, results: &str) -> String {
    let answer = place.run(&[&COMMON[..], &[results]].concat());
    assert!(matches!(answer.code, Some(0 | 3)), "{answer:?}");
    answer.stdout
}

/// Starts to grade, and kills that as soon as `until` results are written down.
fn killed(place: &Place, until: usize) {
    let mut command = place.command(&[&COMMON[..], &["killed"]].concat());
    let mut child: Child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    while known(place, "killed") < until {
        assert!(
            child.try_wait().expect("it is ours").is_none(),
            "it has ended too early"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
}

/// Results in the ledger, counted by their students and exercises.
fn known(place: &Place, results: &str) -> usize {
    let ledger =
        fs::read_to_string(place.path().join(results).join("results.jsonl")).unwrap_or_default();
    let records = ledger
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    records
        .filter(|record| record["verdict"].is_string())
        .count()
}

/// Verdicts by student and exercise.
fn verdicts(stdout: &str) -> BTreeMap<(String, String), String> {
    let mut verdicts = BTreeMap::new();
    for line in stdout.lines() {
        let record: Value = serde_json::from_str(line).expect("a line is a record");
        let text = |value: &Value| value.as_str().map(str::to_string);
        let verdict = text(&record["verdict"]).expect("a verdict");
        let verdict = match text(&record["bug"]["class"]) {
            Some(class) => format!("{verdict} {class}"),
            None => verdict,
        };
        let key = (
            text(&record["student"]).expect("a student"),
            text(&record["exercise"]).expect("an exercise"),
        );
        assert_eq!(
            verdicts.insert(key, verdict),
            None,
            "a result is doubled: {line}"
        );
    }
    verdicts
}

/// Fails with all verdicts that are not as they must be.
fn wrong_verdicts(class: &[HandedIn], verdicts: &BTreeMap<(String, String), String>) {
    assert_eq!(
        verdicts.len(),
        class.len(),
        "nothing is lost, and nothing is added"
    );
    let wrong = class.iter().filter_map(|one| {
        let verdict = verdicts.get(&(one.student.clone(), one.exercise.clone()));
        let is_right = verdict.is_some_and(|verdict| one.must_get(verdict));
        (!is_right).then(|| {
            format!(
                "{} ({}): {verdict:?}, not {:?}",
                one.path, one.made, one.expected
            )
        })
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        class.len(),
        wrong.join("\n")
    );
}

fn without_times(stdout: &str) -> String {
    let mut parts = stdout.split("\"elapsed_ms\":");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        text + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}
