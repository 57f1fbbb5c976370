//! `crash`: the process died, or the program ended it with a code that says failure.

use super::super::{At, Case, Class, Finding, Role, Telling, Virtue, Words, place_of};
use super::unjoined_work::unfinished;
use crate::trace::{Action, Crash, Ending, Event, Trace};

pub(super) const CLASS: Class = Class {
    name: "crash",
    code: "TL0501",
    virtue: Virtue::Safety,
    page: include_str!("crash.md"),
    recognise,
    tell,
};

/// Any death but the endless loop, which has a class of its own. Sites: where the thread was last seen; for an
/// abort that the program did not ask for, its panics.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let trace = case.trace;
    match trace.ending {
        Ending::Crashed {
            how: Crash::EndlessLoop,
            ..
        } => None,
        Ending::Crashed {
            how: Crash::Abort,
            thread,
        } if !panics(trace, thread).is_empty() => {
            let mut finding = Finding::default();
            for at in panics(trace, thread) {
                finding.event(trace, Role::Panics, at);
            }
            Some(finding)
        }
        Ending::Crashed { thread, .. } => Some(last_place(case, thread, Role::Panics)),
        Ending::Exited { code } if code != 0 => {
            let mut finding = Finding::default();
            let exit = trace
                .events
                .iter()
                .rposition(|event| event.action == Action::Exit);
            if let Some(exit) = exit {
                let thread = trace.events[exit].thread;
                finding.focus = lately(trace, exit, thread);
                finding.event(trace, Role::Panics, exit);
            }
            Some(finding)
        }
        _ => None,
    }
}

/// The panics of a thread that end in an abort nobody asked for: the first, and the one that came during it.
fn panics(trace: &Trace, thread: usize) -> Vec<usize> {
    let own = |event: &Event| event.thread == thread;
    let asked =
        |event: &Event| own(event) && event.action == Action::Abort && event.place.is_some();
    if trace.events.iter().any(asked) {
        return Vec::new();
    }
    let panics = trace.events.iter().enumerate();
    panics
        .filter(|(_, event)| own(event) && event.action == Action::Panic && event.place.is_some())
        .map(|(at, _)| at)
        .collect()
}

/// The last thing known of a thread, and what it did lately.
pub(super) fn last_place(case: &Case<'_>, thread: usize, role: Role) -> Finding {
    let mut finding = Finding::default();
    let trace = case.trace;
    let own = |event: &Event| event.thread == thread;
    let placed = |event: &Event| own(event) && place_of(event).is_some();
    let last = trace.events.iter().rposition(placed);
    let died = last.filter(|&at| trace.events[at].action == Action::Abort);
    let about = trace.pending.iter().position(placed);
    match (died, about, last) {
        (Some(at), _, _) | (None, None, Some(at)) => finding.event(trace, role, at),
        (None, Some(at), _) => finding.pending(trace, role, at),
        (None, None, None) => {}
    }
    finding.focus = lately(trace, trace.events.len(), thread);
    finding
}

/// The last few steps of a thread, before an event, that stand in the source.
fn lately(trace: &Trace, before: usize, thread: usize) -> Vec<usize> {
    const STEPS: usize = 3;
    let own = (0..before).rev().filter(|&at| {
        let event = &trace.events[at];
        event.thread == thread && event.place.is_some() && event.action != Action::Panic
    });
    own.take(STEPS).collect()
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let (how, thread) = match say.trace.ending {
        Ending::Crashed { how, thread } => (how, thread),
        Ending::Exited { code } => return exits(finding, say, code),
        _ => return Words::default(),
    };
    let who = say.thread(thread);
    if finding.sites.len() > 1 {
        return panics_twice(finding, say, &who);
    }
    let (title, help) = match how {
        Crash::Abort => (
            format!("{who} aborts the process"),
            "an abort ends every thread at once and runs no destructor",
        ),
        Crash::StackOverflow => (
            format!("{who} uses up its stack"),
            "a recursion needs an end that every call comes nearer to",
        ),
        Crash::Segfault => (
            format!("{who} touches memory that is not there"),
            "only unsafe code can do this: check what its pointers are allowed to reach",
        ),
        Crash::OutOfMemory => (
            format!("{who} asks for more memory than the limit allows"),
            "something grows without bound: find what is never taken out again",
        ),
        Crash::EndlessLoop | Crash::Other => (
            format!("the process ends itself while {who} runs"),
            "the program must end by returning from `main`",
        ),
    };
    let word = match how {
        Crash::Abort => "aborts here",
        Crash::StackOverflow => "is last seen here, before its stack overflows",
        Crash::OutOfMemory => "asks for the memory here",
        _ => "is last seen here",
    };
    Words {
        title,
        labels: labels(finding, &who, word),
        help: help.into(),
        notes: Vec::new(),
    }
}

fn exits(finding: &Finding, say: &Telling<'_>, code: i32) -> Words {
    let who = say.thread(
        finding
            .sites
            .first()
            .and_then(|site| site.thread)
            .unwrap_or(0),
    );
    let at = match finding.sites.first().map(|site| site.at) {
        Some(At::Event(at)) => at,
        _ => say.trace.events.len(),
    };
    let threads: Vec<String> = unfinished(say.trace, at)
        .map(|thread| say.thread(thread))
        .collect();
    let notes = match &threads[..] {
        [] => Vec::new(),
        [one] => vec![format!("{one} has not finished then, and is cut off")],
        all => vec![format!(
            "{} have not finished then, and are cut off",
            say.list(all)
        )],
    };
    Words {
        title: format!("{who} ends the program with exit code {code}, which stands for a failure"),
        labels: labels(finding, &who, "ends the program here"),
        help: "an exit ends every thread at once and runs no destructor: no order of the steps above may lead to it".into(),
        notes,
    }
}

fn panics_twice(finding: &Finding, say: &Telling<'_>, who: &str) -> Words {
    let label = |(nth, site): (usize, &super::super::Site)| {
        let text = site
            .at
            .event(say.trace)
            .and_then(|event| event.text.as_deref());
        let text = text
            .and_then(|text| text.lines().next())
            .unwrap_or_default();
        if nth == 0 {
            format!("{who} panics here: {text}")
        } else {
            format!("{who} panics again here, while it cleans up: {text}")
        }
    };
    Words {
        title: format!("{who} panics while it is already panicking, so the process is aborted"),
        labels: finding.sites.iter().enumerate().map(label).collect(),
        help: "a destructor that runs during a panic must not panic itself".into(),
        notes: Vec::new(),
    }
}

fn labels(finding: &Finding, who: &str, word: &str) -> Vec<String> {
    finding
        .sites
        .iter()
        .map(|_| format!("{who} {word}"))
        .collect()
}
