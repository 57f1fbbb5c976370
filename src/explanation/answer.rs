//! The whole report: one answer in, one report out. No more is claimed than was searched.

use super::report::{Report, Search, Subject, Verdict};
use super::runs::{self, Runs};
use super::{Explanation, explain};
use crate::names::Sources;
use crate::trace::{Crash, Ending, Event, Trace};
use crate::verdict::place_of;

/// What a check came to.
#[derive(Clone, Debug)]
pub enum Answer<'a> {
    /// An execution that shows a bug, and the file it is stored in. Where the trace shows no bug, the report is
    /// that of a fault: the caller believed something that is not so.
    Failed {
        /// The execution.
        trace: &'a Trace,
        /// The program.
        sources: &'a Sources,
        /// The stored trace.
        replay: Option<String>,
    },
    /// No execution searched shows a bug.
    Passed,
    /// Another engine has searched. It explains nothing.
    Witnessed {
        /// Its name.
        engine: String,
        /// How an execution ended that fails, if it found one.
        failure: Option<String>,
    },
    /// Only one interleaving exists where the exercise needs more.
    NotConcurrent,
    /// These goals are reached in no interleaving.
    OverSynchronised {
        /// Their names.
        unreached: Vec<String>,
    },
    /// The source uses what is not allowed.
    Rejected {
        /// What, and where.
        reasons: Vec<String>,
    },
    /// rustc refuses it; its own words.
    DoesNotCompile {
        /// As rustc prints it.
        message: String,
    },
    /// The search ended without an answer: a limit, or an execution that is too long.
    Inconclusive {
        /// What ended it, as a sentence ("one execution has more than 1,000,000 steps"); `None` for the budget.
        reason: Option<String>,
    },
    /// Runs on real threads.
    Ran(Runs),
    /// An execution that ends at something not modelled.
    Unmodelled {
        /// The execution.
        trace: &'a Trace,
    },
    /// The file is not the source of a program.
    NoSource {
        /// What it is instead, as a sentence.
        why: String,
    },
    /// Our fault, as a sentence.
    Fault {
        /// What went wrong.
        message: String,
    },
}

/// The report of an answer.
#[must_use]
pub fn report(subject: Subject, answer: Answer<'_>, search: Option<Search>) -> Report {
    let mut report = Report {
        subject,
        verdict: Verdict::Pass,
        headline: String::new(),
        bug: None,
        search,
        extent: None,
        witness: None,
        replay: None,
        notes: Vec::new(),
        help: None,
        verbatim: None,
        files: Vec::new(),
    };
    match answer {
        Answer::Failed {
            trace,
            sources,
            replay,
        } => match (&trace.ending, explain(trace, sources)) {
            (_, Some(explanation)) => failed(&mut report, explanation, sources, replay),
            (Ending::Unmodelled { .. }, None) => unmodelled(&mut report, trace),
            (Ending::TooLong, None) => inconclusive(&mut report, Some(unexplained(trace))),
            (_, None) => fault(&mut report, &unexplained(trace)),
        },
        Answer::Passed => passed(&mut report),
        Answer::Witnessed { engine, failure } => witnessed(&mut report, &engine, failure),
        Answer::NotConcurrent => {
            report.verdict = Verdict::NotConcurrent;
            report.headline =
                "correct, but nothing runs concurrently: only one interleaving exists".into();
            report.help = Some("threads must be able to run at the same time: a join right after the spawn prevents it".into());
        }
        Answer::OverSynchronised { unreached } => {
            report.verdict = Verdict::OverSynchronised;
            report.headline = format!(
                "correct, but no interleaving ever reaches {}",
                unreached
                    .iter()
                    .map(|goal| format!("`{goal}`"))
                    .collect::<Vec<_>>()
                    .join(" or ")
            );
            report.help = Some("something waits longer than it needs to: two threads that do not touch the same data must not exclude each other".into());
        }
        Answer::Rejected { reasons } => {
            report.verdict = Verdict::Rejected;
            report.headline = "the source uses something that is not allowed here".into();
            report.notes = reasons;
        }
        Answer::NoSource { why } => {
            report.verdict = Verdict::Rejected;
            report.headline = why;
        }
        Answer::DoesNotCompile { message } => {
            report.verdict = Verdict::DoesNotCompile;
            report.headline = "rustc does not accept this file".into();
            report.verbatim = Some(message);
        }
        Answer::Inconclusive { reason } => inconclusive(&mut report, reason),
        Answer::Ran(runs) => runs::tell(&mut report, runs),
        Answer::Unmodelled { trace } => unmodelled(&mut report, trace),
        Answer::Fault { message } => fault(&mut report, &message),
    }
    let claims = matches!(
        report.verdict,
        Verdict::Pass | Verdict::OverSynchronised | Verdict::Inconclusive
    );
    if claims {
        conditions(&mut report);
    }
    report
}

fn failed(report: &mut Report, found: Explanation, sources: &Sources, replay: Option<String>) {
    report.verdict = Verdict::Fail;
    report.headline.clone_from(&found.bug.title);
    let sites = found.bug.sites.iter().map(|site| &site.file);
    let steps = found.witness.steps.iter().map(|step| &step.file);
    let used: std::collections::BTreeSet<&String> = sites.chain(steps).collect();
    report.files = sources
        .files()
        .iter()
        .filter(|file| used.contains(&file.path))
        .map(|file| (file.path.clone(), file.text.clone()))
        .collect();
    report.replay = replay;
    report.bug = Some(found.bug);
    report.witness = Some(found.witness);
}

fn passed(report: &mut Report) {
    let Some(search) = &report.search else {
        report.headline = "no bug was found".into();
        return;
    };
    let n = search.interleavings;
    let condition = condition(search);
    let searched = executions(search);
    report.headline = match (search.complete, n) {
        (true, 1) => format!("correct, in the only interleaving there is{condition}"),
        (true, _) if is_weaker(search) => format!("all {searched} are correct{condition}"),
        (true, _) => format!("proved: all {searched} are correct{condition}"),
        (false, _) => format!("no failing schedule among {} tried; not proved", grouped(n)),
    };
}

fn witnessed(report: &mut Report, engine: &str, failure: Option<String>) {
    let search = report.search.as_ref();
    let n = search.map_or(0, |search| search.interleavings);
    let complete = search.is_some_and(|search| search.complete);
    match failure {
        Some(end) => {
            report.verdict = Verdict::Fail;
            report.headline = format!("{engine} finds a failing execution: {end}");
            report.help = Some("`threadlings check` without `--engine` explains it".to_string());
        }
        None if complete => {
            report.headline = format!(
                "{engine} finds no failing execution: all {} that it knows are correct",
                interleavings(n)
            );
        }
        None => {
            report.headline = format!(
                "{engine} finds no failing execution among {}; not proved",
                grouped(n)
            );
        }
    }
}

fn inconclusive(report: &mut Report, reason: Option<String>) {
    report.verdict = Verdict::Inconclusive;
    report.headline = match (reason, report.search.as_ref().map(tried)) {
        (Some(reason), Some(tried)) if hunted(report) => format!("{tried}; {reason}"),
        (Some(reason), _) => format!("no answer: {reason}"),
        (None, Some(tried)) => tried,
        (None, None) => "the checker ran out of time before judging your code".into(),
    };
    let limit = report.search.as_ref();
    let way_out = match limit.and_then(|search| search.truncated_by.as_deref()) {
        None if limit.is_some_and(|search| search.complete) => {
            "a check in which nothing is left out can give an answer; more time does not help"
        }
        Some("interleavings") => {
            "more interleavings (`--max-interleavings`) or a smaller program can give an answer"
        }
        Some("watched") => {
            "a program that uses less memory, or `--races never`, can give an answer; more time does not help"
        }
        Some("steps") => {
            "only a program that does less can give an answer, for example with fewer turns of its loops; more time does not help"
        }
        Some("loop") => {
            "a thread that waits on a lock, a condvar or a channel, and does not go round a loop, can give an answer; more time does not help"
        }
        _ => "a longer search (`--budget`) or a smaller program can give an answer",
    };
    report.help = Some(format!(
        "{way_out}; this attempt counts neither as right nor as wrong"
    ));
}

fn hunted(report: &Report) -> bool {
    let search = report.search.as_ref();
    search.is_some_and(|search| !search.hunted_by.is_empty())
}

/// What was tried in vain.
fn tried(search: &Search) -> String {
    let swept = search.swept.map(|most| match most {
        0 => "all without a preemption".to_string(),
        1 => "all with at most 1 preemption".to_string(),
        _ => format!("all with at most {most} preemptions"),
    });
    let by = match search.hunted_by.split_last() {
        None => None,
        Some((only, [])) => Some(format!("then {only}")),
        Some((last, others)) => Some(format!("then {} and {last}", others.join(", "))),
    };
    let how: Vec<String> = swept
        .into_iter()
        .chain(["some depth first".to_string()])
        .chain(by)
        .collect();
    let schedules = match search.interleavings {
        1 => "1 schedule tried".to_string(),
        n => format!("{} schedules tried", grouped(n)),
    };
    format!("not proved: {schedules} ({}), no failure", how.join(", "))
}

fn unmodelled(report: &mut Report, trace: &Trace) {
    report.verdict = Verdict::Unmodelled;
    let what = match &trace.ending {
        Ending::Unmodelled { what } => what.as_str(),
        _ => "something",
    };
    let last = trace.events.last().or(trace.pending.first());
    let place = last.and_then(place_of);
    let place = place.map(|place| format!(", used at {}:{}", place.file, place.line));
    report.headline = format!(
        "no answer: `{what}`{} is not modelled yet",
        place.unwrap_or_default()
    );
    report.help = Some("this is a limit of the checker, not a mistake in the program; `threadlings explain unmodelled` lists what can be used instead".into());
}

fn fault(report: &mut Report, message: &str) {
    report.verdict = Verdict::Fault;
    report.headline = format!("the checker itself failed: {message}");
    report.help = Some("this says nothing about your code, and the attempt is not graded".into());
}

/// What the answer holds under.
fn conditions(report: &mut Report) {
    let Some(search) = &report.search else { return };
    let in_part = report.verdict == Verdict::Inconclusive && !search.complete;
    if let (true, "c11", Some(proved @ 1..)) = (in_part, &*search.memory, search.sequential) {
        report.notes.push(format!(
            "under sequential consistency, {} correct: what is open is what weaker orderings (`Relaxed`, `Acquire`, `Release`) may reorder",
            match proved {
                1 => "the only interleaving is".to_string(),
                _ => format!("all {} are", super::interleavings(proved)),
            }
        ));
    }
    if search.spurious {
        report.notes.push(if in_part {
            "not every schedule was tried with waits that end without a notification and weak compare-exchanges that fail without a reason".into()
        } else {
            "waits that end without a notification, and weak compare-exchanges that fail without a reason, were searched at most once for each thread".into()
        });
    }
    if is_weaker(search) {
        report.notes.push(if in_part {
            "not every schedule was tried with what weaker orderings (`Relaxed`, `Acquire`, `Release`) may reorder".into()
        } else {
            "memory was taken as sequentially consistent: what weaker orderings (`Relaxed`, `Acquire`, `Release`) may reorder was not searched".into()
        });
    }
}

/// Whether the program's orderings allow more than was searched.
fn is_weaker(search: &Search) -> bool {
    search.memory == "sc" && search.weaker_orderings
}

/// The memory model that an answer holds under, where it makes a difference.
fn condition(search: &Search) -> &'static str {
    match (is_weaker(search), search.weaker_orderings) {
        (true, _) => ", if memory is sequentially consistent",
        (false, true) => ", also those in which a thread reads an old value",
        (false, false) => "",
    }
}

/// Why a trace that was handed over as failing has no bug.
fn unexplained(trace: &Trace) -> String {
    let last = trace
        .events
        .last()
        .and_then(|event: &Event| place_of(event));
    let place = last.map(|place| format!(" (last seen at {}:{})", place.file, place.line));
    let how = match &trace.ending {
        Ending::Crashed {
            how: Crash::Other, ..
        } => "the program's process ended in an unknown way",
        Ending::TooLong => "one execution has too many steps",
        ending => {
            return format!(
                "a schedule was reported as failing that shows no bug: it ended as {ending:?}{}",
                place.unwrap_or_default()
            );
        }
    };
    format!("{how}{}", place.unwrap_or_default())
}

/// `1 interleaving`, `2,000 interleavings`
#[must_use]
pub fn interleavings(n: u64) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} interleaving{plural}", grouped(n))
}

/// What a search has counted: one order of the steps can give several executions where loads may read old values.
#[must_use]
pub fn executions(search: &Search) -> String {
    let text = interleavings(search.interleavings);
    if search.memory == "c11" {
        text.replace("interleaving", "execution")
    } else {
        text
    }
}

/// `2,000`
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
