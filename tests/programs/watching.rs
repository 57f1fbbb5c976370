//! What a report says of data races in plain memory that were not looked for, or not everywhere. How the reports of races
//! themselves read is a matter of `reports.rs`.

use crate::door::Place;

/// The notes of a check of `joined.rs`.
fn notes(options: &[&str]) -> String {
    let place = Place::with_fixtures();
    let check = ["check", "race_reports/joined.rs", "--format", "json"];
    let answer = place.run(&[&check, options].concat());
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
