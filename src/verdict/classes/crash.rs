//! `crash`: the process died.

use super::super::{At, Case, Class, Finding, Role, Telling, Words, failure};
use crate::trace::{Crash, Ending};

pub(super) const CLASS: Class = Class {
    name: "crash",
    code: "TL0501",
    page: include_str!("crash.md"),
    recognise,
    tell,
};

/// Any death but the endless loop, which has a class of its own.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let Ending::Crashed { how, thread } = case.trace.ending else {
        return None;
    };
    if how == Crash::EndlessLoop {
        return None;
    }
    Some(last_place(case, thread, Role::Panics))
}

/// The last thing known of a thread.
pub(super) fn last_place(case: &Case<'_>, thread: usize, role: Role) -> Finding {
    let mut finding = Finding {
        failure: case.failure.clone(),
        ..Finding::default()
    };
    let trace = case.trace;
    let about = trace
        .pending
        .iter()
        .position(|event| event.thread == thread);
    let last = trace
        .events
        .iter()
        .rposition(|event| event.thread == thread);
    match (about, last) {
        (Some(at), _) if super::super::place_of(&trace.pending[at]).is_some() => {
            finding.pending(trace, role, at);
        }
        (_, Some(at)) => finding.event(trace, role, at),
        _ => {}
    }
    if let Some(failure) = &finding.failure {
        let at = At::Event(failure.event);
        if !finding.sites.iter().any(|site| site.at == at) {
            let event = failure.event;
            finding.event(trace, Role::Panics, event);
        }
    }
    finding
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let Ending::Crashed { how, thread } = say.trace.ending else {
        return Words::default();
    };
    let who = say.thread(thread);
    let (title, help) = match how {
        Crash::Abort if finding.failure.is_some() => (
            format!("{who} panics while it is panicking, so the process is aborted"),
            "a destructor that runs during a panic must not panic itself",
        ),
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
        Crash::Abort => "is here when the process is aborted",
        Crash::StackOverflow => "is last seen here, before its stack overflows",
        _ => "is last seen here",
    };
    Words {
        title,
        labels: finding
            .sites
            .iter()
            .map(|_| format!("{who} {word}"))
            .collect(),
        help: help.into(),
        notes: failure::message_note(finding.failure.as_ref()),
    }
}
