//! What a check comes to: the cause of its verdict, and how much was searched. The report is made of it.

use std::path::PathBuf;

use threadlings::explanation::{self, Answer, Report, Runs, Search, Verdict, Watching};
use threadlings::names::Sources;
use threadlings::sandbox::Layers;
use threadlings::trace::Trace;

use crate::courses::Scenario;
use crate::exit::Ended;
use crate::subject::Subject;

/// What a check comes to.
#[derive(Debug)]
pub struct Outcome {
    /// What was checked.
    pub subject: Subject,
    /// What decides.
    pub cause: Cause,
    /// How much was searched, all scenarios together; `None` where nothing was.
    pub search: Option<Search>,
    /// How each scenario ended, as far as they were tried.
    pub tried: Vec<Tried>,
    /// Whether races in plain memory were looked for.
    pub watching: Watching,
    /// The layers of the sandbox in which the program was compiled and run.
    pub layers: Layers,
    /// The source files, by the paths that the compiler was given.
    pub files: Vec<(String, String)>,
    /// Where the failing run is stored.
    pub replay: Option<PathBuf>,
    /// Facts for the reader that are no part of the verdict.
    pub notes: Vec<String>,
    /// Where another engine sees something else, and nobody knows why.
    pub disputes: Vec<String>,
    /// What a person should look at in a stranger's program.
    pub review: Vec<String>,
}

/// How an engine decides.
#[derive(Debug)]
pub struct Decision {
    /// What decides.
    pub cause: Cause,
    /// How much was searched until then.
    pub search: Search,
    /// See [`Outcome::tried`].
    pub tried: Vec<Tried>,
}

/// One scenario by itself.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Which.
    pub scenario: Scenario,
    /// How it ended.
    pub end: End,
    /// Goals reached in any of its executions.
    pub reached: Vec<String>,
}

/// How a scenario ended.
#[derive(Clone, Debug)]
pub enum End {
    /// Every interleaving is right.
    Proved {
        /// There is only one.
        single: bool,
    },
    /// An execution goes wrong.
    Failed {
        /// That execution.
        trace: Box<Trace>,
        /// It was the very first one, in which no thread is interrupted, and it does something wrong there.
        at_once: bool,
    },
    /// A limit was hit, or something is not modelled.
    Open,
}

/// What decides a verdict.
#[derive(Clone, Debug)]
pub enum Cause {
    /// All interleavings of all scenarios are right.
    Proved,
    /// This execution goes wrong.
    Failed(Box<Trace>),
    /// Runs on real threads, which prove nothing where they end well.
    Ran(Runs),
    /// This execution ends at something that is not modelled.
    Unmodelled(Box<Trace>),
    /// Another engine has searched: what failure it found, if any.
    Witnessed {
        /// Its name.
        engine: String,
        /// How an execution ended.
        failure: Option<String>,
    },
    /// A limit was hit; the sentence says which, where it was not the budget.
    Inconclusive(Option<String>),
    /// This scenario has one interleaving only.
    OneInterleaving(String),
    /// These goals are reached in no execution.
    NotReached(Vec<String>),
    /// What rustc prints.
    Refused(String),
    /// What the exercise does not allow.
    Rejected(Vec<String>),
}

impl Outcome {
    /// The report, in plain data.
    pub fn report(&self) -> Report {
        // Only what has run is parsed: text that nobody has compiled may be nested without end.
        let files = match &self.cause {
            Cause::Failed(_) => self.files.clone(),
            _ => Vec::new(),
        };
        let sources = Sources::new(files);
        let answer = match &self.cause {
            Cause::Proved => Answer::Passed,
            Cause::Failed(trace) => Answer::Failed {
                trace,
                sources: &sources,
                replay: self.replay.as_ref().map(|path| path.display().to_string()),
            },
            Cause::Ran(runs) => Answer::Ran(*runs),
            Cause::Unmodelled(trace) => Answer::Unmodelled { trace },
            Cause::Witnessed { engine, failure } => Answer::Witnessed {
                engine: engine.clone(),
                failure: failure.clone(),
            },
            Cause::Inconclusive(reason) => Answer::Inconclusive {
                reason: reason.clone(),
            },
            Cause::OneInterleaving(_) => Answer::NotConcurrent,
            Cause::NotReached(goals) => Answer::OverSynchronised {
                unreached: goals.clone(),
            },
            Cause::Rejected(reasons) => Answer::Rejected {
                reasons: reasons.clone(),
            },
            Cause::Refused(errors) => Answer::DoesNotCompile {
                message: errors.clone(),
            },
        };
        let mut report = explanation::report(self.subject.words(), answer, self.search.clone());
        if let Cause::OneInterleaving(scenario) = &self.cause {
            report.notes.push(format!(
                "the only interleaving is that of `{scenario}` in `check.rs`"
            ));
        }
        if report.search.is_some() {
            report.notes.extend(self.watching.note(report.verdict));
        }
        report.notes.extend(self.notes.iter().cloned());
        report
    }
}

/// How a command ends that got this verdict.
pub fn ended(verdict: Verdict) -> Ended {
    match verdict {
        Verdict::Pass => Ended::Good,
        Verdict::Inconclusive | Verdict::Unmodelled => Ended::NoAnswer,
        Verdict::Fault => Ended::Fault,
        Verdict::Fail
        | Verdict::NotConcurrent
        | Verdict::OverSynchronised
        | Verdict::Rejected
        | Verdict::DoesNotCompile => Ended::Bad,
    }
}

/// The verdict, and the class of the bug, as fixtures and wrong answers write them.
pub fn summary(report: &Report) -> String {
    match &report.bug {
        Some(bug) => format!("{} {}", report.verdict.name(), bug.class),
        None => report.verdict.name().to_string(),
    }
}
