//! Points: what of the rubric an answer has earned. They follow from the verdicts on the scenarios, and from nothing
//! that another machine could see otherwise.

use threadlings::names::Sources;
use threadlings::trace::{Action, Trace};
use threadlings::verdict::{self, Virtue};

use crate::courses::{Exercise, manifest::Rubric};
use crate::outcome::{Cause, End, Outcome, Tried};
use crate::reports::record::{Grade, Part, Score};

/// Why an answer has no points in which nothing was done.
const STARTER: &str = "it is the file that was handed out";

/// The points of an answer; `None` where it could not be judged, which is no zero.
///
/// - An answer that is refused, or handed in as it was handed out, earns nothing.
/// - Of all points it earns the share of the scenarios that work: those that do not go wrong even if no thread is
///   interrupted, and have more than one interleaving where they must.
/// - Of these, safety is lost by any bug in which something wrong happens, and liveness by any in which nothing happens any
///   more: a program that is wrong sometimes is wrong. What may lie behind the first bug of a scenario is not held
///   against it.
/// - Concurrency is shared among the scenarios that must be concurrent and the goals that must be reached.
pub fn of(exercise: &Exercise, outcome: &Outcome, is_untouched: bool) -> Option<Score> {
    let rubric = &exercise.manifest.points.rubric;
    let nothing = |why: &str| Some(nothing(exercise, why));
    match &outcome.cause {
        Cause::Refused(_) => nothing("rustc does not accept it"),
        Cause::Rejected(_) => nothing("it contains what the exercise does not allow"),
        Cause::Proved | Cause::OneInterleaving(_) | Cause::NotReached(_) | Cause::Failed(_) => {
            let tried = &outcome.tried;
            // Whether one of these would be lost too is not known.
            let all_ended = tried.len() == exercise.manifest.scenarios.len()
                && !tried.iter().any(|tried| matches!(tried.end, End::Open));
            if !all_ended {
                return None;
            }
            if is_untouched {
                return nothing(STARTER);
            }
            let sources = Sources::new(outcome.files.clone());
            Some(sum(
                rubric,
                [
                    by_bugs(tried, Virtue::Safety, &sources),
                    by_bugs(tried, Virtue::Liveness, &sources),
                    concurrency(exercise, tried),
                ],
            ))
        }
        Cause::Ran(_) | Cause::Unmodelled(_) | Cause::Witnessed { .. } | Cause::Inconclusive(_) => {
            None
        }
    }
}

/// Whether the answer is the file that was handed out.
pub fn is_of_starter(grade: &Grade) -> bool {
    let mut parts = grade.score.iter().flat_map(|score| &score.parts);
    parts.any(|part| part.lost.as_deref() == Some(STARTER))
}

/// A share of the points: how many of how many, and why not all.
struct Share {
    earned: usize,
    of: usize,
    lost: Option<String>,
}

/// No points, and why.
pub fn nothing(exercise: &Exercise, why: &str) -> Score {
    let lost = || Share {
        earned: 0,
        of: 1,
        lost: Some(why.to_string()),
    };
    sum(&exercise.manifest.points.rubric, [lost(), lost(), lost()])
}

fn sum(rubric: &Rubric, [safety, liveness, concurrency]: [Share; 3]) -> Score {
    let parts = [
        ("safety", rubric.safety, safety),
        ("liveness", rubric.liveness, liveness),
        ("concurrency", rubric.concurrency, concurrency),
    ];
    let parts: Vec<Part> = parts
        .map(|(name, max, share)| part(name, max, share))
        .into();
    Score {
        points: parts.iter().map(|part| part.points).sum(),
        max: parts.iter().map(|part| part.max).sum(),
        parts,
    }
}

fn part(name: &str, max: u32, share: Share) -> Part {
    let points = u64::from(max) * share.earned as u64 / share.of.max(1) as u64;
    Part {
        name: name.to_string(),
        points: u32::try_from(points).unwrap_or(max),
        max,
        lost: share.lost,
    }
}

/// Whether a scenario works in the order in which no thread is interrupted, and in another one where it must.
fn works(tried: &Tried) -> bool {
    !is_wrong_at_once(tried) && !is_serial(tried)
}

fn is_wrong_at_once(tried: &Tried) -> bool {
    matches!(tried.end, End::Failed { at_once: true, .. })
}

fn is_serial(tried: &Tried) -> bool {
    tried.scenario.concurrent && matches!(tried.end, End::Proved { single: true })
}

/// Why these scenarios do not work.
fn idle<'a>(tried: impl Iterator<Item = &'a Tried> + Clone) -> Vec<String> {
    let names = |is: fn(&Tried) -> bool| {
        let those = tried.clone().filter(|tried| is(tried));
        let names: Vec<String> = those
            .map(|tried| format!("`{}`", tried.scenario.name))
            .collect();
        names.join(", ")
    };
    let reasons = [
        (
            "wrong even if no thread is interrupted",
            names(is_wrong_at_once),
        ),
        ("only one interleaving", names(is_serial)),
    ];
    let some = reasons.into_iter().filter(|(_, names)| !names.is_empty());
    some.map(|(why, names)| format!("{why}: {names}")).collect()
}

/// All of what works, or nothing.
fn by_bugs(tried: &[Tried], virtue: Virtue, sources: &Sources) -> Share {
    let working = tried.iter().filter(|tried| works(tried));
    if let Some(lacking) = working
        .clone()
        .find_map(|tried| bug(tried, virtue, sources))
    {
        return Share {
            earned: 0,
            of: 1,
            lost: Some(lacking),
        };
    }
    Share {
        earned: working.count(),
        of: tried.len(),
        lost: joined(&idle(tried.iter())),
    }
}

/// The bug that costs a scenario this virtue.
fn bug(tried: &Tried, virtue: Virtue, sources: &Sources) -> Option<String> {
    let End::Failed { trace, .. } = &tried.end else {
        return None;
    };
    let name = &tried.scenario.name;
    let class = verdict::judge(trace, sources)?.class;
    if class.virtue == virtue {
        return Some(format!("{} in `{name}`", class.name));
    }
    let hidden = virtue == Virtue::Safety && fails_a_check(trace, sources);
    hidden.then(|| format!("a check fails in `{name}`"))
}

/// Whether an assertion of the course's own check has failed, whatever the answer does after that: a destructor that never
/// ends would make another bug of it.
fn fails_a_check(trace: &Trace, sources: &Sources) -> bool {
    let Some(check) = sources.files().get(1) else {
        return false;
    };
    let mut panics = trace.events.iter().chain(&trace.pending);
    panics.any(|event| {
        event.action == Action::Panic
            && event
                .place
                .as_ref()
                .is_some_and(|place| place.file == check.path)
    })
}

fn concurrency(exercise: &Exercise, tried: &[Tried]) -> Share {
    let concurrent = tried.iter().filter(|tried| tried.scenario.concurrent);
    // A search that ended at a bug may not have come to a goal yet.
    let all_proved = tried
        .iter()
        .all(|tried| matches!(tried.end, End::Proved { .. }));
    let goals = &exercise.manifest.must_reach;
    let is_missed =
        |goal: &&String| all_proved && !tried.iter().any(|tried| tried.reached.contains(goal));
    let missed = goals.iter().filter(is_missed);
    let earned = concurrent.clone().filter(|tried| works(tried)).count() + goals.len()
        - missed.clone().count();
    let mut lost = idle(concurrent.clone());
    lost.extend(missed.map(|goal| format!("never reached: {goal}")));
    match concurrent.count() + goals.len() {
        0 => Share {
            earned: 1,
            of: 1,
            lost: None,
        },
        of => Share {
            earned,
            of,
            lost: joined(&lost),
        },
    }
}

/// Several reasons as one.
fn joined(reasons: &[String]) -> Option<String> {
    (!reasons.is_empty()).then(|| reasons.join("; "))
}
