//! Of several files that a student has handed in for one exercise, the one that counts. Where no rule tells, none does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Unmatched;
use super::candidate::Candidate;
use super::handed_out::same_text;
use super::names::visible;

/// Names apart those who share a name, by the number that their platform gives them.
pub fn tell_apart(candidates: &mut [Candidate<'_>]) {
    let mut numbers: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for candidate in &*candidates {
        let key = (&*candidate.student.name, &*candidate.exercise.manifest.id);
        numbers
            .entry(key)
            .or_default()
            .extend(candidate.student.number.as_deref());
    }
    let shared = numbers.into_iter().filter(|(_, numbers)| numbers.len() > 1);
    let shared: BTreeSet<String> = shared.map(|((name, _), _)| name.to_string()).collect();
    for candidate in candidates {
        let student = &mut candidate.student;
        if let Some(number) = student
            .number
            .as_ref()
            .filter(|_| shared.contains(&student.name))
        {
            let name = &student.name;
            candidate.remarks.push(format!(
                "more than one `{name}` has handed in, so the number is part of the name"
            ));
            student.name = format!("{name}_{number}");
        }
    }
}

/// The candidate that counts among those of one student and one exercise, and what becomes of the others.
pub fn choose<'a>(
    root: &Path,
    mut all: Vec<Candidate<'a>>,
) -> (Option<Candidate<'a>>, Vec<Unmatched>) {
    if all.len() < 2 {
        return (all.pop(), Vec::new());
    }
    let untouched = |candidate: &Candidate<'_>| {
        same_text(&root.join(&candidate.path), &candidate.exercise.file()) == Some(true)
    };
    let mut ranked: Vec<_> = all
        .into_iter()
        .map(|candidate| {
            let newest_first = std::cmp::Reverse(candidate.attempt);
            (
                (
                    untouched(&candidate),
                    candidate.form,
                    newest_first,
                    candidate.path.clone(),
                ),
                candidate,
            )
        })
        .collect();
    ranked.sort_by(|one, other| one.0.cmp(&other.0));
    let best: Vec<_> = ranked
        .iter()
        .take_while(|(rank, _)| {
            let first = &ranked[0].0;
            (rank.0, rank.1, rank.2) == (first.0, first.1, first.2)
        })
        .collect();
    let same =
        |path: &Path| same_text(&root.join(path), &root.join(&ranked[0].1.path)) == Some(true);
    let undecided = best.iter().any(|(_, candidate)| !same(&candidate.path));
    let (student, id) = (&ranked[0].1.student.name, &ranked[0].1.exercise.manifest.id);
    if undecided {
        let count = best.len();
        let folders: BTreeSet<_> = best.iter().map(|(_, it)| it.path.parent()).collect();
        let several = if folders.len() == count {
            format!("; if `{student}` is a folder of several students, grade it by itself")
        } else {
            String::new()
        };
        let reason = format!(
            "one of {count} files that could be the answer of `{student}` to `{id}`, so none of them is graded: leave one, or use `--map`{several}"
        );
        let all = ranked.iter().map(|(_, it)| Unmatched {
            of: None,
            path: it.path.clone(),
            reason: reason.clone(),
        });
        return (None, all.collect());
    }
    let chosen = visible(ranked[0].1.path.as_os_str());
    let others: Vec<Unmatched> = ranked[1..]
        .iter()
        .map(|(rank, candidate)| {
            let first = &ranked[0].0;
            let why = if rank.0 != first.0 {
                "this is the untouched exercise"
            } else if same(&candidate.path) {
                "it has the same text"
            } else if rank.1 != first.1 {
                "a folder as handed out goes before `EXERCISE.rs`, and that before other names"
            } else {
                "it is a newer attempt"
            };
            Unmatched {
                of: None,
                path: candidate.path.clone(),
                reason: format!("`{chosen}` is graded instead: {why}"),
            }
        })
        .collect();
    let mut chosen = ranked.swap_remove(0).1;
    let names: Vec<String> = others
        .iter()
        .map(|other| format!("`{}`", visible(other.path.as_os_str())))
        .collect();
    chosen.remarks.push(format!(
        "left aside, as only one file counts: {}",
        names.join(", ")
    ));
    (Some(chosen), others)
}
