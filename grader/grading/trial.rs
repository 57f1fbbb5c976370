//! Is a class judged by a check that works? Before an answer is, the course's own solution is judged in its place: a course
//! that its author has broken must not cost a class its points.

use std::path::Path;

use threadlings::explanation::Verdict;

use super::Class;
use super::content::Conditions;
use super::judge::Paper;
use super::plan::Task;
use super::queue;
use crate::compile;
use crate::courses::{Course, Exercise};
use crate::failure::{Failure, Problem};
use crate::intake::Folder;
use crate::options::Options;

/// Tries the checks of all exercises that have answers to be judged, `workers` at the same time.
///
/// # Errors
/// Where the solution is known to be wrong by its check. One that cannot be judged within its limits says nothing of that.
pub fn all(
    class: &Class<'_>,
    tasks: &[Task<'_>],
    conditions: &Conditions,
    workers: usize,
    options: &Options,
) -> Result<(), Failure> {
    let is_open = |exercise: &&Exercise| {
        let is_its = |task: &Task<'_>| task.exercise.manifest.id == exercise.manifest.id;
        tasks
            .iter()
            .any(|task| task.known.is_none() && is_its(task))
    };
    let exercises: Vec<&Exercise> = class.course.exercises.iter().filter(is_open).collect();
    let mut broken = Vec::new();
    queue::run(
        &exercises,
        1,
        workers,
        |batch| vec![(); batch.len()],
        |exercise, ()| one(exercise, class.course, conditions, options),
        |exercise, tried| -> Result<(), Failure> {
            broken.extend(tried?.map(|said| (exercise.manifest.id.clone(), *exercise, said)));
            Ok(())
        },
    )?;
    // As they come depends on the machine.
    broken.sort_by(|one, other| one.0.cmp(&other.0));
    match broken.into_iter().next() {
        Some((id, exercise, said)) => Err(problem(&id, exercise, &said).into()),
        None => Ok(()),
    }
}

/// What is said about the solution, if it is wrong. Where there is none, as in a package that students might get to see, the
/// file that was handed out has at least to fit to its check.
fn one(
    exercise: &Exercise,
    course: &Course,
    conditions: &Conditions,
    options: &Options,
) -> Result<Option<String>, Failure> {
    let solution = exercise.solution();
    let is_there = solution.is_file();
    let file = if is_there { solution } else { exercise.file() };
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Ok(None);
    };
    let folder = Folder::open(folder)?;
    let paper = Paper::read(&folder, Path::new(name), exercise, course, conditions)?;
    let options = match is_there {
        true => options.clone(),
        false => Options {
            max_interleavings: Some(1),
            every_scenario: false,
            ..options.clone()
        },
    };
    let record = paper.judge(None, &options);
    let said = record.words.feedback;
    let is_wrong = match record.object.verdict {
        Verdict::DoesNotCompile => is_there || said.contains(compile::MISFIT),
        Verdict::Rejected | Verdict::Fail | Verdict::NotConcurrent | Verdict::OverSynchronised => {
            is_there
        }
        Verdict::Pass | Verdict::Inconclusive | Verdict::Unmodelled | Verdict::Fault => false,
    };
    Ok(is_wrong.then_some(said))
}

fn problem(id: &str, exercise: &Exercise, said: &str) -> Problem {
    let whose = match exercise.solution().is_file() {
        true => "the course's own solution to",
        false => "the file that is handed out for",
    };
    let what = format!(
        "{whose} `{id}` does not pass its check: nothing was graded\n\n{}\n",
        said.trim_end()
    );
    Problem::at(&exercise.check_file(), None, what).help(format!(
        "correct the check, the manifest beside it or the solution until `threadlings verify {id}` ends well"
    ))
}
