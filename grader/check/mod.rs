//! The whole pipeline: source, compile, run, verdict. The report is made of the [`Outcome`] by whoever shows it.

mod canary;
mod compiled;
mod scenarios;
mod total;

use std::time::Duration;

use threadlings::explanation::{self, Search, Watching};
use threadlings::names::Sources;
use threadlings::runtime;
use threadlings::sandbox::Layers;

pub use compiled::{compiled, compiled_together};
pub use scenarios::{budget, explore};

use crate::compile::Library;
use crate::engines::cross::{self, Voice};
use crate::failure::{Failure, Fault, Problem};
use crate::intake::SourceFile;
use crate::named;
use crate::options::Options;
use crate::outcome::{Cause, Decision, Outcome, Tried};
use crate::policy::{self, Inspection};
use crate::subject::{Source, Subject};

/// How far a check has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Executions of all scenarios so far.
    pub executions: u64,
    /// The proof in progress, once its size has been estimated.
    pub proof: Option<Proof>,
    /// The proof was given up, and bugs are looked for.
    pub hunting: bool,
    /// What is left of the budget.
    pub left: Duration,
}

/// How far a proof has come.
#[derive(Clone, Copy, Debug)]
pub struct Proof {
    /// Interleavings that are proved.
    pub done: u64,
    /// How many there are, as far as can be told.
    pub about: f64,
    /// It does not fit into the budget by far.
    pub hopeless: bool,
}

/// Checks `subject`. `on_progress` is told now and then how far the check has come.
///
/// # Errors
/// When the subject cannot be read, or we fail; what is wrong with the program is an outcome.
pub fn check(
    subject: &Subject,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Outcome, Failure> {
    judge(subject, &subject.read()?, None, options, on_progress)
}

/// The same for a source that has been read, and perhaps compiled.
///
/// # Errors
/// When we fail.
pub fn judge(
    subject: &Subject,
    source: &Source,
    library: Option<&Library>,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Outcome, Failure> {
    let layers = layers(options)?;
    let Judged {
        mut cause,
        search,
        tried,
        watching,
        voices,
        review,
    } = judged(subject, source, library, options, on_progress)?;
    if let Cause::Failed(trace) = &mut cause {
        if trace.race.is_some() {
            named::name_memory(trace, subject, source, options);
        }
        let sources = Sources::new(source.files());
        **trace = explanation::settled(trace, &sources).into_owned();
    }
    Ok(Outcome {
        subject: subject.clone(),
        cause,
        search,
        tried,
        watching,
        layers: layers.unwrap_or_else(Layers::unwanted),
        files: source.files(),
        replay: None,
        notes: voices.iter().map(Voice::sentence).collect(),
        disputes: voices.iter().flat_map(Voice::disputes).collect(),
        review,
    })
}

/// The layers of the sandbox for a program, if it is to have one.
///
/// # Errors
/// When one is required and there is none, and when the engine knows none.
fn layers(options: &Options) -> Result<Option<Layers>, Problem> {
    let layers = options.confinement.layers()?;
    if layers.is_some() && !options.engine.confines {
        let name = options.engine.name;
        return Err(Problem::new(format!(
            "the engine `{name}` runs programs without a sandbox"
        ))
        .help("leave out --engine for programs that are not your own"));
    }
    Ok(layers)
}

/// What decides, and what is known besides.
struct Judged {
    cause: Cause,
    search: Option<Search>,
    tried: Vec<Tried>,
    watching: Watching,
    voices: Vec<Voice>,
    review: Vec<String>,
}

impl Judged {
    /// Nothing has run.
    fn unsearched(cause: Cause, review: Vec<String>) -> Judged {
        Judged {
            cause,
            search: None,
            tried: Vec::new(),
            watching: Watching::Needless,
            voices: Vec::new(),
            review,
        }
    }
}

fn judged(
    subject: &Subject,
    source: &Source,
    library: Option<&Library>,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Judged, Failure> {
    let Inspection {
        violations,
        review,
        unread,
    } = inspection(subject, &source.program, options)?;
    if !violations.is_empty() {
        return Ok(Judged::unsearched(Cause::Rejected(violations), review));
    }
    let own;
    let library = match library {
        Some(library) => library,
        None => match compiled(subject, source, options.edition, false, options)? {
            Ok(library) => {
                own = library;
                &own
            }
            Err(errors) => return Ok(Judged::unsearched(Cause::Refused(errors), review)),
        },
    };
    if let Some(why) = unread {
        return Ok(Judged::unsearched(Cause::Rejected(vec![why]), review));
    }
    let Decision {
        cause,
        search,
        tried,
    } = match decided(subject, library, options, on_progress) {
        // Without unsafe code it would be ours.
        Err(Failure::Interference(_)) if subject.exercise.is_some() && library.is_watched() => {
            let why = vec![INTERFERES.to_owned()];
            return Ok(Judged::unsearched(Cause::Rejected(why), review));
        }
        decided => decided?,
    };
    let voices = match options.cross_check {
        Some(_) if is_race(&cause) => cross::silent(),
        Some(time) => cross::examine(subject, library, time, options)?,
        None => Vec::new(),
    };
    let watching = watching(library, options);
    Ok(Judged {
        cause: accepted(subject, cause, &watching),
        search: Some(search),
        tried,
        watching,
        voices,
        review,
    })
}

/// What the engine says, unless the program says the same of what cannot be right.
fn decided(
    subject: &Subject,
    library: &Library,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Decision, Failure> {
    let mut decision = (options.engine.judge)(subject, library, options, on_progress)?;
    let is_believed = layers(options)?.is_none() || canary::is_failure(&decision.cause);
    if !is_believed && canary::is_lying(subject, library, options)? {
        decision.cause = Cause::Rejected(vec![canary::LIE.to_owned()]);
    }
    Ok(decision)
}

/// What the program may not contain: all of it is read where it is a stranger's.
fn inspection(
    subject: &Subject,
    program: &SourceFile,
    options: &Options,
) -> Result<Inspection, Failure> {
    if options.stranger {
        return policy::inspect(program, subject.allows_unsafe());
    }
    Ok(Inspection {
        violations: policy::violations(subject, program),
        ..Inspection::default()
    })
}

fn is_race(cause: &Cause) -> bool {
    matches!(cause, Cause::Failed(trace) if trace.race.is_some())
}

/// An answer to an exercise is not accepted as long as half of what it can do wrong was not looked for.
fn accepted(subject: &Subject, cause: Cause, watching: &Watching) -> Cause {
    let is_blind = matches!(watching, Watching::Unwanted | Watching::Impossible(_));
    let claims = matches!(
        cause,
        Cause::Proved | Cause::OneInterleaving(_) | Cause::NotReached(_)
    );
    if subject.exercise.is_some() && is_blind && claims {
        Cause::Inconclusive(Some(UNWATCHED.to_string()))
    } else {
        cause
    }
}

/// Whether races in plain memory were looked for in a program.
fn watching(library: &Library, options: &Options) -> Watching {
    match &library.watching {
        Watching::Needless => Watching::Needless,
        _ if !options.engine.watches => Watching::Impossible(format!(
            "the engine `{}` does not see them",
            options.engine.name
        )),
        watching => watching.clone(),
    }
}

/// Why an answer with `unsafe` code is not accepted: see [`Watching`].
const UNWATCHED: &str = "the answer has `unsafe` code, and its accesses to memory were not watched";

/// Why an answer is not judged whose process does not answer as expected.
const INTERFERES: &str =
    "its process did not answer as expected: it interferes with what judges it";

/// Why there is no answer: only the program can interfere with what its process says.
pub fn no_answer(fault: runtime::Fault) -> Failure {
    let what = fault.to_string();
    match fault {
        runtime::Fault::Malformed(_) => Failure::Interference(Problem::new(what).help(
            "nothing was judged; look at the program: it may interfere with its own process",
        )),
        _ => Fault(what).into(),
    }
}
