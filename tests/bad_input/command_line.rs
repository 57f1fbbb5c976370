//! Options that make no sense, and those that decide how a report looks.

use super::{LONG, RIGHT, WRONG, refused, says};
use crate::door::{Answer, Place, answer};

#[test]
fn what_is_not_understood_is_refused() {
    let place = Place::with(&[("right.rs", RIGHT)]);
    refused(
        &place,
        &["chekc"],
        &["unrecognized subcommand 'chekc'", "check"],
    );
    refused(
        &place,
        &["check", "--colour"],
        &["unexpected argument '--colour'"],
    );
    refused(
        &place,
        &["check", "right.rs", "--format", "xml"],
        &["invalid value 'xml'", "json"],
    );
    refused(
        &place,
        &["check", "right.rs", "--edition", "2020"],
        &["invalid value '2020'"],
    );
    refused(&place, &["check", "right.rs", "--seed", "-1"], &["-1"]);
    refused(&place, &["explain"], &["<CODE>"]);
}

#[test]
fn a_budget_is_a_positive_number_of_seconds() {
    let place = Place::with(&[("right.rs", RIGHT)]);
    for budget in ["0", "-1", "abc", "NaN", "inf", "1e300", ""] {
        let argument = format!("--budget={budget}");
        refused(&place, &["check", "right.rs", &argument], &["--budget"]);
    }
    assert_eq!(
        place.run(&["check", "right.rs", "--budget", "2.5"]).code,
        Some(0)
    );
}

#[test]
fn a_limit_that_is_hit_is_no_verdict() {
    let place = Place::with(&[("right.rs", RIGHT), ("long.rs", LONG)]);
    refused(
        &place,
        &["check", "right.rs", "--max-interleavings", "0"],
        &["--max-interleavings"],
    );
    let one = place.run(&[
        "check",
        "right.rs",
        "--max-interleavings",
        "1",
        "--format",
        "json",
    ]);
    assert_eq!(
        (one.code, one.verdict().as_str()),
        (Some(3), "inconclusive")
    );
    assert_eq!(one.json()["search"]["truncated_by"], "interleavings");
    let short = place.run(&["check", "long.rs", "--budget", "0.2", "--format", "json"]);
    assert_eq!(
        (short.code, short.verdict().as_str()),
        (Some(3), "inconclusive")
    );
    assert_eq!(short.json()["search"]["truncated_by"], "budget");
    assert_eq!(short.json()["search"]["complete"], false);
}

#[test]
fn a_code_that_has_no_page_gets_the_list() {
    refused(
        &Place::empty(),
        &["explain", "TL9999"],
        &["no page for `TL9999`", "TL0302 deadlock"],
    );
}

#[test]
fn codes_and_classes_name_the_same_page_in_any_case() {
    let place = Place::empty();
    let page = place.run(&["explain", "TL0302"]).stdout;
    for name in ["deadlock", "tl0302"] {
        assert_eq!(place.run(&["explain", name]).stdout, page, "{name}");
    }
}

/// What `check` prints with these variables and arguments.
fn with(variables: &[(&str, &str)], arguments: &[&str]) -> Answer {
    let place = Place::with(&[("wrong.rs", WRONG)]);
    let mut command = place.command(&[&["check", "wrong.rs"], arguments].concat());
    answer(command.envs(variables.iter().copied()))
}

#[test]
fn colour_is_for_those_who_ask_for_it() {
    let coloured =
        |variables: &[_], arguments: &[_]| with(variables, arguments).stdout.contains('\u{1b}');
    let (no, force) = (("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1"));
    assert!(!coloured(&[], &[]), "a pipe");
    assert!(coloured(&[force], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0")], &[]));
    assert!(!coloured(&[no, force], &[]));
    assert!(!coloured(&[("NO_COLOR", "")], &[]), "a pipe");
    assert!(coloured(&[no], &["--color", "always"]));
    assert!(!coloured(&[force], &["--color", "never"]));
    assert!(
        !coloured(&[force], &["--format", "json"]),
        "JSON has no colours"
    );
}

#[test]
fn colour_is_all_that_colour_changes_for_rustc() {
    let place = Place::with(&[("slip.rs", "fn main() { let x = ; }\n")]);
    let plain = place.run(&["check", "slip.rs"]);
    let fancy = place.run(&["check", "slip.rs", "--color", "always"]);
    assert!(!plain.stdout.contains('\u{1b}') && fancy.stdout.contains('\u{1b}'));
    says(&fancy.stdout, &["expected expression"]);
}

#[test]
fn quiet_leaves_the_result() {
    let place = Place::with(&[("right.rs", RIGHT)]);
    let mut command = place.command(&["check", "right.rs", "--quiet"]);
    let cold = answer(command.env("THREADLINGS_CACHE", place.path().join("cold")));
    assert_eq!((cold.code, cold.stderr.as_str()), (Some(0), ""));
    says(&cold.stdout, &["proved"]);
}
