//! What is to be judged: what no result is known of, and of equal answers one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Class;
use super::content::{self, Conditions};
use super::judge::Paper;
use super::ledger::Ledger;
use super::roll::{Entry, FORMAT, Left, Roll};
use crate::courses::Exercise;
use crate::failure::{Failure, Problem};
use crate::paths;
use crate::reports::record::Record;

/// Equal answers to one exercise.
pub struct Task<'a> {
    /// Where the first of them is.
    pub file: PathBuf,
    /// What they answer.
    pub exercise: &'a Exercise,
    /// Who gave them, in the order of the class.
    pub members: Vec<&'a Entry>,
    /// What is known of them already, from another student.
    pub known: Option<Record>,
}

/// Reads all submissions once, and puts them on the roll.
///
/// # Errors
/// When the course cannot be read, or a student has two answers to one exercise.
pub fn roll(class: &Class<'_>, conditions: &Conditions, regrade: bool) -> Result<Roll, Failure> {
    let lossy = |path: &std::path::Path| path.display().to_string();
    let mut submissions = Vec::new();
    for submission in &class.found.submissions {
        let exercise = class.course.require_exercise(&submission.exercise)?;
        let file = class.root.join(&submission.path);
        let paper = Paper::read(&file, exercise, class.course, conditions)?;
        submissions.push(Entry {
            student: submission.student.clone(),
            exercise: submission.exercise.clone(),
            path: lossy(&submission.path),
            content: paper.content,
            remarks: submission.remarks.clone(),
        });
    }
    submissions.sort();
    if let Some(pair) = submissions
        .windows(2)
        .find(|pair| pair[0].key() == pair[1].key())
    {
        let [one, other] = [&pair[0], &pair[1]];
        return Err(Problem::new(format!(
            "both {} and {} are {}'s answer to {}",
            one.path, other.path, one.student, one.exercise
        ))
        .help("take one of them away, or say which file is whose with `--map FILE.csv`")
        .into());
    }
    let unmatched = class.found.unmatched.iter().map(|left| Left {
        path: lossy(&left.path),
        reason: left.reason.clone(),
    });
    Ok(Roll {
        ledger: FORMAT,
        root: paths::shown(&paths::absolute(class.root)),
        layout: class.found.layout.clone(),
        shards: class.shard.iter().cloned().collect(),
        regrade,
        submissions,
        unmatched: unmatched.collect(),
    })
}

/// What is to be done for the submissions on the roll.
///
/// # Errors
/// When the course has changed meanwhile.
pub fn tasks<'a>(
    class: &Class<'a>,
    roll: &'a Roll,
    ledger: &Ledger,
) -> Result<Vec<Task<'a>>, Failure> {
    let files: BTreeMap<(&str, &str), PathBuf> = class
        .found
        .submissions
        .iter()
        .map(|submission| {
            let key = (&*submission.student, &*submission.exercise);
            (key, class.root.join(&submission.path))
        })
        .collect();
    let by_content: BTreeMap<&str, &Record> = ledger.lines().counting().collect();
    let mut tasks: Vec<Task<'a>> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &roll.submissions {
        if ledger.current(&entry.key(), &entry.content).is_some() {
            continue;
        }
        let equal = at.get(&*entry.content).copied();
        if let Some(task) = equal.filter(|_| content::was_read(&entry.content)) {
            tasks[task].members.push(entry);
            continue;
        }
        at.insert(&entry.content, tasks.len());
        let key = (&*entry.student, &*entry.exercise);
        tasks.push(Task {
            file: files.get(&key).cloned().unwrap_or_default(),
            exercise: class.course.require_exercise(&entry.exercise)?,
            members: vec![entry],
            known: by_content
                .get(&*entry.content)
                .map(|&record| record.clone()),
        });
    }
    Ok(tasks)
}
