//! Grading a class: find the submissions, judge each, write each result down as soon as it is known.

pub mod book;
pub mod closing;
mod content;
mod feedback;
mod judge;
pub mod layout;
pub mod ledger;
pub mod lines;
pub mod merge;
mod plan;
pub mod progress;
mod queue;
pub mod results_folder;
pub mod roll;
mod safe_names;
mod score;
pub mod shard;
pub mod submission;
pub mod summary;
mod trial;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use content::Conditions;
use judge::Paper;
use layout::Found;
use ledger::Ledger;
use plan::Task;
use roll::{Entry, Roll};
use shard::Shard;

use crate::compile::Library;
use crate::confinement::Confinement;
use crate::courses::Course;
use crate::failure::{Failure, Problem};
use crate::intake::Folder;
use crate::options::Options;
use crate::reports::record::Record;

/// What is to be graded.
pub struct Class<'a> {
    /// The folder of the submissions.
    pub root: &'a Path,
    /// What was found in it.
    pub found: &'a Found,
    /// Which part of the class this is.
    pub shard: Option<Shard>,
    /// The exercises, with their own checks.
    pub course: &'a Course,
}

/// Hears how far grading has come.
pub trait Listener {
    /// So many submissions there are, of which so many need not be judged again.
    fn begin(&mut self, all: usize, known: usize);
    /// A result was written down. They come as they are ready.
    fn result(&mut self, record: &Record);
}

/// How to grade.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// All submissions again, also those that the ledger knows.
    pub regrade: bool,
    /// So many answers are compiled at once, at most.
    pub batch: usize,
}

/// Grades what the ledger does not know yet.
///
/// # Errors
/// When the course or the ledger fails, and when a check does not work; whatever is wrong with a submission is its result.
pub fn grade(
    class: &Class<'_>,
    ledger: &mut Ledger,
    manner: Manner,
    options: &Options,
    listener: &mut dyn Listener,
) -> Result<(), Failure> {
    let conditions =
        Conditions::of(options).map_err(|problem| Problem::new(problem.to_string()))?;
    let folder = Folder::open(class.root)?;
    let roll = plan::roll(class, &folder, &conditions, manner.regrade)?;
    of_this_class(ledger, &roll)?;
    ledger.enroll(roll.clone())?;
    let sandbox = options.confinement == Confinement::Required;
    let tasks = plan::tasks(class, &roll, ledger, sandbox)?;
    let one = Options {
        every_scenario: true,
        incremental: false,
        stranger: true,
        jobs: 1,
        quiet: true,
        color: false,
        ..options.clone()
    };
    let workers = options.jobs.max(1) as usize;
    trial::all(class, &tasks, &conditions, workers, &one)?;
    let open: usize = tasks.iter().map(|task| task.members.len()).sum();
    let all = roll.submissions.len();
    listener.begin(all, all - open);
    // As large as wanted, but not so large that a worker would have nothing to do.
    let batch = manner.batch.min(tasks.len().div_ceil(workers));
    let prepare = |batch: &[_]| prepared(batch, &folder, class.course, &conditions, &one);
    let work = |task: &Task<'_>, prepared| result(task, prepared, &one);
    queue::run(&tasks, batch, workers, prepare, work, |task, result| {
        // A file that has just been replaced is for the next run.
        let Some(record) = result? else {
            return Ok(());
        };
        for entry in &task.members {
            let mut record = record.clone();
            if let Some(grade) = &mut record.grade {
                grade.student.clone_from(&entry.student);
            }
            ledger.add(record.clone())?;
            listener.result(&record);
        }
        Ok(())
    })
}

/// Results of one class are not mixed up with those of another. A class that has moved is the same one.
fn of_this_class(ledger: &Ledger, new: &Roll) -> Result<(), Problem> {
    let Some(old) = &ledger.lines().roll else {
        return Ok(());
    };
    let is_known = |entry: &Entry| old.submissions.iter().any(|it| it.key() == entry.key());
    if old.root == new.root || old.submissions.is_empty() || new.submissions.iter().any(is_known) {
        return Ok(());
    }
    Err(Problem::new(format!(
        "the results folder has those of another class: {}",
        old.root
    ))
    .help("name another folder with `--results DIR`"))
}

/// An answer that was read, and compiled if it was with others.
struct Prepared<'a> {
    paper: Paper<'a>,
    library: Option<Library>,
}

/// Reads the answers of a batch, and compiles them together as far as that can be done. There is none of a file that is no
/// longer what it was, and none of what is known already.
fn prepared<'a>(
    batch: &[Task<'a>],
    folder: &Folder,
    course: &Course,
    conditions: &Conditions,
    options: &Options,
) -> Vec<Result<Option<Prepared<'a>>, Failure>> {
    let read = |task: &Task<'a>| {
        if task.known.is_some() {
            return Ok(None);
        }
        let paper = Paper::read(folder, &task.file, task.exercise, course, conditions)?;
        let is_same = paper.content == task.members[0].content;
        Ok(is_same.then_some(Prepared {
            paper,
            library: None,
        }))
    };
    let mut batch: Vec<_> = batch.iter().map(read).collect();
    let mut read: Vec<_> = batch.iter_mut().flatten().flatten().collect();
    if read.len() > 1 {
        let papers: Vec<_> = read.iter().map(|prepared| &prepared.paper).collect();
        // Whoever has no library is compiled alone, and told what is wrong.
        let libraries = catch_unwind(AssertUnwindSafe(|| judge::compiled(&papers, options)));
        for (prepared, library) in read.iter_mut().zip(libraries.unwrap_or_default()) {
            prepared.library = library;
        }
    }
    batch
}

/// The result of equal answers; `None` if the file is no longer what it was.
fn result(
    task: &Task<'_>,
    prepared: Result<Option<Prepared<'_>>, Failure>,
    options: &Options,
) -> Result<Option<Record>, Failure> {
    let Some(Prepared { paper, library }) = prepared? else {
        return Ok(task.known.clone());
    };
    // Nothing outlives a panic but the paper, which judging does not change.
    let judged = catch_unwind(AssertUnwindSafe(|| paper.judge(library.as_ref(), options)));
    Ok(Some(judged.unwrap_or_else(|panic| {
        let message = queue::message(&*panic);
        paper.fault(format!("a worker has panicked: {message}"))
    })))
}
