//! Machines that offer less of a sandbox: every result says so, and who wants it judges nothing there.

use serde_json::Value;

use crate::door::{Answer, Place, answer};

/// Grades a class of one, without the layers of these names.
fn graded(without: &str, more: &[&str]) -> Answer {
    let place = Place::with_course();
    let solution = place.read("solutions/02_shared_state/race_counter/solution.rs");
    place.write("class/alice/race_counter.rs", solution);
    let arguments = ["grade", "class", "--format", "json", "--quiet"];
    let mut command = place.command(&[&arguments, more].concat());
    answer(command.env("THREADLINGS_WITHOUT", without))
}

/// What the only result says of the sandbox. It is right in any case.
#[track_caller]
fn sandbox(answer: &Answer) -> String {
    let line = answer.stdout.lines().next().expect("a result");
    let record: Value = serde_json::from_str(line).expect("a line is a record");
    assert_eq!(record["verdict"], "pass", "{answer:?}");
    record["sandbox"].as_str().expect("a text").to_string()
}

#[test]
fn a_result_says_which_layers_held() {
    let held = sandbox(&graded("", &["--require-sandbox"]));
    assert!(held.starts_with("landlock="), "{held}");
    assert!(held.ends_with(" seccomp=2 rlimits=1"), "{held}");
}

#[test]
fn a_result_says_loudly_which_layers_did_not_hold() {
    for (without, told) in [
        (
            "landlock",
            "UNSANDBOXED: landlock was switched off (landlock=0 seccomp=2 rlimits=1)",
        ),
        (
            "landlock, seccomp,rlimits",
            "UNSANDBOXED: landlock was switched off; seccomp was switched off; rlimits was switched off",
        ),
    ] {
        assert_eq!(sandbox(&graded(without, &[])), told);
    }
    let held = sandbox(&graded("seccomp", &[]));
    assert!(
        held.starts_with("UNSANDBOXED: seccomp was switched off"),
        "{held}"
    );
}

#[test]
fn where_a_sandbox_is_required_nothing_is_judged_without_it() {
    for without in ["landlock", "seccomp", "landlock,seccomp"] {
        let answer = graded(without, &["--require-sandbox"]);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        assert_eq!(answer.stdout, "");
        assert!(
            answer
                .stderr
                .contains("there is no sandbox on this machine"),
            "{answer:?}"
        );
    }
}

#[test]
fn an_engine_without_a_sandbox_does_not_grade() {
    let answer = graded("", &["--engine", "native"]);
    assert!(!answer.stdout.contains("\"pass\""), "{answer:?}");
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert!(answer.stderr.contains("the engine `native`"), "{answer:?}");
}
