//! `threadlings verify`: holds every exercise of a course to its manifest.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Args;
use serde_json::json;
use threadlings::explanation::Report;

use super::Run;
use crate::courses::wrong::{self, Expectation};
use crate::courses::{Course, Declared, Exercise, tidy};
use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::Options;
use crate::outcome;
use crate::subject::Subject;
use crate::{check, output, paths};

/// Check a course: every starter fails as declared, every solution is proved, every wrong answer gets its verdict, and
/// loom and shuttle see nothing else
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings verify
  threadlings verify bank_account lock_order
  threadlings verify --course ../course --format json")]
pub struct Verify {
    /// Only these exercises; all of them, and the folders around them, if none is named
    #[arg(value_name = "ID")]
    exercises: Vec<String>,
}

/// One thing that was held to what is declared.
struct Finding {
    /// A path, or the exercise.
    what: String,
    /// What was expected, and came out.
    as_declared: String,
    /// What is different, one sentence each; none means that all is as declared.
    differences: Vec<String>,
}

/// The time that each other engine may take for one answer: a course has hundreds of them.
const OPINION_TIME: Duration = Duration::from_millis(400);

impl Run for Verify {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let course = Course::require(options.course.as_deref())?;
        let options = &Options {
            cross_check: options.cross_check.or(Some(OPINION_TIME)),
            ..options.clone()
        };
        let mut tally = Tally::default();
        let mut tasks = Vec::new();
        for exercise in chosen(&course, &self.exercises)? {
            tally.exercises += 1;
            tasks.push(Task::Folder(exercise));
            let answers = answers(exercise)?.into_iter();
            tasks.extend(
                answers.map(|(subject, expected)| Task::Answer(Box::new(subject), expected)),
            );
        }
        in_order(
            &tasks,
            |task| task.done(options),
            |finding| {
                tally.report(finding?, options);
                Ok(())
            },
        )?;
        if self.exercises.is_empty() {
            let strays = tidy::strays(&course)?;
            tally.report(
                Finding::new(paths::shown(&course.root), "nothing stray", strays),
                options,
            );
        }
        if !options.json {
            output::result(&tally.sentence());
        }
        Ok(if tally.different == 0 {
            Ended::Good
        } else {
            Ended::Bad
        })
    }
}

/// One thing to verify.
enum Task<'c> {
    /// What lies in an exercise's folders.
    Folder(&'c Exercise),
    /// An answer, and what must come out.
    Answer(Box<Subject>, Expected),
}

impl Task<'_> {
    fn done(&self, options: &Options) -> Result<Finding, Failure> {
        match self {
            Task::Folder(exercise) => folder(exercise),
            Task::Answer(subject, expected) => answer(subject, expected, options),
        }
    }
}

/// Does all of `work` on all processors, and hands the results to `each` in the order of `tasks`, as soon as they are
/// there. The first error ends it.
fn in_order<T: Sync, R: Send>(
    tasks: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers.min(tasks.len()) {
            let (done, next, work) = (done.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(at) else { break };
                    if done.send((at, work(task))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        let mut waiting = BTreeMap::new();
        let mut shown = 0;
        for (at, result) in results {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&shown) {
                shown += 1;
                each(result)?;
            }
        }
        Ok(())
    })
}

fn chosen<'c>(course: &'c Course, ids: &[String]) -> Result<Vec<&'c Exercise>, Failure> {
    if ids.is_empty() {
        return Ok(course.exercises.iter().collect());
    }
    ids.iter()
        .map(|id| Ok(course.require_exercise(id)?))
        .collect()
}

/// What an answer to an exercise must come to.
enum Expected {
    Starter(Declared),
    Proof,
    Verdict(Expectation),
}

fn answers(exercise: &Exercise) -> Result<Vec<(Subject, Expected)>, Failure> {
    let starter = Expected::Starter(exercise.manifest.starter.clone());
    let mut all = vec![
        (Subject::exercise(exercise), starter),
        (
            Subject::answer(exercise, exercise.solution()),
            Expected::Proof,
        ),
    ];
    for wrong in wrong::answers(exercise)? {
        all.push((
            Subject::answer(exercise, wrong.file),
            Expected::Verdict(wrong.expected),
        ));
    }
    Ok(all)
}

fn folder(exercise: &Exercise) -> Result<Finding, Failure> {
    let what = paths::shown(&exercise.folder);
    Ok(Finding::new(
        what,
        "complete, nothing stray",
        tidy::differences(exercise)?,
    ))
}

fn answer(subject: &Subject, expected: &Expected, options: &Options) -> Result<Finding, Failure> {
    let what = paths::shown(&subject.file);
    let outcome = match check::check(subject, options, &mut |_| ()) {
        Ok(outcome) => outcome,
        // A missing file is a difference of this course, and the others are still worth a look.
        Err(Failure::Request(problem) | Failure::Interference(problem)) => {
            return Ok(Finding::new(what, "", vec![problem.what]));
        }
        Err(failure) => return Err(failure),
    };
    let declared = expected.words();
    let report = outcome.report();
    let came_out = expected.words_of(&report);
    let mut differences = outcome.disputes;
    if declared != came_out {
        differences.insert(0, format!("must be `{declared}`, and is `{came_out}`"));
    }
    let proof = match expected {
        Expected::Proof => format!(
            "{declared}, {} interleavings",
            report
                .search
                .as_ref()
                .map_or(0, |search| search.interleavings)
        ),
        _ => declared,
    };
    Ok(Finding::new(what, &proof, differences))
}

impl Expected {
    fn words(&self) -> String {
        match self {
            Expected::Starter(declared) => format!("fail {} {}", declared.class, declared.code),
            Expected::Proof => "pass".to_string(),
            Expected::Verdict(expectation) => expectation.to_string(),
        }
    }

    /// A report in the terms of this expectation.
    fn words_of(&self, report: &Report) -> String {
        let summary = outcome::summary(report);
        match (self, &report.bug) {
            (Expected::Starter(_), Some(bug)) => format!("{summary} {}", bug.code),
            _ => summary,
        }
    }
}

impl Finding {
    fn new(what: String, as_declared: &str, differences: Vec<String>) -> Self {
        Finding {
            what,
            as_declared: as_declared.to_string(),
            differences,
        }
    }
}

/// Counts, while the findings are printed.
#[derive(Default)]
struct Tally {
    exercises: usize,
    findings: usize,
    different: usize,
}

impl Tally {
    fn report(&mut self, finding: Finding, options: &Options) {
        self.findings += 1;
        self.different += usize::from(!finding.differences.is_empty());
        let show = if options.json { json } else { human };
        output::result(&show(&finding));
    }

    fn sentence(&self) -> String {
        let (exercises, findings) = (self.exercises, self.findings);
        match self.different {
            0 => format!(
                "\n{exercises} exercises verified: all {findings} findings are as declared\n"
            ),
            different => format!(
                "\n{exercises} exercises verified: {different} of {findings} findings differ\n"
            ),
        }
    }
}

fn human(finding: &Finding) -> String {
    if finding.differences.is_empty() {
        return format!("ok         {}: {}\n", finding.what, finding.as_declared);
    }
    let lines = finding.differences.iter();
    lines
        .map(|difference| format!("different  {}: {difference}\n", finding.what))
        .collect()
}

fn json(finding: &Finding) -> String {
    let object = json!({
        "format": 1,
        "path": finding.what,
        "ok": finding.differences.is_empty(),
        "declared": finding.as_declared,
        "differences": finding.differences,
    });
    object.to_string() + "\n"
}
