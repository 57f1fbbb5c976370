//! Programs that want more than they should have: what they cannot do while they are compiled and run, and that whoever
//! judges them believes nothing that they make up.
//!
//! The rules for what a program may contain are not applied here: these programs show what holds without them.

mod compile;
mod degraded;
mod forgery;
mod run;
mod traces;

use crate::door::{Answer, Place};

/// Checks a program in the sandbox.
fn checked(program: &str) -> Answer {
    let place = Place::with(&[("program.rs", program)]);
    place.run(&["check", "program.rs", "--confined", "--format", "json"])
}

/// Checks a program that asserts what must be refused.
#[track_caller]
fn holds(program: &str) {
    let answer = checked(program);
    assert_eq!(answer.verdict(), "pass", "{answer:?}");
}
