//! Programs that are too big for a proof: several processes look for bugs, and what they report is repeatable.

use super::snapshot;
use crate::door::{Answer, Place};

/// Ten threads pass in any order, and `END` looks at it.
fn crowd(end: &str) -> String {
    const PROGRAM: &str = "\
use std::sync::{Arc, Mutex};
use std::thread;

fn look(order: &[usize]) {
    END
}

fn main() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let visit = |number| {
        let order = Arc::clone(&order);
        move || {
            for _ in 0..2 {
                let mut order = order.lock().unwrap();
                order.push(number);
                look(&order);
            }
        }
    };
    let threads: Vec<_> = (0..10).map(|number| thread::spawn(visit(number))).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
";
    PROGRAM.replace("END", end)
}

/// One order of three in about a thousand.
const RARE: &str = "[9, 4, 7]";
/// Enough for the portfolio to meet it, on the slowest machine.
const LIMIT: &[&str] = &["--max-interleavings", "40000", "--budget", "300"];

/// What `check crowd.rs` comes to with so many jobs, and the place where it was.
fn checked(end: &str, jobs: &str, arguments: &[&str]) -> (Answer, Place) {
    let place = Place::with(&[("crowd.rs", &crowd(end))]);
    let always = ["check", "crowd.rs", "--jobs", jobs];
    let answer = place.run(&[&always[..], arguments].concat());
    (answer, place)
}

/// The same, with one job, after two and three have come to the same.
fn however_many(end: &str, arguments: &[&str]) -> (Answer, Place) {
    let [one, two, three] = ["1", "2", "3"].map(|jobs| checked(end, jobs, arguments));
    // With the name of the stored run, which is a hash of its contents.
    assert_eq!(one.0.stdout, two.0.stdout);
    assert_eq!(one.0.stdout, three.0.stdout);
    one
}

/// Without a terminal there is at most the remark of a first run, that the stand-in is prepared.
fn shows_no_progress(answer: &Answer) {
    let drawn = answer.stderr.contains(['\r', '\u{1b}']) || answer.stderr.contains(" left");
    assert!(!drawn, "{answer:?}");
}

#[test]
fn a_bug_beyond_the_systematic_search_is_found_and_replays() {
    let end = format!("assert_ne!(order, {RARE});");
    let (found, place) = however_many(&end, LIMIT);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.stdout.contains("dpor, then portfolio"), "{found:?}");
    shows_no_progress(&found);
    let replayed = place.run(&["replay", &place.stored_run()]);
    assert_eq!(replayed.code, Some(1), "{replayed:?}");
    assert!(replayed.stdout.contains(RARE), "{replayed:?}");
}

#[test]
fn a_program_that_dies_while_several_hunt_is_reported_like_any_other() {
    let end = format!("if order == {RARE} {{ std::process::abort() }}");
    let (found, _) = however_many(&end, LIMIT);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(found.stdout.contains("aborts the process"), "{found:?}");
}

#[test]
fn a_thread_that_runs_on_for_ever_ends_a_hunt() {
    let end = format!("while order == {RARE} {{}}");
    let arguments = [LIMIT, &["--format", "json"]].concat();
    let (found, _) = checked(&end, "2", &arguments);
    assert_eq!(found.verdict(), "fail endless_loop", "{found:?}");
}

#[test]
fn without_a_bug_nothing_is_claimed() {
    let (none, _) = however_many(
        "assert!(order.len() <= 20);",
        &["--max-interleavings", "8000"],
    );
    assert_eq!(none.code, Some(3), "{none:?}");
    snapshot::compare_one("plain", "too_big_to_prove", &none.stdout);
}

#[test]
fn a_small_budget_is_no_verdict() {
    let arguments = ["--budget", "1", "--format", "json"];
    let (none, _) = checked("assert!(order.len() <= 20);", "2", &arguments);
    assert_eq!(none.code, Some(3), "{none:?}");
    shows_no_progress(&none);
    assert_eq!(none.verdict(), "inconclusive");
    let search = &none.json()["search"];
    assert_eq!(search["truncated_by"], "budget");
    assert_eq!(search["complete"], false);
    let notes = none.json()["notes"].to_string();
    assert!(notes.contains("not proved: "), "{notes}");
}

#[test]
fn sixty_four_threads_are_no_hindrance() {
    let program = crowd("assert!(order.len() <= 126);").replace("0..10", "0..63");
    let place = Place::with(&[("many.rs", &program)]);
    let arguments = [
        "check",
        "many.rs",
        "--jobs",
        "2",
        "--max-interleavings",
        "3000",
    ];
    let answer = place.run(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(answer.verdict(), "inconclusive", "{answer:?}");
    assert_eq!(answer.json()["search"]["interleavings"], 3000);
}

#[test]
fn a_terminal_shows_how_far_it_is() {
    let place = Place::with(&[("crowd.rs", &crowd("assert!(order.len() <= 20);"))]);
    let seen = |arguments: &[&str]| {
        let always = ["check", "crowd.rs", "--budget", "2", "--jobs", "2"];
        let (answer, text) = place.on_terminal(&[&always[..], arguments].concat());
        assert!(!answer.contains('\r'));
        text
    };
    let text = seen(&[]);
    for part in [
        "crowd.rs: about 10^",
        "not provable in the budget",
        "looking for bugs: ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(seen(&["--quiet"]), "");
}
