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

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use content::Conditions;
use judge::Paper;
use layout::Found;
use ledger::Ledger;
use plan::Task;
use shard::Shard;

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

/// Grades what the ledger does not know yet, or all of it again if `regrade`.
///
/// # Errors
/// When the course or the ledger fails; whatever is wrong with a submission is its result.
pub fn grade(
    class: &Class<'_>,
    ledger: &mut Ledger,
    regrade: bool,
    options: &Options,
    listener: &mut dyn Listener,
) -> Result<(), Failure> {
    let conditions =
        Conditions::of(options).map_err(|problem| Problem::new(problem.to_string()))?;
    let folder = Folder::open(class.root)?;
    let roll = plan::roll(class, &folder, &conditions, regrade)?;
    ledger.enroll(roll.clone())?;
    let sandbox = options.confinement == Confinement::Required;
    let tasks = plan::tasks(class, &roll, ledger, sandbox)?;
    let open: usize = tasks.iter().map(|task| task.members.len()).sum();
    let all = roll.submissions.len();
    listener.begin(all, all - open);
    let one = Options {
        every_scenario: true,
        stranger: true,
        jobs: 1,
        quiet: true,
        color: false,
        ..options.clone()
    };
    let work = |task: &Task<'_>| result(task, &folder, class.course, &conditions, &one);
    queue::run(&tasks, options.jobs as usize, work, |task, result| {
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

/// The result of equal answers; `None` if the file is no longer what it was.
fn result(
    task: &Task<'_>,
    folder: &Folder,
    course: &Course,
    conditions: &Conditions,
    options: &Options,
) -> Result<Option<Record>, Failure> {
    if task.known.is_some() {
        return Ok(task.known.clone());
    }
    let paper = Paper::read(folder, &task.file, task.exercise, course, conditions)?;
    if paper.content != task.members[0].content {
        return Ok(None);
    }
    // Nothing outlives a panic but the paper, which judging does not change.
    let judged = catch_unwind(AssertUnwindSafe(|| paper.judge(options)));
    Ok(Some(judged.unwrap_or_else(|panic| {
        let message = queue::message(&*panic);
        paper.fault(format!("a worker has panicked: {message}"))
    })))
}
