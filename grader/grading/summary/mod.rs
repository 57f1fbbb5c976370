//! What can be told of a class at a glance: how many, what went wrong, and where a person has to look.

mod points;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use threadlings::explanation::Verdict;

use super::book::Gradebook;
use super::content;
use super::roll::{Entry, Left};
use super::score;
use crate::reports::record::{Bug, Grade, Record};
pub use points::Spread;

/// Number of the format in which it is printed as JSON.
const FORMAT: u32 = 1;

/// The class.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// [`FORMAT`]
    pub format: u32,
    /// Who handed in anything.
    pub students: usize,
    /// What was handed in.
    pub submissions: usize,
    /// By id.
    pub exercises: Vec<Row>,
    /// The most frequent first.
    pub bugs: Vec<Class>,
    /// What has no points, by student.
    pub not_graded: Vec<Ungraded>,
    /// Parts of the class that are not among these results: `2/16`, and `4-9/16` for several in a row.
    pub missing_shards: Vec<String>,
    /// Answers that are the same, by exercise.
    pub identical: Vec<Alike>,
    /// What a person should look at.
    pub review: Vec<Flagged>,
    /// Answers that ran without a sandbox.
    pub unsandboxed: usize,
    /// What answers no exercise.
    pub unmatched: Vec<Left>,
    /// Submissions that were graded once, and are no longer there: `STUDENT EXERCISE`.
    pub gone: Vec<String>,
}

/// An exercise.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub exercise: String,
    /// How many answers there are of each verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// How many have no verdict yet.
    pub waiting: usize,
    /// Of those that were graded; `None` if none was.
    pub points: Option<Spread>,
}

/// A class of bugs.
#[derive(Debug, Serialize)]
pub struct Class {
    /// `lost_update`
    pub class: String,
    /// `TL0201`
    pub code: String,
    /// How many answers have it.
    pub answers: usize,
    /// In which exercises.
    pub exercises: BTreeSet<String>,
    /// The answer that shows it best: one that is not what was handed out, with the fewest changes from thread to thread, then the fewest
    /// steps, then the shortest report.
    pub example: Example,
}

/// An answer that shows a class of bugs. Its report names nobody, so it can be shown to all.
#[derive(Debug, Serialize)]
pub struct Example {
    /// Where it is.
    pub path: String,
    /// What it answers.
    pub exercise: String,
    /// The bug in one sentence.
    pub title: String,
    /// The whole report.
    pub report: String,
}

/// An answer without points.
#[derive(Debug, Serialize)]
pub struct Ungraded {
    /// Whose.
    pub student: String,
    /// To what.
    pub exercise: String,
    /// Where it is.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Students with the same answer.
#[derive(Debug, Serialize)]
pub struct Alike {
    /// To what.
    pub exercise: String,
    /// Two at least.
    pub students: Vec<String>,
    /// Whether it is the file that was handed out.
    pub is_starter: bool,
}

/// An answer that a person should look at.
#[derive(Debug, Serialize)]
pub struct Flagged {
    /// Where it is.
    pub path: String,
    /// Why, one sentence each.
    pub places: Vec<String>,
}

impl Summary {
    /// Of a class.
    pub fn of(book: &Gradebook) -> Summary {
        let entries = &book.roll.submissions;
        let graded = || book.records.iter().filter_map(with_grade);
        let students: BTreeSet<&str> = entries.iter().map(|entry| &*entry.student).collect();
        let ids: BTreeSet<&str> = entries.iter().map(|entry| &*entry.exercise).collect();
        let flagged = graded().filter(|(_, grade)| !grade.review.is_empty());
        Summary {
            format: FORMAT,
            students: students.len(),
            submissions: entries.len(),
            exercises: ids.into_iter().map(|id| row(book, id)).collect(),
            bugs: classes(&book.records),
            not_graded: ungraded(book),
            missing_shards: book.roll.missing_shards(),
            identical: alike(book),
            review: flagged
                .map(|(record, grade)| Flagged {
                    path: record.object.subject.path.clone(),
                    places: grade.review.clone(),
                })
                .collect(),
            unsandboxed: graded().filter(|(_, grade)| grade.is_unsandboxed()).count(),
            unmatched: book.roll.unmatched.clone(),
            gone: book
                .gone
                .iter()
                .map(|(student, exercise)| format!("{student} {exercise}"))
                .collect(),
        }
    }
}

fn with_grade(record: &Record) -> Option<(&Record, &Grade)> {
    Some((record, record.grade.as_ref()?))
}

fn row(book: &Gradebook, exercise: &str) -> Row {
    let is_of = |grade: &Grade| grade.exercise == exercise;
    let mut verdicts = BTreeMap::new();
    let mut points = Vec::new();
    for (record, grade) in book.records.iter().filter_map(with_grade) {
        if is_of(grade) {
            *verdicts.entry(record.object.verdict).or_default() += 1;
            points.extend(grade.score.as_ref().map(|score| (score.points, score.max)));
        }
    }
    let waiting = book.waiting.iter();
    Row {
        exercise: exercise.to_string(),
        verdicts,
        waiting: waiting.filter(|entry| entry.exercise == exercise).count(),
        points: Spread::of(&points),
    }
}

fn classes(records: &[Record]) -> Vec<Class> {
    let mut found: BTreeMap<&str, Vec<(&Record, &Grade, &Bug)>> = BTreeMap::new();
    for (record, grade) in records.iter().filter_map(with_grade) {
        if let Some(bug) = &record.object.bug {
            found
                .entry(&bug.class)
                .or_default()
                .push((record, grade, bug));
        }
    }
    let mut classes: Vec<Class> = found
        .into_values()
        .filter_map(|all| {
            let (record, grade, bug) = *all
                .iter()
                .min_by_key(|(record, grade, _)| effort(record, grade))?;
            Some(Class {
                class: bug.class.clone(),
                code: bug.code.clone(),
                answers: all.len(),
                exercises: all
                    .iter()
                    .map(|(_, grade, _)| grade.exercise.clone())
                    .collect(),
                example: Example {
                    path: record.object.subject.path.clone(),
                    exercise: grade.exercise.clone(),
                    title: bug.title.clone(),
                    report: record.words.feedback.clone(),
                },
            })
        })
        .collect();
    // By name where they are as frequent.
    classes.sort_by_key(|class| std::cmp::Reverse(class.answers));
    classes
}

/// What a report asks of its reader. The bug that was handed out teaches nothing new, and a report without a schedule
/// explains least.
fn effort(record: &Record, grade: &Grade) -> (bool, bool, usize, usize, usize) {
    let witness = record.object.witness.as_ref();
    (
        score::is_of_starter(grade),
        witness.is_none(),
        witness.map_or(0, |witness| witness.switches),
        witness.map_or(0, |witness| witness.steps.len()),
        record.words.feedback.len(),
    )
}

fn ungraded(book: &Gradebook) -> Vec<Ungraded> {
    let judged = book.records.iter().filter_map(with_grade);
    let judged = judged.filter(|(_, grade)| grade.score.is_none());
    let judged = judged.map(|(record, grade)| Ungraded {
        student: grade.student.clone(),
        exercise: grade.exercise.clone(),
        path: record.object.subject.path.clone(),
        reason: grade.ungraded.clone().unwrap_or_default(),
    });
    let waiting = book.waiting.iter().map(|entry| Ungraded {
        student: entry.student.clone(),
        exercise: entry.exercise.clone(),
        path: book.roll.shown(&entry.path),
        reason: "grading has not come to it yet".to_string(),
    });
    let missing = book.missing().into_iter().map(|missing| Ungraded {
        student: missing.student,
        exercise: missing.exercise,
        path: String::new(),
        reason: missing.reason,
    });
    let mut all: Vec<Ungraded> = judged.chain(waiting).chain(missing).collect();
    all.sort_by(|one, other| (&one.student, &one.exercise).cmp(&(&other.student, &other.exercise)));
    all
}

fn alike(book: &Gradebook) -> Vec<Alike> {
    let mut same: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    let read = book.roll.submissions.iter();
    for entry in read.filter(|entry| content::was_read(&entry.content)) {
        let answer = content::answer(&entry.content);
        same.entry((&entry.exercise, answer))
            .or_default()
            .push(entry);
    }
    let groups = same.into_values().filter(|group| group.len() > 1);
    groups
        .map(|group| Alike {
            exercise: group[0].exercise.clone(),
            students: group.iter().map(|entry| entry.student.clone()).collect(),
            is_starter: book
                .records
                .iter()
                .filter_map(with_grade)
                .any(|(_, grade)| grade.content == group[0].content && score::is_of_starter(grade)),
        })
        .collect()
}
