//! Every fixture says on its first line what must come out.

use std::collections::BTreeSet;

use crate::door::{self, Place};

/// What the first line of a fixture expects: a verdict, and the class of the bug; for a memory model of its own where the
/// line says so (`fail data_race, sc: pass`).
pub fn expected(place: &Place, name: &str, memory: &str) -> String {
    let text = place.read(name);
    let first = text.lines().next().unwrap_or_default();
    let words = first.strip_prefix("//~ expect: ");
    let words =
        words.unwrap_or_else(|| panic!("{name} begins with `{first}`, not with what to expect"));
    let mut verdicts = words.split(", ");
    let usual = verdicts.next().unwrap_or_default();
    verdicts
        .find_map(|verdict| verdict.strip_prefix(memory)?.strip_prefix(": "))
        .unwrap_or(usual)
        .to_string()
}

/// The lines of a fixture's race, which are marked.
fn racing(place: &Place, name: &str) -> BTreeSet<u64> {
    let text = place.read(name);
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| line.ends_with("//~ race"))
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn every_fixture_gets_the_verdict_on_its_first_line() {
    let place = Place::with_fixtures();
    let names = door::files(place.path(), ".rs");
    assert!(names.len() > 100, "the fixtures are found: {}", names.len());
    let differences = door::in_parallel(&names, |name| difference(&place, name, "auto"));
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

/// A missing ordering is a race under either memory model.
#[test]
fn every_race_of_plain_memory_is_found_under_both_memory_models() {
    let place = Place::with_fixtures();
    let names = door::files(&place.path().join("races"), ".rs");
    let cases: Vec<_> = names
        .iter()
        .flat_map(|name| ["sc", "c11"].map(|memory| (format!("races/{name}"), memory)))
        .collect();
    let right = cases
        .iter()
        .filter(|(name, _)| expected(&place, name, "auto") == "pass");
    let right = right.count();
    assert!(
        right > 88 && cases.len() - right > 88,
        "the fixtures are found"
    );
    let differences = door::in_parallel(&cases, |(name, memory)| difference(&place, name, memory));
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

/// In what the answer for a fixture differs from what it says.
fn difference(place: &Place, name: &str, memory: &str) -> Option<String> {
    let expected = expected(place, name, memory);
    let answer = place.run(&["check", name, "--memory", memory, "--format", "json"]);
    if answer.stdout.is_empty() {
        return Some(format!("{name}: expected `{expected}`, got {answer:?}"));
    }
    let (got, report) = (answer.verdict(), answer.json());
    if got != expected {
        return Some(format!(
            "{name}, {memory}: expected `{expected}`, got `{got}`: {}",
            headline(&report)
        ));
    }
    let sites = report["bug"]["sites"]
        .as_array()
        .filter(|_| got.ends_with(" data_race"))?;
    let lines: BTreeSet<u64> = sites
        .iter()
        .filter_map(|site| site["line"].as_u64())
        .collect();
    let marked = racing(place, name);
    (lines != marked)
        .then(|| format!("{name}, {memory}: lines {lines:?}, and marked are {marked:?}"))
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
        .filter(|name| expected(&place, name, "auto") == "fail")
        .collect();
    assert!(vague.is_empty(), "{vague:?}");
}

fn headline(report: &serde_json::Value) -> &str {
    report["bug"]["title"].as_str().unwrap_or_default()
}
