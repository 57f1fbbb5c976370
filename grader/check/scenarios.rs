//! The engine `own`: explores the scenarios of a subject one after the other, within one budget.

use std::time::Duration;

use threadlings::explanation::{self, Search};
use threadlings::runtime::{self, Exploration, Limits, Settings, Task};
use threadlings::trace::Ending;

use super::total::Total;
use super::{Progress, Proof, no_answer};
use crate::compile::Library;
use crate::failure::Failure;
use crate::options::Options;
use crate::outcome::{Cause, Decision, End, Tried};
use crate::subject::Subject;

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
    if library.uncounted {
        total.unproved();
    }
    let mut tried = Vec::new();
    let mut decided: Option<(Cause, Search)> = None;
    for (entry, scenario) in subject.scenarios().into_iter().enumerate() {
        if total.is_used_up() {
            total.truncated("budget");
            break;
        }
        let explored = one(library, entry, &total, options, on_progress)?;
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
    total.failed_under(trace.memory);
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
    options: &Options,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Exploration, Failure> {
    let before = total.executions();
    let request = library.request(
        entry,
        Task::Explore(total.settings()),
        Limits {
            budget_ms: u64::try_from(total.left().as_millis()).unwrap_or(u64::MAX),
            memory: options.memory_limit,
            jobs: options.jobs,
            ..Limits::default()
        },
    );
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
