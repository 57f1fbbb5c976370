//! What is printed of a class in the end, and its summary.

use serde_json::Value;

use super::small::{class, course_file, graded};
use crate::door::Place;

/// Two exercises, bugs of two classes (one of them in two answers), a file that nobody can grade.
fn varied() -> Place {
    let place = class();
    let two_locks = "solutions/02_shared_state/bank_account/wrong/unlock_between.rs";
    place.write("class/ada/bank_account.rs", course_file(two_locks));
    place.write(
        "class/bob/lock_order.rs",
        course_file("solutions/04_deadlocks/lock_order/wrong/same_account_twice.rs"),
    );
    place.write(
        "class/dora/bank_account.rs",
        course_file("exercises/02_shared_state/bank_account/exercise.rs"),
    );
    place.write(
        "class/carol/bank_account.rs",
        course_file("exercises/02_shared_state/bank_account/exercise.rs"),
    );
    place.write("class/notes.txt", "who is ill");
    place.write("class/ada/lab report.rs", "fn main() {}");
    place
}

/// Whether there is a sandbox depends on the machine.
fn anywhere(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    lines
        .filter(|line| !line.starts_with("UNSANDBOXED"))
        .collect()
}

#[test]
fn people_are_told_what_matters() {
    let place = varied();
    let answer = place.run(&["grade", "class"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let summary = place.run(&["summary", "class-results"]);
    assert_eq!(summary.stdout, place.read("class-results/summary.txt"));
    let colored = place.run(&["summary", "class-results", "--color", "always"]);
    assert!(
        colored.stdout.contains("\u{1b}[1mbugs\u{1b}[0m"),
        "{}",
        colored.stdout
    );
    insta::assert_snapshot!("the_end_of_grade", anywhere(&answer.stdout));
    insta::assert_snapshot!("summary", anywhere(&summary.stdout));
    insta::assert_snapshot!("unmatched", place.read("class-results/unmatched.txt"));
    let feedback = place.read("class-results/feedback/ada/bank_account.txt");
    insta::assert_snapshot!("feedback", feedback);
}

#[test]
fn a_summary_is_json_too_and_nothing_else() {
    let place = varied();
    graded(&place);
    let answer = place.run(&["summary", "class-results", "--format", "json"]);
    let summary = answer.json();
    assert_eq!(summary["students"], 5);
    assert_eq!(summary["submissions"], 9);
    assert_eq!(summary["identical"][0]["is_starter"], true);
    let classes = summary["bugs"].as_array().expect("a list").iter();
    let counts: Vec<(&Value, &Value)> = classes.map(|it| (&it["class"], &it["answers"])).collect();
    assert_eq!(
        counts[0],
        (&Value::from("check_then_act"), &Value::from(3)),
        "{counts:?}"
    );
    let csv = place.run(&["summary", "class-results", "--format", "csv"]);
    assert_eq!(csv.code, Some(2), "{csv:?}");
    assert!(csv.stderr.contains("`threadlings merge`"), "{csv:?}");
}

#[test]
fn a_folder_that_is_given_by_its_full_path_is_the_same() {
    let place = class();
    let whole = graded(&place);
    let full = place.path().join("class").display().to_string();
    let answer = place.run(&["grade", &full, "--format", "json"]);
    assert_eq!(super::small::timeless(&answer.stdout), whole);
    assert!(
        whole.contains("\"path\":\"class/ada/race_counter.rs\""),
        "{whole}"
    );
}

#[test]
fn results_that_lie_among_the_submissions_are_none() {
    let place = class();
    let run = || {
        let mut command = place.command(&["grade", ".", "--format", "json", "--course", ".."]);
        command.current_dir(place.path().join("class"));
        crate::door::answer(&mut command)
    };
    let first = run();
    assert_eq!(first.code, Some(0), "{first:?}");
    let second = run();
    assert_eq!(first.stdout, second.stdout);
    assert!(!second.stderr.contains("not graded"), "{second:?}");
}

#[test]
fn a_terminal_shows_how_far_it_is_and_a_file_each_result() {
    let place = class();
    let (stdout, seen) = place.on_terminal(&["grade", "class"]);
    assert!(seen.contains("4/5") && seen.contains("/min  "), "{seen:?}");
    assert!(seen.contains("2 pass, "), "{seen:?}");
    assert!(!seen.contains("ada race_counter"), "{seen:?}");
    assert!(!stdout.contains('\r'), "{stdout:?}");
    let (_, seen) = place.on_terminal(&["grade", "class", "--force", "--quiet"]);
    assert_eq!(seen, "");
    let quiet = place.run(&["grade", "class", "--force", "--quiet"]);
    assert_eq!(quiet.stderr, "");
}
