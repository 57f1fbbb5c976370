//! A class of a few students, whose results are known, and what tests do with the folder of its results.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::door::{Answer, PROJECT, Place};

/// The folder of its results.
pub const RESULTS: &str = "class-results";
/// Its ledger.
pub const LEDGER: &str = "class-results/results.jsonl";

/// Who answers what in it.
pub const ALL: [&str; 5] = [
    "ada race_counter",
    "bob race_counter",
    "carol race_counter",
    "dora lock_order",
    "erin lock_order",
];

/// Text of an answer that is part of the course.
pub fn course_file(path: &str) -> String {
    fs::read_to_string(Path::new(PROJECT).join(path)).expect("a file of the course")
}

/// `solutions/CHAPTER/NAME/solution.rs` of this exercise.
pub fn right() -> String {
    course_file("solutions/02_shared_state/race_counter/solution.rs")
}

/// An answer with a lost update that is not the starter.
pub fn wrong() -> String {
    course_file("solutions/02_shared_state/race_counter/wrong/one_place_fixed.rs")
}

/// A place with the course and a class: ada and carol have the same right answer, bob is wrong, dora has not begun, erin's
/// does not compile.
pub fn class() -> Place {
    let place = Place::with_course();
    place.write("class/ada/race_counter.rs", right());
    place.write("class/carol/race_counter.rs", right());
    place.write("class/bob/race_counter.rs", wrong());
    let starter = course_file("exercises/04_deadlocks/lock_order/exercise.rs");
    place.write("class/dora/lock_order.rs", starter);
    place.write("class/erin/lock_order.rs", "pub fn transfer(");
    place
}

/// Grades the class as JSON lines.
pub fn grade(place: &Place, more: &[&str]) -> Answer {
    place.run(&[&["grade", "class", "--format", "json"], more].concat())
}

/// The same, ended with exit code 0. What may differ between runs is left out: how long it took.
pub fn graded(place: &Place) -> String {
    let answer = grade(place, &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    timeless(&answer.stdout)
}

/// Without the times.
pub fn timeless(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).expect("a line is a record");
        if let Some(search) = record["search"].as_object_mut() {
            search.remove("elapsed_ms");
        }
        record.to_string() + "\n"
    });
    lines.collect()
}

/// Who was judged, as standard error tells it: `ada race_counter`, sorted.
pub fn judged(answer: &Answer) -> Vec<String> {
    let lines = answer
        .stderr
        .lines()
        .filter(|line| line.contains(" of 10") || line.contains("not graded"));
    let mut who: Vec<String> = lines
        .filter_map(|line| Some(line.split_once(':')?.0.to_string()))
        .collect();
    who.sort();
    who
}

/// The lines of the ledger.
pub fn ledger(place: &Place) -> Vec<String> {
    place.read(LEDGER).lines().map(str::to_string).collect()
}
