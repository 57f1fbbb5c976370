//! `threadlings check`: exercises and programs.

use std::path::PathBuf;

use clap::Args;

use super::Run;
use crate::courses::progress::Progress;
use crate::courses::{Course, Exercise};
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::options::Options;
use crate::outcome::{self, Cause, Outcome};
use crate::progress_bar;
use crate::reports::Write;
use crate::reports::record::Record;
use crate::store::{self, Stored};
use crate::subject::Subject;
use crate::{check, native, output, paths};

/// Check exercises, or any Rust files with a `fn main()` that use only `std`
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings check                           the next open exercise
  threadlings check race_counter              an exercise, by its id
  threadlings check src/main.rs               a program of your own
  threadlings check a.rs b.rs --format json   one line of JSON for each
  threadlings check queue.rs --budget 60      take a minute for the proof")]
pub struct Check {
    /// An exercise (its id, folder or file) or the path of a program; the next open exercise if nothing is named
    #[arg(value_name = "WHAT")]
    what: Vec<String>,

    /// Allow only what a graded answer may use: a part of std, and no way out of Rust
    #[arg(long)]
    strict: bool,
}

impl Run for Check {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let options = &Options {
            stranger: self.strict,
            ..options.clone()
        };
        if let Write::Grades(_) = options.format.write {
            let name = options.format.name;
            return Err(Problem::new(format!(
                "the format `{name}` is about points, and `check` gives none"
            ))
            .help(format!("`threadlings grade DIR --format {name}`"))
            .into());
        }
        let mut course = Course::find(options.course.as_deref());
        // Whoever checks a program of his own does not mind a malformed course around it.
        if self.what.iter().all(|what| what.ends_with(".rs"))
            && !self.what.is_empty()
            && options.course.is_none()
        {
            course = Ok(course.unwrap_or(None));
        }
        let course = course?;
        let mut worst = Ended::Good;
        let mut written = Vec::new();
        for subject in subjects(&self.what, course.as_ref())? {
            let outcome = match one(&subject, course.as_ref(), options) {
                Ok(outcome) => outcome,
                Err(failure) => {
                    // What is known of the others is not lost.
                    if !written.is_empty() {
                        output::in_the_end(options.format, &written, &[]);
                    }
                    return Err(failure);
                }
            };
            let report = outcome.report();
            let mut ended = outcome::ended(report.verdict);
            if !outcome.disputes.is_empty() {
                ended = ended.max(Ended::Bad);
            }
            output::result(&options.format.at_once(&report, options.style));
            written.push(Record::of(&report));
            if !options.quiet
                && !options.json
                && let Some(lesson) = native::lesson(&outcome, options)
            {
                output::remark(&lesson);
            }
            worst = worst.max(ended);
        }
        output::in_the_end(options.format, &written, &[]);
        Ok(worst)
    }
}

fn subjects(what: &[String], course: Option<&Course>) -> Result<Vec<Subject>, Failure> {
    if !what.is_empty() {
        let named = what.iter().map(|what| Subject::named(what, course));
        return Ok(named.collect::<Result<_, Problem>>()?);
    }
    let Some(course) = course else {
        return Err(
            Problem::new("nothing to check: no program is named, and no course is here")
                .help("name a Rust file: `threadlings check FILE.rs`")
                .into(),
        );
    };
    match Progress::read(course)?.next(course) {
        Some(exercise) => Ok(vec![Subject::exercise(exercise)]),
        None => Err(Problem::new("all exercises are solved")
            .help("name one to check it again: `threadlings list` shows them")
            .into()),
    }
}

fn one(subject: &Subject, course: Option<&Course>, options: &Options) -> Result<Outcome, Failure> {
    let mut outcome = {
        let mut progress = progress_bar::Progress::of(&paths::shown(&subject.file), options);
        check::check(subject, options, &mut |now| progress.at(now))?
    };
    keep_trace(&mut outcome, course, options);
    if let (Some(course), Some(exercise), Cause::Proved) =
        (course, &subject.exercise, &outcome.cause)
    {
        note_solved(course, exercise, &mut outcome)?;
    }
    Ok(outcome)
}

/// Stores the failing run; where that is impossible the outcome says so, and is good for everything else.
fn keep_trace(outcome: &mut Outcome, course: Option<&Course>, options: &Options) {
    let Cause::Failed(trace) = &outcome.cause else {
        return;
    };
    let exercise = outcome.subject.exercise.as_ref();
    let stored = Stored::new(
        outcome.subject.file.clone(),
        exercise.map(|exercise| exercise.manifest.id.clone()),
        options.edition,
        outcome.files.clone(),
        trace.as_ref().clone(),
    );
    let folder = match (exercise, course) {
        (Some(_), Some(course)) => course.root.clone(),
        _ => PathBuf::new(),
    };
    match store::write(&stored, &folder) {
        Ok(path) => outcome.replay = Some(PathBuf::from(paths::shown(&path))),
        Err(error) => outcome.notes.push(format!(
            "the failing run could not be stored for `replay`: {error}"
        )),
    }
}

fn note_solved(course: &Course, exercise: &Exercise, outcome: &mut Outcome) -> Result<(), Failure> {
    let mut progress = Progress::read(course)?;
    progress.set_solved(exercise);
    if let Err(error) = progress.write(course) {
        outcome.notes.push(format!(
            "that this exercise is solved could not be written down: {error}"
        ));
    }
    Ok(())
}
