//! Every fixture says on its first line what must come out.

use crate::door::{self, Place};

/// What the first line of a fixture expects: a verdict, and the class of the bug.
pub fn expected(place: &Place, name: &str) -> String {
    let text = place.read(name);
    let first = text.lines().next().unwrap_or_default();
    let words = first.strip_prefix("//~ expect: ");
    words
        .unwrap_or_else(|| panic!("{name} begins with `{first}`, not with what to expect"))
        .to_string()
}

#[test]
fn every_fixture_gets_the_verdict_on_its_first_line() {
    let place = Place::with_fixtures();
    let names = door::files(place.path(), ".rs");
    assert!(names.len() > 100, "the fixtures are found: {}", names.len());
    let differences = door::in_parallel(&names, |name| {
        let expected = expected(&place, name);
        let answer = place.run(&["check", name, "--format", "json"]);
        if answer.stdout.is_empty() {
            return Some(format!("{name}: expected `{expected}`, got {answer:?}"));
        }
        let got = answer.verdict();
        let wrong = format!(
            "{name}: expected `{expected}`, got `{got}`: {}",
            headline(&answer.json())
        );
        (got != expected).then_some(wrong)
    });
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

/// What is safe does not race: watching it, and what the stand-in does for it, changes no verdict.
#[test]
fn a_watched_program_gets_the_same_verdict() {
    let place = Place::with_fixtures();
    let names = door::files(place.path(), ".rs");
    let differences = door::in_parallel(&names, |name| {
        let expected = expected(&place, name);
        let answer = place.run(&["check", name, "--races", "always", "--format", "json"]);
        let got = answer.verdict();
        (got != expected).then(|| format!("{name}: expected `{expected}`, got `{got}`"))
    });
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

/// Each of them would be right if a load always read the last store.
#[test]
fn only_weak_memory_breaks_what_it_is_to_break() {
    let place = Place::with_fixtures();
    let mut names = door::files(place.path(), ".rs");
    names.retain(|name| name.starts_with("weak_"));
    assert!(names.len() > 50, "the fixtures are found: {}", names.len());
    let wrong = door::in_parallel(&names, |name| {
        let answer = place.run(&["check", name, "--memory", "sc", "--format", "json"]);
        let got = answer.verdict();
        (got != "pass").then(|| format!("{name}: {got}"))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_fixture_that_fails_says_with_which_bug() {
    let place = Place::with_fixtures();
    let vague = door::files(place.path(), ".rs");
    let vague: Vec<_> = vague
        .iter()
        .filter(|name| expected(&place, name) == "fail")
        .collect();
    assert!(vague.is_empty(), "{vague:?}");
}

fn headline(report: &serde_json::Value) -> &str {
    report["bug"]["title"].as_str().unwrap_or_default()
}
