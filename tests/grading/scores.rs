//! What answers are worth: every starter, solution and wrong answer of the course, and answers that try to earn
//! points without doing the work.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::door::Place;

/// `student`: what the course's file is called, without its ending.
fn handed_in(place: &Place, exercise: &str, file: &Path) {
    let student = file.file_stem().expect("a file").to_string_lossy();
    let text = fs::read(file).expect("the course is there");
    place.write(&format!("class/{student}/{exercise}.rs"), text);
}

/// One line for each result: who, what, the verdict, the points of each part, and why some are lost.
fn graded(place: &Place) -> String {
    let answer = place.run(&["grade", "class", "--format", "json", "--quiet"]);
    let mut table = String::new();
    for line in answer.stdout.lines() {
        let record: Value = serde_json::from_str(line).expect("a line is a record");
        let score = &record["score"];
        let text = |value: &Value| value.as_str().unwrap_or("-").to_string();
        writeln!(
            table,
            "{:16} {:30} {:17} {:15} {:>2} of {}",
            text(&record["exercise"]),
            text(&record["student"]),
            text(&record["verdict"]),
            text(&record["bug"]["class"]),
            score["points"],
            score["max"],
        )
        .expect("a string takes everything");
        let mut parts: Vec<String> = Vec::new();
        for part in score["parts"].as_array().into_iter().flatten() {
            if let Some(lost) = part["lost"].as_str() {
                parts.push(format!(
                    "    {} {} of {}: {lost}\n",
                    part["name"].as_str().unwrap_or_default(),
                    part["points"],
                    part["max"]
                ));
            }
        }
        table.extend(parts);
    }
    let mut lines: Vec<&str> = table.split_inclusive('\n').collect();
    // By exercise, which is easier to read here.
    let mut blocks: Vec<String> = Vec::new();
    for line in lines.drain(..) {
        match blocks.last_mut().filter(|_| line.starts_with("    ")) {
            Some(block) => block.push_str(line),
            None => blocks.push(line.to_string()),
        }
    }
    blocks.sort();
    blocks.concat()
}

#[test]
fn answers_of_the_course_are_worth_what_they_lack() {
    let place = Place::with_course();
    let mut found = 0;
    for chapter in folders(&place.path().join("exercises")) {
        for exercise in folders(&chapter) {
            let id = exercise.file_name().expect("a folder").to_string_lossy();
            handed_in(&place, &id, &exercise.join("exercise.rs"));
            let below = exercise.strip_prefix(place.path().join("exercises"));
            let mirror = place.path().join("solutions").join(below.expect("below"));
            handed_in(&place, &id, &mirror.join("solution.rs"));
            for wrong in folders(&mirror.join("wrong")) {
                handed_in(&place, &id, &wrong);
            }
            found += 1;
        }
    }
    assert!(found >= 6, "the course was not found");
    insta::assert_snapshot!(graded(&place));
}

#[test]
fn points_are_not_for_doing_nothing() {
    let place = Place::with_course();
    let counter = "pub struct Counter; impl Counter { pub fn new() -> Self { Counter } \
                   pub fn increment(&self) { BODY } pub fn get(&self) -> u64 { 0 } } \
                   pub fn run(threads: usize, times: u64) -> u64 { RESULT } fn main() {}";
    let answers = [
        ("todo", "todo!()", "todo!()"),
        ("nothing", "", "0"),
        ("computed", "", "threads as u64 * times"),
        ("forever", "", "loop {}"),
        (
            "panics_later",
            "",
            "std::thread::scope(|s| { s.spawn(|| {}); s.spawn(|| {}); }); panic!()",
        ),
    ];
    for (student, body, result) in answers {
        let text = counter.replace("BODY", body).replace("RESULT", result);
        place.write(&format!("class/{student}/race_counter.rs"), text);
    }
    insta::assert_snapshot!(graded(&place));
}

/// What is in a folder, sorted.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.sort();
    found
}
