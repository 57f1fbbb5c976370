//! `replay` of runs that are missing, broken, or no longer of this program.

use super::{RIGHT, WRONG, refused, says};
use crate::door::Place;

/// A folder with a failing program that has been checked, and the path of its stored run.
fn checked() -> (Place, String) {
    let place = Place::with(&[("wrong.rs", WRONG)]);
    assert_eq!(place.run(&["check", "wrong.rs"]).code, Some(1));
    let run = place.stored_run();
    (place, run)
}

#[test]
fn a_stored_run_is_shown_again_and_confirmed() {
    let (place, run) = checked();
    let before = place.run(&["check", "wrong.rs"]).stdout;
    let again = place.run(&["replay", &run]);
    assert_eq!(again.code, Some(1));
    says(
        &again.stdout,
        &["run again and fails in the same way", "`HITS` ends at 1"],
    );
    let table = |text: &str| {
        let lines = text
            .lines()
            .filter(|line| line.contains('|'))
            .map(str::to_string);
        lines.collect::<Vec<_>>()
    };
    assert_eq!(table(&before), table(&again.stdout));
}

#[test]
fn a_run_of_a_changed_source_is_shown_and_not_confirmed() {
    let (place, run) = checked();
    place.write("wrong.rs", format!("// A new first line.\n{WRONG}"));
    let answer = place.run(&["replay", &run]);
    assert_eq!(answer.code, Some(1));
    says(
        &answer.stdout,
        &[
            "the source has changed since",
            "[wrong.rs:7:",
            "`HITS` ends at 1",
        ],
    );
}

#[test]
fn a_run_of_a_source_that_is_gone_is_shown_and_not_confirmed() {
    let (place, run) = checked();
    std::fs::remove_file(place.path().join("wrong.rs")).expect("it was there");
    let answer = place.run(&["replay", &run]);
    assert_eq!(answer.code, Some(1));
    says(&answer.stdout, &["was not run again", "`HITS` ends at 1"]);
}

#[test]
fn a_run_that_is_missing_or_broken_is_refused() {
    let (place, run) = checked();
    refused(
        &place,
        &["replay", "nowhere.json"],
        &["nowhere.json", "help:"],
    );
    refused(&place, &["replay", "."], &["no stored run", "help:"]);
    let text = place.read(&run);
    for length in [0, 1, text.len() / 3, text.len() - 3] {
        place.write("half.json", &text[..length]);
        refused(
            &place,
            &["replay", "half.json"],
            &["half.json", "this is no stored run", "help:"],
        );
    }
    for other in ["hello", "[]", "{}", "null", "{\"format\":1}"] {
        place.write("other.json", other);
        refused(
            &place,
            &["replay", "other.json"],
            &["other.json", "this is no stored run"],
        );
    }
    place.write("source.json", RIGHT);
    refused(
        &place,
        &["replay", "source.json"],
        &["this is no stored run"],
    );
}

#[test]
fn a_run_of_another_format_names_both() {
    let (place, run) = checked();
    let text = place.read(&run);
    let other = text.replacen("\"format\": 1", "\"format\": 77", 1);
    assert_ne!(text, other);
    place.write("other.json", other);
    refused(
        &place,
        &["replay", "other.json"],
        &["format 77", "format 1", "help:"],
    );
}

#[test]
fn numbers_that_point_nowhere_are_no_panic() {
    let (place, run) = checked();
    let text = place.read(&run);
    for field in ["thread", "object", "line", "column", "spawned_by", "file"] {
        let wild = wild(&text, field);
        place.write("wild.json", wild);
        let answer = place.run(&["replay", "wild.json"]);
        assert!(matches!(answer.code, Some(1 | 2)), "{field}: {answer:?}");
        assert!(
            !answer.stderr.contains("panicked"),
            "{field}: {}",
            answer.stderr
        );
    }
}

/// `text` with a large number for every number of this field.
fn wild(text: &str, field: &str) -> String {
    let mark = format!("\"{field}\": ");
    let mut parts = text.split(mark.as_str());
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |done, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = if rest.len() < part.len() {
            "987654321"
        } else {
            ""
        };
        done + &mark + number + rest
    })
}
