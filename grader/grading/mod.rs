//! Grading a class: find the submissions, judge each, write each result down as soon as it is known.

mod content;
mod judge;
pub mod layout;
pub mod ledger;
mod score;
pub mod submission;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use content::Conditions;
use judge::{Paper, neutral_name};
use ledger::Ledger;
use submission::Submission;

use crate::compile::Library;
use crate::courses::{Course, Exercise};
use crate::failure::{Failure, Fault, Problem};
use crate::options::Options;
use crate::paths;
use crate::reports::record::Record;

/// What is to be graded.
pub struct Class<'a> {
    /// The folder of the submissions.
    pub root: &'a Path,
    /// What was found in it.
    pub submissions: &'a [Submission],
    /// The exercises, with their own checks.
    pub course: &'a Course,
}

/// Grades what the ledger does not know yet. `batch`: how many are compiled at once, at most. `on_result` hears of each result, in the order in which they come.
///
/// # Errors
/// When the course or the ledger fails; whatever is wrong with a submission is its result.
pub fn grade(
    class: &Class<'_>,
    ledger: &mut Ledger,
    batch: usize,
    options: &Options,
    on_result: &mut dyn FnMut(&Record),
) -> Result<(), Failure> {
    let conditions =
        Conditions::of(options).map_err(|problem| Problem::new(problem.to_string()))?;
    let groups = unknown(class, ledger, &conditions)?;
    let one = &Options {
        every_scenario: true,
        incremental: false,
        jobs: 1,
        quiet: true,
        color: false,
        ..options.clone()
    };
    let batches: Vec<_> = groups
        .chunks(size_of_batch(groups.len(), batch, options))
        .collect();
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..batches.len().min(options.jobs as usize) {
            let (done, next, batches) = (done.clone(), &next, &batches);
            scope.spawn(move || {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (group, library) in batch.iter().zip(compiled(batch, one)) {
                        let record = group.paper.judge(library.as_ref(), one);
                        if done.send((group, record)).is_err() {
                            return;
                        }
                    }
                }
            });
        }
        drop(done);
        for (group, record) in results {
            for submission in &group.members {
                let record = addressed(&record, submission, group, class);
                on_result(&record);
                ledger
                    .add(record)
                    .map_err(|error| Fault(format!("a result cannot be written: {error}")))?;
            }
        }
        Ok(())
    })
}

/// As large as wanted, but not so large that a worker would have nothing to do.
fn size_of_batch(groups: usize, wanted: usize, options: &Options) -> usize {
    let share = groups.div_ceil(options.jobs.max(1) as usize);
    wanted.min(share).max(1)
}

/// The answers of a batch, compiled, as far as that can be done at once.
fn compiled(batch: &[Group<'_>], options: &Options) -> Vec<Option<Library>> {
    match batch {
        [_] => vec![None],
        _ => {
            let papers: Vec<_> = batch.iter().map(|group| &group.paper).collect();
            judge::compiled(&papers, options)
        }
    }
}

/// Equal answers to one exercise.
struct Group<'a> {
    paper: Paper<'a>,
    exercise: &'a Exercise,
    /// In the order of the class; the first one is the one that is judged.
    members: Vec<&'a Submission>,
}

/// The submissions that are to be judged: equal ones once.
fn unknown<'a>(
    class: &Class<'a>,
    ledger: &Ledger,
    conditions: &Conditions,
) -> Result<Vec<Group<'a>>, Failure> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut by_content: BTreeMap<String, usize> = BTreeMap::new();
    for submission in class.submissions {
        let exercise = class.course.require_exercise(&submission.exercise)?;
        let file = class.root.join(&submission.path);
        let paper = Paper::read(&file, exercise, class.course, conditions)?;
        if ledger
            .known(&submission.student, &submission.exercise, &paper.content)
            .is_some()
        {
            continue;
        }
        let at = *by_content
            .entry(paper.content.clone())
            .or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group {
                paper,
                exercise,
                members: Vec::new(),
            });
        }
        groups[at].members.push(submission);
    }
    Ok(groups)
}

/// The record of one member of a group.
fn addressed(record: &Record, to: &Submission, group: &Group<'_>, class: &Class<'_>) -> Record {
    let mut record = record.clone();
    let shown = |submission: &Submission| paths::shown(&class.root.join(&submission.path));
    let (neutral, own) = (neutral_name(group.exercise), shown(to));
    let object = &mut record.object;
    object.subject.path.clone_from(&own);
    let sites = object.bug.iter_mut().flat_map(|bug| &mut bug.sites);
    let steps = object
        .witness
        .iter_mut()
        .flat_map(|witness| &mut witness.steps);
    let files = sites
        .map(|site| &mut site.file)
        .chain(steps.map(|step| &mut step.file));
    for file in files.filter(|file| **file == neutral) {
        file.clone_from(&own);
    }
    if let Some(grade) = &mut record.grade {
        grade.student.clone_from(&to.student);
        grade.remarks.extend(to.remarks.iter().cloned());
        let judged = group.members[0];
        grade.identical_to = (judged != to).then(|| shown(judged));
    }
    record
}
