//! What a graded answer may use is enough for any program that has no business outside of itself.

use crate::door::{self, Place};
use crate::programs::verdicts::expected;

/// Fixtures with something that a graded answer may not have, and what is said of it.
const REFUSED: &[(&str, &str, &str)] = &[
    ("core_by_any_name.rs", "rejected", "`extern`"),
    ("core_without_prelude.rs", "rejected", "#![no_std]"),
    ("crash_abort.rs", "unmodelled", ""),
    ("exit_code.rs", "unmodelled", ""),
    ("exit_zero.rs", "unmodelled", ""),
    ("races/wide_vector.rs", "rejected", "insides of std"),
];

#[test]
fn a_program_gets_the_same_verdict_with_what_is_allowed() {
    let place = Place::with_fixtures();
    let names = door::files(place.path(), ".rs");
    let differences = door::in_parallel(&names, |name| {
        let answer = place.run(&["check", name, "--strict", "--format", "json"]);
        let refused = REFUSED.iter().find(|(refused, ..)| refused == name);
        let (wanted, says) = match refused {
            Some((_, verdict, says)) => (verdict.to_string(), *says),
            None => (expected(&place, name, "auto"), ""),
        };
        if answer.stdout.is_empty() {
            return Some(format!("{name}: {answer:?}"));
        }
        let got = answer.verdict();
        let right = got == wanted && answer.json()["notes"].to_string().contains(says);
        (!right).then(|| {
            format!(
                "{name}: expected `{wanted}`, got `{got}`\n{}",
                answer.stdout
            )
        })
    });
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}
