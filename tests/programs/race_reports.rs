//! What a report says of a data race in plain memory, and of a program in which none was looked for.

use super::snapshot;
use super::verdicts::expected;
use crate::door::{self, Place};

const FOLDER: &str = "race_reports";

/// What `check NAME OPTIONS` prints for each.
fn printed(place: &Place, names: &[String], options: &[&str]) -> Vec<(String, String)> {
    door::in_parallel(names, |name| {
        let path = format!("{FOLDER}/{name}");
        let answer = place.run(&[&["check", &path], options].concat());
        let stem = name.trim_end_matches(".rs").to_string();
        (stem, answer.stdout + &answer.stderr)
    })
}

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{name}.rs")).collect()
}

#[test]
fn every_program_gets_the_verdict_on_its_first_line() {
    let place = Place::with_fixtures();
    let names = door::files(&place.path().join(FOLDER), ".rs");
    let wrong = door::in_parallel(&names, |name| {
        let path = format!("{FOLDER}/{name}");
        let answer = place.run(&["check", &path, "--format", "json"]);
        let (got, expected) = (answer.verdict(), expected(&place, &path));
        (got != expected).then(|| format!("{name}: expected `{expected}`, got `{got}`"))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn races_read_well() {
    let place = Place::with_fixtures();
    let names = door::files(&place.path().join(FOLDER), ".rs");
    let texts = printed(&place, &names, &[]);
    for (name, text) in &texts {
        let wide = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{name}");
    }
    snapshot::compare("races_plain", &texts);
}

#[test]
fn races_read_well_in_colour() {
    let place = Place::with_fixtures();
    let names = named(&["box_freed", "peterson", "two_mutexes"]);
    let texts = printed(&place, &names, &["--color", "always"]);
    snapshot::compare("races_fancy", &texts);
}

#[test]
fn races_in_json_are_those_of_the_contract() {
    let place = Place::with_fixtures();
    let names = named(&["box_freed", "copy_and_byte", "relaxed_flag"]);
    let texts = printed(&place, &names, &["--format", "json"]);
    snapshot::compare("races_json", &texts);
}

/// The notes of a check of `joined.rs`.
fn notes(options: &[&str]) -> String {
    let place = Place::with_fixtures();
    let path = format!("{FOLDER}/joined.rs");
    let answer = place.run(&[&["check", &path, "--format", "json"], options].concat());
    answer.json()["notes"].to_string()
}

#[test]
fn where_no_race_was_looked_for_the_report_says_so() {
    assert!(notes(&["--races", "never"]).contains("not checked for data races (`--races never`)"));
    assert!(notes(&["--engine", "loom"]).contains("the engine `loom` does not see them"));
    assert!(notes(&[]).contains("checked for data races, but not those inside functions"));
}

#[test]
fn without_unsafe_code_there_is_nothing_to_say() {
    let place = Place::with(&[(
        "safe.rs",
        "fn main() { std::thread::spawn(|| ()).join().unwrap() }",
    )]);
    for races in ["auto", "always", "never"] {
        let answer = place.run(&["check", "safe.rs", "--races", races, "--format", "json"]);
        assert_eq!(answer.json()["notes"].to_string(), "[]", "{races}");
    }
}
