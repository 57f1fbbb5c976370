//! A course whose check does not work: nobody is graded by it, and nobody is told that it is his fault.

use std::fs;

use super::says;
use super::small::{RESULTS, course_file, grade, right};
use crate::door::Place;

const CHECK: &str = "exercises/02_shared_state/race_counter/check.rs";
const MANIFEST: &str = "exercises/02_shared_state/race_counter/exercise.toml";

/// A class of one, whose answer is right.
fn class() -> Place {
    let place = Place::with_course();
    place.write("class/ada/race_counter.rs", right());
    place
}

/// Nothing is graded, and the exercise is named.
#[track_caller]
fn nothing_is_graded(place: &Place, all: &[&str]) {
    let answer = grade(place, &[]);
    assert_eq!((answer.code, &*answer.stdout), (Some(2), ""), "{answer:?}");
    says(
        &answer.stderr,
        &[
            "`race_counter` does not pass its check: nothing was graded",
            CHECK,
        ],
    );
    says(&answer.stderr, all);
    assert!(!answer.stderr.contains("__threadlings"), "{answer:?}");
    let grades = place.read(&format!("{RESULTS}/grades.csv"));
    assert_eq!(grades.lines().count(), 1, "{grades}");
    assert!(!place.path().join(RESULTS).join("feedback/ada").exists());
}

fn replaced(place: &Place, file: &str, old: &str, new: &str) {
    let text = course_file(file);
    assert!(text.contains(old), "{old:?} is not in {file}");
    place.write(file, text.replace(old, new));
}

#[test]
fn a_scenario_by_another_name() {
    let place = class();
    replaced(&place, MANIFEST, "\"two_at_once\"", "\"two_at_onc\"");
    nothing_is_graded(
        &place,
        &["cannot find value `two_at_onc` in module `check`"],
    );
}

#[test]
fn a_check_that_does_not_compile() {
    let place = class();
    place.write(CHECK, course_file(CHECK) + "\npub fn (one: u8) {}\n");
    nothing_is_graded(&place, &["expected identifier, found `(`"]);
    place.write(
        CHECK,
        course_file(CHECK) + "\npub fn wrong() -> u8 { \"one\" }\n",
    );
    nothing_is_graded(&place, &["mismatched types", "check.rs:"]);
    // Once it is mended, the same command grades.
    place.write(CHECK, course_file(CHECK));
    let answer = grade(&place, &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    says(&answer.stdout, &["\"verdict\":\"pass\""]);
}

#[test]
fn a_solution_that_is_wrong() {
    let place = class();
    let wrong = super::small::wrong();
    place.write("solutions/02_shared_state/race_counter/solution.rs", wrong);
    nothing_is_graded(&place, &["threadlings verify race_counter"]);
}

#[test]
fn a_course_without_solutions() {
    let place = class();
    fs::remove_dir_all(place.path().join("solutions")).expect("ours");
    place.write("solutions/README.md", "none\n");
    let answer = grade(&place, &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    place.write(CHECK, course_file(CHECK) + "\npub fn (one: u8) {}\n");
    let answer = grade(&place, &[]);
    assert_eq!((answer.code, &*answer.stdout), (Some(2), ""), "{answer:?}");
    says(
        &answer.stderr,
        &[
            "the file that is handed out for `race_counter`",
            "found `(`",
        ],
    );
}

#[test]
fn an_answer_that_does_not_fit_to_the_check_is_told_so() {
    let place = class();
    for (student, text) in [
        ("bob", "fn main() {}\n".to_string()),
        ("carol", "pub struct Counter;\n".to_string()),
    ] {
        place.write(&format!("class/{student}/race_counter.rs"), text);
    }
    let answer = grade(&place, &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    for student in ["bob", "carol"] {
        let feedback = place.read(&format!("{RESULTS}/feedback/{student}/race_counter.txt"));
        says(
            &feedback,
            &["this file does not fit to its check", "README", "error"],
        );
        assert!(!feedback.contains("__threadlings"), "{feedback}");
    }
}

#[test]
fn engines_that_give_no_points() {
    let place = class();
    for engine in ["loom", "shuttle", "native"] {
        let answer = grade(&place, &["--engine", engine]);
        assert_eq!((answer.code, &*answer.stdout), (Some(2), ""), "{answer:?}");
        says(&answer.stderr, &[engine, "no points"]);
    }
    assert!(!place.path().join(RESULTS).exists());
}

#[test]
fn files_that_are_no_source_are_told_what_they_are() {
    let place = class();
    let utf16: Vec<u8> = "fn main() {}\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [&[0xff, 0xfe], &*utf16].concat();
    let files: [(&str, Vec<u8>, &str); 6] = [
        ("empty", Vec::new(), "this file is empty"),
        (
            "marked",
            marked,
            "this file is not UTF-8 text (it looks like UTF-16): save it as UTF-8",
        ),
        (
            "unmarked",
            utf16,
            "this file is not UTF-8 text (it looks like UTF-16): save it as UTF-8",
        ),
        (
            "latin",
            b"// caf\xe9\n".to_vec(),
            "this file is not UTF-8 text: save it as UTF-8: look at line 1",
        ),
        (
            "zero",
            b"fn main() {}\n\0\n".to_vec(),
            "this file contains a NUL, which no text does: look at line 2",
        ),
        (
            "huge",
            b"// and so on\n".repeat(30_000),
            "this file is larger than 256 KiB",
        ),
    ];
    for (name, bytes, _) in &files {
        place.write(&format!("class/{name}/race_counter.rs"), bytes);
    }
    let answer = grade(&place, &[]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let grades = place.read(&format!("{RESULTS}/grades.csv"));
    for (name, _, what) in &files {
        let row = grades
            .lines()
            .find(|line| line.starts_with(&format!("{name},")));
        says(row.expect("a row"), &["rejected", what]);
        let feedback = place.read(&format!("{RESULTS}/feedback/{name}/race_counter.txt"));
        assert_eq!(feedback.matches(what).count(), 1, "{feedback}");
    }
}
