//! Joins the results of several machines.
//!
//! Where two have a result of the same student and exercise, and it is the same answer, one of them is enough: one that
//! has points, if any has. Where the answers differ, or their points do, nobody but a person can say which one counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::content;
use super::ledger;
use super::lines::{Kept, Lines};
use super::roll::{Entry, Key, Left, Roll};
use crate::failure::Problem;
use crate::paths;

/// More conflicts are counted.
const SHOWN: usize = 10;

/// What was joined.
pub struct Merged {
    /// As one ledger would say it.
    pub lines: Lines,
    /// What a person should know about it, one sentence each.
    pub remarks: Vec<String>,
}

/// One of the ledgers.
struct Part {
    path: PathBuf,
    lines: Lines,
}

/// Someone's answer, as one of the ledgers has it.
#[derive(Clone, Copy)]
struct Claim<'a> {
    part: &'a Part,
    entry: &'a Entry,
    kept: Option<&'a Kept>,
}

/// Joins the ledgers at `places`: folders of results, or the files in them.
///
/// # Errors
/// When one cannot be read, or two contradict each other.
pub fn merge(places: &[PathBuf]) -> Result<Merged, Problem> {
    let parts: Vec<Part> = places
        .iter()
        .map(|place| read(place))
        .collect::<Result<_, _>>()?;
    let mut claims: BTreeMap<Key, Claim<'_>> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for claim in parts.iter().flat_map(claims_of) {
        let key = claim.entry.key();
        let winner = match claims.get(&key) {
            None => Ok(claim),
            Some(other) => better(*other, claim),
        };
        match winner {
            Ok(winner) => drop(claims.insert(key, winner)),
            Err(why) => conflicts.push(why),
        }
    }
    if !conflicts.is_empty() {
        return Err(contradiction(&conflicts));
    }
    let mut lines = Lines::default();
    let claimed: Vec<Claim<'_>> = claims.values().copied().collect();
    lines.enroll(joined(&parts, &claimed));
    // What is left of submissions that are no longer there, where nobody has a newer result.
    let gone = parts.iter().flat_map(|part| &part.lines.results);
    let gone = gone.filter(|(key, _)| !claims.contains_key(*key));
    lines.results = gone
        .map(|(key, kept)| (key.clone(), kept.clone()))
        .collect();
    for (key, claim) in &claims {
        if let Some(kept) = claim.kept {
            lines.results.insert(key.clone(), kept.clone());
        }
    }
    let mut remarks = mixed(&claimed);
    let missing = lines.roll.iter().flat_map(Roll::missing_shards);
    let missing: Vec<String> = missing.collect();
    if !missing.is_empty() {
        remarks.push(format!(
            "results of some parts of the class are missing: {}",
            missing.join(", ")
        ));
    }
    Ok(Merged { lines, remarks })
}

fn read(place: &Path) -> Result<Part, Problem> {
    let path = match place.is_dir() {
        true => place.join(ledger::NAME),
        false => place.to_path_buf(),
    };
    let none = || {
        Problem::at(&path, None, "there are no results here")
            .help("name a folder that `threadlings grade` has made, or the `results.jsonl` in it")
    };
    let lines = Lines::read(&path)?;
    match lines.roll {
        Some(_) => Ok(Part { path, lines }),
        None => Err(none()),
    }
}

fn claims_of(part: &Part) -> impl Iterator<Item = Claim<'_>> {
    let entries = part.lines.roll.iter().flat_map(|roll| &roll.submissions);
    entries.map(move |entry| {
        let kept = part.lines.results.get(&entry.key());
        let grade = |kept: &&Kept| {
            kept.record
                .grade
                .as_ref()
                .map(|grade| grade.content.clone())
        };
        Claim {
            part,
            entry,
            kept: kept.filter(|kept| grade(kept).as_ref() == Some(&entry.content)),
        }
    })
}

/// The one of two that counts, or why none does.
fn better<'a>(one: Claim<'a>, other: Claim<'a>) -> Result<Claim<'a>, String> {
    let conflict = |what: &str| {
        let who = format!("{} {}", one.entry.student, one.entry.exercise);
        let place = |claim: Claim<'_>| paths::shown(&claim.part.path);
        format!("{who}: {what} {} and in {}", place(one), place(other))
    };
    let answer = |claim: Claim<'a>| content::answer(&claim.entry.content);
    if answer(one) != answer(other) {
        return Err(conflict("there are different answers in"));
    }
    match (points(one), points(other)) {
        (Some(points), Some(others)) if points != others => Err(conflict(&format!(
            "the same answer has {points} points and {others} points in"
        ))),
        (None, Some(_)) => Ok(other),
        (None, None) if one.kept.is_none() => Ok(other),
        _ => Ok(one),
    }
}

fn points(claim: Claim<'_>) -> Option<u32> {
    let grade = claim.kept?.record.grade.as_ref()?;
    grade.score.as_ref().map(|score| score.points)
}

fn contradiction(conflicts: &[String]) -> Problem {
    let shown = conflicts.iter().take(SHOWN).cloned();
    let more = conflicts.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("and {more} more"));
    let lines: Vec<String> = shown.chain(more).collect();
    Problem::new(format!(
        "these results contradict each other\n  {}",
        lines.join("\n  ")
    ))
    .help("merge only one of the two, or grade these submissions again")
}

/// The roll of all.
fn joined(parts: &[Part], claims: &[Claim<'_>]) -> Roll {
    let rolls = || parts.iter().filter_map(|part| part.lines.roll.as_ref());
    let unmatched: BTreeSet<Left> = rolls().flat_map(|roll| roll.unmatched.clone()).collect();
    let shards: BTreeSet<String> = rolls().flat_map(|roll| roll.shards.clone()).collect();
    let mut roll = Roll {
        submissions: claims.iter().map(|claim| claim.entry.clone()).collect(),
        unmatched: unmatched.into_iter().collect(),
        shards: shards.into_iter().collect(),
        regrade: false,
        ..rolls().next().cloned().unwrap_or_else(Roll::empty)
    };
    // One that has all parts is a whole.
    let is_whole = rolls().any(|roll| roll.shards.is_empty()) || roll.missing_shards().is_empty();
    if is_whole {
        roll.shards.clear();
    }
    roll
}

/// Exercises whose answers were not all judged alike.
fn mixed(claims: &[Claim<'_>]) -> Vec<String> {
    let mut conditions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for claim in claims {
        let of = conditions.entry(&claim.entry.exercise).or_default();
        of.insert(content::conditions(&claim.entry.content));
    }
    let mixed = conditions.into_iter().filter(|(_, all)| all.len() > 1);
    mixed
        .map(|(exercise, _)| {
            format!(
                "the answers to {exercise} were not all judged alike: the options, the course, the compiler or the version of threadlings differ"
            )
        })
        .collect()
}
