//! What is to be judged: what no result is known of, and of equal answers one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Class;
use super::content::{self, Conditions};
use super::judge::Paper;
use super::layout::names;
use super::ledger::Ledger;
use super::roll::{Entry, FORMAT, Left, Roll};
use super::shard::Shard;
use crate::courses::Exercise;
use crate::failure::{Failure, Problem};
use crate::intake::Folder;
use crate::paths;
use crate::reports::record::Record;

/// Equal answers to one exercise.
pub struct Task<'a> {
    /// Where the first of them is, below the folder of the class.
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
pub fn roll(
    class: &Class<'_>,
    folder: &Folder,
    conditions: &Conditions,
    regrade: bool,
) -> Result<Roll, Failure> {
    let shown = |path: &Path| names::visible(path.as_os_str());
    let mut submissions = Vec::new();
    for submission in &class.found.submissions {
        let exercise = class.course.require_exercise(&submission.exercise)?;
        let paper = Paper::read(folder, &submission.path, exercise, class.course, conditions)?;
        submissions.push(Entry {
            student: submission.student.clone(),
            exercise: submission.exercise.clone(),
            path: shown(&submission.path),
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
        path: shown(&left.path),
        reason: left.reason.clone(),
        of: left.of.clone(),
    });
    Ok(Roll {
        ledger: FORMAT,
        root: paths::shown(&paths::absolute(class.root)),
        layout: class.found.layout.clone(),
        shards: class.shard.iter().map(Shard::to_string).collect(),
        regrade,
        submissions,
        unmatched: unmatched.collect(),
    })
}

/// What is to be done for the submissions on the roll. `sandbox`: whether they must have run in one.
///
/// # Errors
/// When the course has changed meanwhile.
pub fn tasks<'a>(
    class: &Class<'a>,
    roll: &'a Roll,
    ledger: &Ledger,
    sandbox: bool,
) -> Result<Vec<Task<'a>>, Failure> {
    let files: BTreeMap<(&str, &str), PathBuf> = class
        .found
        .submissions
        .iter()
        .map(|submission| {
            let key = (&*submission.student, &*submission.exercise);
            (key, submission.path.clone())
        })
        .collect();
    let by_content: BTreeMap<&str, &Record> = ledger.lines().counting(sandbox).collect();
    let mut tasks: Vec<Task<'a>> = Vec::new();
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &roll.submissions {
        let known = ledger.current(&entry.key(), &entry.content, sandbox);
        if known.is_some() {
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
