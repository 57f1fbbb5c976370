//! Every exit code of the contract, by the shortest way to it.

use super::{LONG, RIGHT, WRONG};
use crate::door::{Place, answer};

/// `std::net` is no part of the model.
const UNMODELLED: &str = "\
fn main() {
    let _listener = std::net::TcpListener::bind(\"127.0.0.1:0\");
}
";

fn code(text: &str, more: &[&str]) -> (Option<i32>, String) {
    let place = Place::with(&[("program.rs", text)]);
    let arguments = [&["check", "program.rs", "--format", "json"], more].concat();
    let answer = place.run(&arguments);
    (answer.code, answer.verdict())
}

fn ends(code: i32, verdict: &str) -> (Option<i32>, String) {
    (Some(code), verdict.to_string())
}

#[test]
fn zero_no_bug_was_found() {
    assert_eq!(code(RIGHT, &[]), ends(0, "pass"));
}

#[test]
fn one_a_bug_was_found() {
    assert_eq!(code(WRONG, &[]), ends(1, "fail lost_update"));
}

#[test]
fn one_it_does_not_compile() {
    assert_eq!(code("fn main() { 1 }", &[]), ends(1, "does_not_compile"));
}

#[test]
fn one_the_worst_of_several() {
    let place = Place::with(&[("right.rs", RIGHT), ("wrong.rs", WRONG), ("long.rs", LONG)]);
    let names = [
        "check", "wrong.rs", "right.rs", "long.rs", "--budget", "0.2",
    ];
    assert_eq!(place.run(&names).code, Some(1));
}

#[test]
fn two_the_request_is_wrong() {
    assert_eq!(Place::empty().run(&["check", "nowhere.rs"]).code, Some(2));
}

#[test]
fn three_the_budget_ran_out() {
    assert_eq!(code(LONG, &["--budget", "0.2"]), ends(3, "inconclusive"));
}

#[test]
fn three_something_is_not_modelled() {
    assert_eq!(code(UNMODELLED, &[]), ends(3, "unmodelled"));
}

/// Nothing can be compiled where no temporary file can be made, and that is no verdict on the program.
#[test]
fn seventy_our_fault() {
    let place = Place::with(&[("program.rs", RIGHT)]);
    let mut command = place.command(&["check", "program.rs"]);
    let answer = answer(command.env("TMPDIR", place.path().join("nowhere")));
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(70), ""));
    assert!(
        answer.stderr.contains("not of your program"),
        "{}",
        answer.stderr
    );
}
