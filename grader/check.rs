//! The whole pipeline: source, compile, run, verdict. The report is made of the [`Outcome`] by whoever shows it.

use std::time::{Duration, Instant};

use threadlings::explanation::{self, Search, Watching};
use threadlings::names::Sources;
use threadlings::runtime::{self, Exploration, Limits, Request, Settings, Task};
use threadlings::sandbox::Layers;
use threadlings::trace::{Ending, Memory};

use crate::compile::{self, Library, Races};
use crate::engines::cross::{self, Voice};
use crate::failure::{Failure, Fault, Problem};
use crate::intake::SourceFile;
use crate::options::Options;
use crate::outcome::{Cause, Decision, End, Outcome, Tried};
use crate::policy::{self, Inspection};
use crate::subject::{Source, Subject};
use crate::{named, output};

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
    judge(subject, &subject.read()?, options, on_progress)
}

/// The same for a source that has been read.
///
/// # Errors
/// When we fail.
pub fn judge(
    subject: &Subject,
    source: &Source,
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
    } = judged(subject, source, options, on_progress)?;
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
    let library = match compiled(subject, source, options.edition, false, options)? {
        Ok(library) => library,
        Err(errors) => return Ok(Judged::unsearched(Cause::Refused(errors), review)),
    };
    if let Some(why) = unread {
        return Ok(Judged::unsearched(Cause::Rejected(vec![why]), review));
    }
    let Decision {
        cause,
        search,
        tried,
    } = (options.engine.judge)(subject, &library, options, on_progress)?;
    let cause = match layers(options)? {
        Some(_) if !is_failure(&cause) && is_lying(subject, &library, options)? => {
            Cause::Rejected(vec![LIE.to_owned()])
        }
        _ => cause,
    };
    let voices = match options.cross_check {
        Some(_) if is_race(&cause) => cross::silent(),
        Some(time) => cross::examine(subject, &library, time, options)?,
        None => Vec::new(),
    };
    let watching = watching(&library, options);
    Ok(Judged {
        cause: accepted(subject, cause, &watching),
        search: Some(search),
        tried,
        watching,
        voices,
        review,
    })
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

/// Whether a run ended in a way that nobody would make up.
fn is_failure(cause: &Cause) -> bool {
    matches!(cause, Cause::Failed(_) | Cause::Unmodelled(_))
}

/// Whether a program that is bound to fail says that it does not. Its scenarios have run in processes that could say
/// anything, and so does this.
///
/// # Errors
/// When its process does not answer as expected, which is no better.
fn is_lying(subject: &Subject, library: &Library, options: &Options) -> Result<bool, Failure> {
    let request = Request {
        library: library.path.clone(),
        entries: library.entries.clone(),
        layers: library.layers.clone(),
        sources: library.sources.clone(),
        unused: library.unused.clone(),
        // What comes after the last one fails in any case.
        entry: library.entries.len(),
        watch: library.is_watched(),
        task: Task::Try,
        limits: Limits {
            memory: options.memory_limit,
            ..Limits::default()
        },
    };
    let tried = match runtime::run(&request, &mut |_| ()) {
        Ok(tried) => tried,
        // To say that it cannot be tried is not to say that it succeeds.
        Err(runtime::Fault::Failed(_)) => return Ok(false),
        Err(fault) => return Err(no_answer(fault)),
    };
    // A program may end itself, with `exit(0)`; an answer may not end the check that it is asked in.
    let has_completed = tried.ending == Some(Ending::Completed);
    Ok(has_completed && subject.exercise.is_some())
}

/// See [`is_lying`].
const LIE: &str =
    "this program says that it is right where it cannot be: it interferes with what judges it";

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

/// The program as the runner loads it, or what rustc says about it. `variables`: see [`compile::Input`].
///
/// # Errors
/// When there is no compiler, or it cannot do its work here.
pub fn compiled(
    subject: &Subject,
    source: &Source,
    edition: &str,
    variables: bool,
    options: &Options,
) -> Result<Result<Library, String>, Failure> {
    let scenarios: Vec<String> = subject
        .scenarios()
        .into_iter()
        .map(|scenario| scenario.name)
        .collect();
    let layers = layers(options)?;
    let input = compile::Input {
        stranger: options.stranger,
        allow_unsafe: subject.allows_unsafe(),
        file: source.program.as_input(),
        check: source.check.as_ref().map(|check| check.as_input()),
        scenarios: &scenarios,
        edition,
        color: options.color,
        races: if options.engine.watches {
            options.races
        } else {
            Races::Never
        },
        variables,
        incremental: true,
        layers: layers.as_ref(),
    };
    let mut tell = |text: &str| {
        if !options.quiet {
            output::remark(text);
        }
    };
    match compile::compile(&input, &mut tell) {
        Ok(library) => Ok(Ok(library)),
        Err(compile::Problem::Errors(errors)) => Ok(Err(errors)),
        Err(compile::Problem::NoCompiler { what, help }) => {
            Err(Problem::new(what).help(help).into())
        }
        Err(compile::Problem::Ours(what)) => Err(Fault(what).into()),
    }
}

/// Explores scenario after scenario. The first one that fails decides; without one, what is weaker than a failure
/// counts: no concurrency, then a limit that was hit, then goals that were not reached.
///
/// # Errors
/// When the child process fails, which says nothing of the program.
pub fn explore(
    subject: &Subject,
    library: &Library,
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Decision, Failure> {
    let mut total = Total::begin(subject, options);
    total.search.complete = !library.uncounted;
    let mut tried = Vec::new();
    let mut decided: Option<(Cause, Search)> = None;
    for (entry, scenario) in subject.scenarios().into_iter().enumerate() {
        if total.is_used_up() {
            total.truncated("budget");
            break;
        }
        let explored = one(library, entry, &total, on_progress)?;
        total.add(&explored);
        let (end, cause) = ended(&explored, &mut total, options);
        tried.push(Tried {
            scenario,
            end,
            reached: explored.reached,
        });
        if let Some(cause) = cause {
            // That one scenario has no answer does not hide that another one has a bug.
            let outranks = |(before, _): &(Cause, Search)| {
                matches!(cause, Cause::Failed(_)) && !matches!(before, Cause::Failed(_))
            };
            if decided.as_ref().is_none_or(outranks) {
                decided = Some((cause, total.search()));
            }
            if !options.every_scenario {
                break;
            }
        }
    }
    let (cause, search) = decided.unwrap_or_else(|| {
        let search = total.search();
        (unfailed(subject, library, &tried, &search, options), search)
    });
    Ok(Decision {
        cause,
        search,
        tried,
    })
}

/// How a scenario ended, and the cause of the verdict if that decides it.
fn ended(explored: &Exploration, total: &mut Total<'_>, options: &Options) -> (End, Option<Cause>) {
    let Some(trace) = &explored.failure else {
        let end = match explored.complete {
            true => End::Proved {
                single: explored.single,
            },
            false => End::Open,
        };
        return (end, None);
    };
    total.search.complete = false;
    total.search.memory = name(trace.memory).to_string();
    let trace = Box::new(trace.clone());
    match &trace.ending {
        Ending::Unmodelled { .. } => (End::Open, Some(Cause::Unmodelled(trace))),
        Ending::TooLong => {
            total.truncated("steps");
            let cause = Cause::Inconclusive(reason("steps", options));
            (End::Open, Some(cause))
        }
        _ => {
            let end = End::Failed {
                trace: trace.clone(),
                // That nothing orders two accesses shows in any execution.
                at_once: explored.executions <= 1
                    && explored.hunted == 0
                    && trace.ending != Ending::DataRace,
            };
            (end, Some(Cause::Failed(trace)))
        }
    }
}

/// What decides where no scenario has failed.
fn unfailed(
    subject: &Subject,
    library: &Library,
    tried: &[Tried],
    search: &Search,
    options: &Options,
) -> Cause {
    let serial = tried.iter().find(|tried| {
        tried.scenario.concurrent && matches!(tried.end, End::Proved { single: true })
    });
    let mut missing = subject.must_reach().to_vec();
    missing.retain(|goal| !tried.iter().any(|tried| tried.reached.contains(goal)));
    match (serial, &search.truncated_by) {
        (_, Some(limit)) => Cause::Inconclusive(reason(limit, options)),
        (_, None) if library.uncounted => Cause::Inconclusive(Some(UNCOUNTED.to_string())),
        (_, None) if !search.complete => Cause::Inconclusive(None),
        // It is said to be right otherwise.
        (Some(tried), None) => Cause::OneInterleaving(tried.scenario.name.clone()),
        (None, None) if !missing.is_empty() => Cause::NotReached(missing),
        (None, None) => Cause::Proved,
    }
}

fn one(
    library: &Library,
    entry: usize,
    total: &Total<'_>,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Exploration, Failure> {
    let before = total.search.interleavings + total.hunted;
    let request = Request {
        library: library.path.clone(),
        entries: library.entries.clone(),
        layers: library.layers.clone(),
        sources: library.sources.clone(),
        unused: library.unused.clone(),
        entry,
        watch: library.is_watched(),
        task: Task::Explore(total.settings()),
        limits: Limits {
            budget_ms: u64::try_from(total.left().as_millis()).unwrap_or(u64::MAX),
            memory: total.options.memory_limit,
            jobs: total.options.jobs,
            ..Limits::default()
        },
    };
    let mut at = |progress: &runtime::Progress| {
        on_progress(&Progress {
            executions: before + progress.executions,
            proof: progress.estimate.map(|estimate| Proof {
                done: estimate.covered + progress.executions.saturating_sub(estimate.executions),
                about: estimate.interleavings,
                hopeless: estimate.hopeless,
            }),
            hunting: progress.hunting,
            left: total.left(),
        });
    };
    let explored = runtime::run(&request, &mut at);
    explored.map_err(no_answer)
}

/// Why there is no answer: only the program can interfere with what its process says.
pub fn no_answer(fault: runtime::Fault) -> Failure {
    let what = fault.to_string();
    match fault {
        runtime::Fault::Malformed(_) => Problem::new(what)
            .help("nothing was judged; look at the program: it may interfere with its own process")
            .into(),
        _ => Fault(what).into(),
    }
}

/// The time for one subject: what was typed wins over what its exercise says.
pub fn budget(subject: &Subject, options: &Options) -> Duration {
    let of_exercise = subject.exercise.as_ref();
    let of_exercise =
        of_exercise.map(|exercise| Duration::from_secs(exercise.manifest.budget_seconds));
    options
        .budget
        .or(of_exercise)
        .unwrap_or(Options::DEFAULT_BUDGET)
}

/// Why a search that found nothing proves nothing: see [`Library::uncounted`].
const UNCOUNTED: &str = "the reference counts of `Arc` were not searched: this compiler cannot announce them for this program";

/// Why an answer with `unsafe` code is not accepted: see [`Watching`].
const UNWATCHED: &str = "the answer has `unsafe` code, and its accesses to memory were not watched";

fn name(memory: Memory) -> &'static str {
    match memory {
        Memory::Sc => "sc",
        Memory::C11 => "c11",
    }
}

/// Which limit ended the search, as a sentence; `None` for the budget, which needs none.
fn reason(limit: &str, options: &Options) -> Option<String> {
    match (limit, options.max_interleavings) {
        ("interleavings", Some(most)) => {
            let count = explanation::interleavings(most);
            Some(format!("the limit of {count} was reached"))
        }
        ("steps", _) => Some(format!(
            "one execution has more than {} steps",
            Settings::default().max_steps
        )),
        ("stores", _) => Some(
            "an atomic has more old values that a thread could still read than are told apart"
                .to_string(),
        ),
        ("watched", _) => Some(
            "an execution uses more memory than is watched for data races, which is 32 MiB"
                .to_string(),
        ),
        ("loop", _) => Some("a loop that goes on for very long was cut short".to_string()),
        _ => None,
    }
}

/// What the scenarios of one check share: the limits, and the count.
struct Total<'a> {
    begun: Instant,
    budget: Duration,
    options: &'a Options,
    search: Search,
    /// Executions that looked for bugs only.
    hunted: u64,
    /// Scenarios that were begun, and not proved.
    unproved: u64,
}

impl<'a> Total<'a> {
    fn begin(subject: &Subject, options: &'a Options) -> Self {
        Total {
            begun: Instant::now(),
            budget: budget(subject, options),
            options,
            search: Search {
                engine: "own".to_string(),
                strategy: "dpor".to_string(),
                memory: name(Memory::Sc).to_string(),
                interleavings: 0,
                swept: None,
                hunted_by: Vec::new(),
                complete: true,
                truncated_by: None,
                elapsed_ms: 0,
                weaker_orderings: false,
                spurious: false,
                sequential: Some(0),
            },
            hunted: 0,
            unproved: 0,
        }
    }

    fn left(&self) -> Duration {
        self.budget.saturating_sub(self.begun.elapsed())
    }

    fn is_used_up(&self) -> bool {
        self.left().is_zero() || self.settings().max_interleavings == Some(0)
    }

    fn settings(&self) -> Settings {
        let most = self.options.max_interleavings;
        Settings {
            max_interleavings: most
                .map(|most| most.saturating_sub(self.search.interleavings + self.hunted)),
            seed: self.options.seed,
            memory: self.options.memory,
            ..Settings::default()
        }
    }

    fn add(&mut self, explored: &Exploration) {
        self.search.interleavings += explored.executions;
        self.search.complete &= explored.complete;
        self.search.weaker_orderings |= explored.weak_ordering;
        if explored.memory == Memory::C11 {
            self.search.memory = name(explored.memory).to_string();
        }
        self.search.spurious |= explored.spurious;
        // Of all scenarios, or of none.
        self.search.sequential = self
            .search
            .sequential
            .zip(explored.sequential)
            .map(|(a, b)| a + b);
        self.hunted += explored.hunted;
        if !explored.complete {
            // What is said of all holds for each.
            self.search.swept = match self.unproved {
                0 => explored.swept,
                _ => self.search.swept.min(explored.swept),
            };
            self.unproved += 1;
        }
        if self.search.hunted_by.is_empty() {
            self.search.hunted_by.clone_from(&explored.strategies);
        }
        if let Some(limit) = &explored.truncated_by {
            self.truncated(limit);
        }
    }

    fn truncated(&mut self, limit: &str) {
        self.search.complete = false;
        self.search
            .truncated_by
            .get_or_insert_with(|| limit.to_string());
    }

    fn search(&self) -> Search {
        let mut search = self.search.clone();
        search.elapsed_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        if !search.complete {
            search.interleavings += self.hunted;
            if !search.hunted_by.is_empty() {
                search.strategy = "dpor, then portfolio".to_string();
            }
        }
        search
    }
}
