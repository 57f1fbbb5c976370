//! `exercise.toml`: what an author says about an exercise, and the rules it has to keep.

use std::path::Path;

use serde::Deserialize;

use crate::failure::Problem;

/// The contents of `exercise.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Stable name, equal to the folder's.
    pub id: String,
    /// One line.
    pub title: String,
    /// The chapter's title.
    pub chapter: String,
    /// What it teaches.
    pub concepts: Vec<String>,
    /// From 1 to 5.
    pub difficulty: u8,
    /// Ids of exercises that come before.
    pub prerequisites: Vec<String>,
    /// Time for one check, in seconds.
    pub budget_seconds: u64,
    /// Whether a submission may contain `unsafe`.
    pub allow_unsafe: bool,
    /// Goals that at least one execution has to reach.
    pub must_reach: Vec<String>,
    /// What the untouched exercise must be reported as.
    pub starter: Declared,
    /// A question, a direction, almost the answer.
    pub hints: [String; 3],
    /// What a solution is worth.
    pub points: Points,
    /// The checks, in the order in which they decide.
    pub scenarios: Vec<Scenario>,
}

/// A bug that must be found.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// As in the JSON report (`lost_update`).
    pub class: String,
    /// As in the report (`TL0201`).
    pub code: String,
}

/// The worth of a solution.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// The sum of the rubric.
    pub total: u32,
    /// How they are divided.
    pub rubric: Rubric,
}

/// Points for each virtue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Nothing wrong happens.
    pub safety: u32,
    /// Something right happens in the end.
    pub liveness: u32,
    /// What can happen at the same time does.
    pub concurrency: u32,
}

/// One function of `check.rs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Whether more than one interleaving must exist.
    #[serde(default)]
    pub concurrent: bool,
}

/// Parses the manifest `text`, which was read from `path` in the folder `folder_name`.
///
/// # Errors
/// With file, line and remedy when it is not TOML, lacks a field, has an unknown one, or breaks a rule.
pub fn parse(text: &str, path: &Path, folder_name: &str) -> Result<Manifest, Problem> {
    let manifest: Manifest = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text[..start].matches('\n').count() + 1;
        let message = error.message().trim().replace('\n', " ");
        Problem::at(path, Some(line), message).help(
            "CONTRIBUTING.md lists the fields of a manifest, and another exercise is an example",
        )
    })?;
    match broken_rule(&manifest, folder_name) {
        Some((key, what)) => {
            Err(Problem::at(path, line_of(text, key), what)
                .help("correct this field of the manifest"))
        }
        None => Ok(manifest),
    }
}

/// The first rule that types do not express and `manifest` breaks: the field, and what is wrong with it.
fn broken_rule(manifest: &Manifest, folder_name: &str) -> Option<(&'static str, String)> {
    let rubric = &manifest.points.rubric;
    let sum = [rubric.safety, rubric.liveness, rubric.concurrency]
        .iter()
        .fold(0u32, |sum, points| sum.saturating_add(*points));
    let texts = [("title", &manifest.title), ("chapter", &manifest.chapter)];
    if manifest.id != folder_name {
        let id = &manifest.id;
        return Some((
            "id",
            format!("the id `{id}` must be the name of the folder, `{folder_name}`"),
        ));
    }
    if let Some((key, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
        return Some((key, format!("`{key}` is empty")));
    }
    if !(1..=5).contains(&manifest.difficulty) {
        let difficulty = manifest.difficulty;
        return Some((
            "difficulty",
            format!("the difficulty {difficulty} is not between 1 and 5"),
        ));
    }
    if manifest.budget_seconds == 0 {
        return Some((
            "budget_seconds",
            "a budget of 0 seconds leaves no time for a check".into(),
        ));
    }
    if manifest.hints.iter().any(|hint| hint.trim().is_empty()) {
        return Some(("hints", "a hint is empty".into()));
    }
    if manifest.points.total != sum {
        let total = manifest.points.total;
        return Some((
            "total",
            format!("the total is {total} points, but the rubric adds up to {sum}"),
        ));
    }
    if manifest.scenarios.is_empty() {
        return Some((
            "scenarios",
            "no scenario is listed, so nothing would be checked".into(),
        ));
    }
    None
}

/// The line, from 1, on which the field `key` is given.
fn line_of(text: &str, key: &str) -> Option<usize> {
    text.lines()
        .position(|line| line.trim_start().trim_start_matches('[').starts_with(key))
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::parse;

    const SOUND: &str = include_str!("../../exercises/02_shared_state/race_counter/exercise.toml");

    fn parsed(text: &str) -> bool {
        parse(text, Path::new("exercise.toml"), "race_counter").is_ok()
    }

    #[test]
    fn the_manifest_that_is_changed_below_is_sound() {
        assert!(parsed(SOUND));
    }

    proptest! {
        /// Whatever an author writes is a manifest or an error, never a panic.
        #[test]
        fn no_manifest_is_too_odd_to_be_read(
            at in 0..SOUND.len(),
            length in 0..40usize,
            other in "[ -~\\n\\u{e9}\\u{4e2d}]{0,20}|-?[0-9]{1,30}|\\[\\[|\"\"\"|'''|inf|nan|[0-9]{4}-[0-9]{2}-[0-9]{2}",
        ) {
            let (before, after) = (SOUND.chars().take(at), SOUND.chars().skip(at + length));
            parsed(&before.chain(other.chars()).chain(after).collect::<String>());
        }

        /// The same for what is no manifest at all.
        #[test]
        fn no_text_is_too_odd_to_be_read(text in any::<String>()) {
            parsed(&text);
        }
    }
}
