//! Courses that are malformed, and exercises that are not there.

use super::{RIGHT, refused, says};
use crate::door::Place;

const FOLDER: &str = "exercises/02_shared_state/race_counter";

/// The project's course, with this change to a manifest.
fn changed(from: &str, to: &str) -> Place {
    let place = Place::with_course();
    let file = format!("{FOLDER}/exercise.toml");
    let text = place.read(&file);
    let new = text.replacen(from, to, 1);
    assert_ne!(new, text, "the manifest has `{from}`");
    place.write(&file, new);
    place
}

#[test]
fn a_malformed_manifest_is_shown_by_file_and_line_with_what_to_do() {
    let cases = [
        ("id = \"race_counter\"", "id = 3", "exercise.toml:1:"),
        (
            "difficulty = 1",
            "difficulty = \"easy\"",
            "exercise.toml:5:",
        ),
        ("difficulty = 1", "dificulty = 1", "exercise.toml:5:"),
        ("must_reach = []", "must_reach = [", "exercise.toml:"),
        ("total = 10", "total = 11", "exercise.toml:"),
    ];
    for (from, to, place) in cases {
        for command in [&["list"][..], &["check", "race_counter"], &["verify"]] {
            refused(
                &changed(from, to),
                command,
                &["race_counter/", place, "help:"],
            );
        }
    }
}

#[test]
fn whoever_checks_a_program_of_his_own_does_not_mind() {
    let place = changed("id = \"race_counter\"", "id = 3");
    place.write("right.rs", RIGHT);
    assert_eq!(place.run(&["check", "right.rs"]).code, Some(0));
}

#[test]
fn an_exercise_that_is_not_there_is_told_where_to_look() {
    let place = Place::with_course();
    for command in ["check", "hint", "verify"] {
        refused(&place, &[command, "race_count"], &["`race_count`", "list"]);
    }
}

#[test]
fn a_misspelt_exercise_is_told_which_one_was_meant() {
    for command in ["check", "hint", "verify"] {
        refused(
            &Place::with_course(),
            &[command, "race_countr"],
            &["`race_counter`"],
        );
    }
}

#[test]
fn without_a_course_the_commands_of_a_course_say_how_to_name_one() {
    let place = Place::empty();
    for command in [&["list"][..], &["hint"], &["verify"]] {
        refused(&place, command, &["no course here", "`--course DIR`"]);
    }
    refused(
        &place,
        &["check"],
        &["nothing to check", "threadlings check FILE.rs"],
    );
    refused(
        &place,
        &["list", "--course", "nowhere"],
        &["nowhere", "exercises/"],
    );
}

#[test]
fn an_exercise_is_named_by_its_id_its_folder_or_its_file() {
    let place = Place::with_course();
    let file = format!("{FOLDER}/exercise.rs");
    let usual = place.run(&["check", "race_counter"]).stdout;
    for name in [FOLDER, &file] {
        assert_eq!(place.run(&["check", name]).stdout, usual, "{name}");
    }
}

#[test]
fn an_exercise_without_its_file_says_which_one_is_missing() {
    let place = Place::with_course();
    std::fs::remove_file(place.path().join(FOLDER).join("exercise.rs")).expect("it was there");
    refused(
        &place,
        &["check", "race_counter"],
        &["race_counter/exercise.rs: there is no such file"],
    );
}

#[test]
fn a_broken_record_of_progress_is_no_end() {
    let place = Place::with_course();
    place.write(".threadlings/progress.json", "{ half");
    let answer = place.run(&["list"]);
    assert!(matches!(answer.code, Some(0 | 2)), "{answer:?}");
    says(&(answer.stdout + &answer.stderr), &["progress"]);
}
