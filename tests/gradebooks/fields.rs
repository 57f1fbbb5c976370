//! The fields that each platform documents: names, types, values, and what must not be there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{HOSTILE, of_nobody, refused, right, ungraded, written, wrong};
use crate::reports::record::Record;

fn json(format: &str, records: &[Record]) -> Value {
    let text = written(format, records);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What the reporter of GitHub Classroom decodes.
fn classroom(records: &[Record]) -> Value {
    let text = written("classroom", records);
    let bytes = STANDARD
        .decode(text.trim_end())
        .expect("one line of base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Fails for a key that is not in `known`.
fn only(value: &Value, known: &[&str]) {
    let object = value.as_object().expect("an object");
    let strange: Vec<&String> = object
        .keys()
        .filter(|key| !known.contains(&key.as_str()))
        .collect();
    assert!(strange.is_empty(), "unknown fields {strange:?}");
}

fn is_one_of(value: &Value, known: &[&str]) {
    let text = value.as_str().expect("a text");
    assert!(known.contains(&text), "{text} is none of {known:?}");
}

/// Gradescope's table of fields.
pub fn check_gradescope(results: &Value) {
    const VISIBILITY: [&str; 4] = ["hidden", "after_due_date", "after_published", "visible"];
    const FORMAT: [&str; 5] = ["text", "html", "simple_format", "md", "ansi"];
    only(
        results,
        &[
            "score",
            "execution_time",
            "output",
            "output_format",
            "test_output_format",
            "test_name_format",
            "visibility",
            "stdout_visibility",
            "extra_data",
            "tests",
            "leaderboard",
        ],
    );
    is_one_of(&results["visibility"], &VISIBILITY);
    is_one_of(&results["stdout_visibility"], &VISIBILITY);
    is_one_of(&results["output_format"], &FORMAT);
    is_one_of(&results["test_output_format"], &FORMAT);
    assert!(results["output"].is_string());
    assert!(results.get("score").is_none_or(Value::is_number));
    assert!(results.get("extra_data").is_none_or(Value::is_object));
    for test in results["tests"].as_array().expect("tests") {
        only(
            test,
            &[
                "score",
                "max_score",
                "status",
                "name",
                "name_format",
                "number",
                "output",
                "output_format",
                "tags",
                "visibility",
                "extra_data",
            ],
        );
        assert!(test["name"].is_string() && test["output"].is_string());
        assert!(test.get("score").is_none_or(Value::is_number));
        assert_eq!(test.get("score").is_some(), test.get("max_score").is_some());
        if let Some(status) = test.get("status") {
            is_one_of(status, &["passed", "failed"]);
        }
        is_one_of(&test["visibility"], &VISIBILITY);
        is_one_of(&test["output_format"], &FORMAT);
    }
}

#[test]
fn gradescope_gets_a_test_for_each_line_of_the_rubric() {
    let records = [
        wrong("alice", "race_counter"),
        right("alice", "bank_account"),
    ];
    let results = json("gradescope", &records);
    check_gradescope(&results);
    assert_eq!(results["score"], 14);
    let tests = results["tests"].as_array().expect("tests");
    let sum: u64 = tests.iter().filter_map(|test| test["score"].as_u64()).sum();
    assert_eq!(sum, 14, "the points of the tests are the total");
    insta::assert_snapshot!(written("gradescope", &records));
}

/// Gradescope records no points for results without any, and tells the instructor; a 0 it would believe.
#[test]
fn gradescope_gets_no_points_where_one_answer_is_not_graded() {
    let records = [
        right("alice", "bank_account"),
        ungraded("alice", "race_counter"),
    ];
    let results = json("gradescope", &records);
    check_gradescope(&results);
    assert_eq!(results.get("score"), None);
    let tests = results["tests"].as_array().expect("tests");
    assert!(tests.iter().any(|test| test.get("score").is_none()));
    let output = results["output"].as_str().expect("output");
    assert!(
        output.contains("NOT GRADED: the checker ran out of time"),
        "{output}"
    );
    assert!(output.contains("not zero points"), "{output}");
}

#[test]
fn gradescope_gets_a_total_where_nothing_was_handed_in() {
    let results = json("gradescope", &[]);
    check_gradescope(&results);
    assert_eq!(results["score"], 0);
    let output = results["output"].as_str().expect("output");
    assert!(output.contains("no file of this submission"), "{output}");
}

#[test]
fn what_students_read_has_no_flags_for_the_instructor() {
    let mut record = wrong("alice", "race_counter");
    let grade = record.grade.as_mut().expect("graded");
    grade.review = vec!["line 3 looks odd".to_string()];
    grade.remarks = vec!["`check.rs` was ignored".to_string()];
    let results = json("gradescope", &[record]);
    let shown = format!("{}{}", results["output"], results["tests"]);
    assert!(shown.contains("was ignored") && !shown.contains("looks odd"));
    assert!(results["extra_data"].to_string().contains("looks odd"));
}

/// Exercism's table of fields, version 3.
pub fn check_exercism(results: &Value) {
    only(results, &["version", "status", "message", "tests"]);
    assert_eq!(results["version"], 3);
    is_one_of(&results["status"], &["pass", "fail", "error"]);
    let is_error = results["status"] == "error";
    assert_eq!(
        results["message"].is_string(),
        is_error,
        "a message says why nothing ran"
    );
    for test in results["tests"].as_array().expect("tests") {
        only(
            test,
            &[
                "name",
                "status",
                "message",
                "output",
                "test_code",
                "task_id",
            ],
        );
        assert!(test["name"].is_string() && test["test_code"].is_string());
        is_one_of(&test["status"], &["pass", "fail", "error"]);
        let output = test["output"].as_str().unwrap_or_default();
        assert!(output.chars().count() <= 500);
        assert!(test["status"] != "pass" || test["message"].is_null());
    }
}

#[test]
fn exercism_gets_its_three_statuses() {
    let cases = [
        (right("alice", "race_counter"), "pass"),
        (wrong("alice", "race_counter"), "fail"),
        (refused("alice", "race_counter"), "error"),
        (ungraded("alice", "race_counter"), "error"),
    ];
    for (record, status) in cases {
        for record in [record.clone(), of_nobody(record)] {
            let results = json("exercism", &[record]);
            check_exercism(&results);
            assert_eq!(results["status"], status);
        }
    }
    insta::assert_snapshot!(written("exercism", &[wrong("alice", "race_counter")]));
}

#[test]
fn no_answer_is_no_pass() {
    let results = json("exercism", &[]);
    check_exercism(&results);
    assert_eq!(results["status"], "error");
    assert_eq!(classroom(&[])["status"], "error");
}

/// The table of the reporter of GitHub Classroom.
fn check_classroom(results: &Value) {
    only(results, &["version", "status", "max_score", "tests"]);
    is_one_of(&results["status"], &["pass", "fail", "error"]);
    assert!(results["version"].is_u64() && results["max_score"].is_u64());
    for test in results["tests"].as_array().expect("tests") {
        only(
            test,
            &[
                "name",
                "status",
                "score",
                "message",
                "test_code",
                "filename",
                "line_no",
                "duration",
            ],
        );
        is_one_of(&test["status"], &["pass", "fail", "error"]);
        assert!(test["score"].is_u64() && test["line_no"].is_u64() && test["duration"].is_u64());
        assert!(test["name"].is_string() && test["message"].is_string());
        assert!(test["test_code"].is_string() && test["filename"].is_string());
    }
}

#[test]
fn classroom_gets_points_and_the_line() {
    let results = classroom(&[wrong("alice", "race_counter")]);
    check_classroom(&results);
    assert_eq!(results["status"], "fail");
    assert_eq!(results["max_score"], 10);
    let tests = results["tests"].as_array().expect("tests");
    let sum: u64 = tests.iter().filter_map(|test| test["score"].as_u64()).sum();
    assert_eq!(sum, 4);
    assert_ne!(tests[0]["line_no"], 0);
    insta::assert_snapshot!(serde_json::to_string_pretty(&results).expect("JSON"));
}

/// The reporter reports points if there is a `max_score`, and makes the job fail for `error`.
#[test]
fn classroom_gets_no_points_where_an_answer_is_not_graded() {
    let results = classroom(&[
        right("alice", "bank_account"),
        ungraded("alice", "race_counter"),
    ]);
    check_classroom(&results);
    assert_eq!(results["status"], "error");
    assert_eq!(results["max_score"], 0);
}

#[test]
fn names_and_messages_are_data_everywhere() {
    for name in HOSTILE {
        let mut record = wrong(name, "race_counter");
        record.words.feedback = format!("{name}\n::error::{name}\n##[error]{name}\n");
        let other = right("somebody else", "race_counter");
        let records = [record, other];
        check_gradescope(&json("gradescope", &records));
        check_exercism(&json("exercism", &records));
        let results = classroom(&records);
        check_classroom(&results);
        for test in results["tests"].as_array().expect("tests") {
            for key in ["name", "message"] {
                let text = test[key].as_str().expect("text");
                let obeyed =
                    |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
                assert!(!text.lines().any(obeyed), "{text}");
            }
        }
    }
}

/// Several students in one file can be told apart.
#[test]
fn tests_of_many_students_have_their_names() {
    let records = [right("alice", "race_counter"), right("bob", "race_counter")];
    for results in [
        json("gradescope", &records),
        json("exercism", &records),
        classroom(&records),
    ] {
        let names: Vec<&str> = results["tests"]
            .as_array()
            .expect("tests")
            .iter()
            .filter_map(|test| test["name"].as_str())
            .collect();
        assert!(
            names[0].starts_with("alice: race_counter: ")
                && names[3].starts_with("bob: race_counter: "),
            "{names:?}"
        );
    }
}
