//! `unjoined_work`: a check fails because a thread that nobody waited for had not done its work.
//!
//! The rule: an assertion or explicit failure; a thread that was started (by the failing thread, or by one that
//! it has started) before it, and has not ended by then; and this thread afterwards changes, or is about to
//! change, a cell that the check read. Where the execution is cut off with the failure, so that there is no
//! telling (the thread has only begun, or the check reads data without any operation), that counts too.

use super::super::{
    At, Case, Class, Finding, Role, Telling, Virtue, Words, atomicity, failure, place_of,
};
use super::lost_update::{Seen, check_label, failed, value};
use crate::names::index::{Call, Position};
use crate::trace::{Action, ThreadEnd, Trace};
use atomicity::{Access, Change};

pub(super) const CLASS: Class = Class {
    name: "unjoined_work",
    code: "TL0101",
    virtue: Virtue::Safety,
    page: include_str!("unjoined_work.md"),
    recognise,
    tell,
};

/// Sites: the start of the late thread, what the check read, the failure, the work that comes too late. `notes`:
/// the late thread.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref().filter(|failure| failure.explicit)?;
    let trace = case.trace;
    let all = case.accesses();
    let mut cells = atomicity::checked_cells(case, failure, all);
    // A check that changes the cell itself does not look at somebody's finished work.
    let looked_at = !cells.is_empty();
    cells.retain(|&cell| {
        let mut own = all.iter().rev().filter(|access| {
            access.object == cell && access.thread == failure.thread && access.from < failure.event
        });
        own.next().is_some_and(Access::is_look)
    });
    if looked_at && cells.is_empty() {
        return None;
    }
    let late = unfinished(trace, failure.event)
        .filter(|&thread| thread != failure.thread && descends(trace, thread, failure.thread));
    let (thread, work) = late.into_iter().find_map(|thread| {
        let later = all.iter().find(|access| {
            access.thread == thread
                && access.from > failure.event
                && access.writes != Change::None
                && cells.contains(&access.object)
        });
        let work = later.map(|access| At::Event(access.from));
        Some((thread, work.or_else(|| cut_off(case, thread, &cells, all))?))
    })?;
    let mut finding = Finding {
        failure: case.failure.clone(),
        notes: vec![thread],
        ..Finding::default()
    };
    if let Some(spawn) = trace.threads[thread].spawned_by {
        finding.event(trace, Role::Spawns, spawn);
        finding.sites[0].object = None;
    }
    let read = all.iter().rev().find(|access| {
        access.thread == failure.thread
            && access.from < failure.event
            && cells.contains(&access.object)
    });
    if let Some(read) = read {
        finding.event(trace, Role::Reads, read.from);
    }
    failed(&mut finding, case);
    match work {
        At::Event(at) => finding.event(trace, Role::Writes, at),
        At::Pending(at) => finding.pending(trace, Role::Writes, at),
        At::Object(_) => {}
    }
    Some(finding)
}

/// The threads that have been started before an event, and end after it, if ever.
pub(super) fn unfinished(trace: &Trace, event: usize) -> impl Iterator<Item = usize> {
    let ended = move |thread: usize| {
        let before = trace.events[..event].iter();
        before
            .filter(|event| event.action == Action::End)
            .any(|event| event.thread == thread)
    };
    let threads = trace.threads.iter().enumerate();
    threads
        .filter(move |(_, record)| record.spawned_by.is_some_and(|spawn| spawn < event))
        .map(|(thread, _)| thread)
        .filter(move |&thread| !ended(thread))
}

/// Whether a thread is meant to run while the failing thread checks: that one has not started it, or joins it, or
/// ends its scope, only after the check.
pub(super) fn runs_alongside(case: &Case<'_>, thread: usize) -> bool {
    let Some(failure) = &case.failure else {
        return true;
    };
    !descends(case.trace, thread, failure.thread)
        || ends_later(case, thread, failure).unwrap_or(false)
}

/// Whether the source waits for a thread after the place of a failure, in the same function.
fn ends_later(case: &Case<'_>, thread: usize, failure: &failure::Failure) -> Option<bool> {
    let sources = case.sources;
    let check = place_of(&case.trace.events[failure.event])?;
    let spawn = place_of(&case.trace.events[case.trace.threads[thread].spawned_by?])?;
    let function = sources.function(&check)?;
    if spawn.file != check.file || !function.span.touches(&spawn) {
        return Some(false);
    }
    let at = Position::of(&check);
    let waits = |call: &Call| match call.name.as_str() {
        "join" => call.receiver.is_some() && call.at > at && function.span.contains(call.at),
        "scope" => call.span.touches(&spawn) && call.span.touches(&check),
        _ => false,
    };
    Some(sources.calls(&check).any(waits))
}

fn descends(trace: &Trace, mut thread: usize, from: usize) -> bool {
    while let Some(parent) = trace.threads[thread].parent {
        if parent == from {
            return true;
        }
        thread = parent;
    }
    false
}

/// What a thread that was cut off was about to do, where that may be the missing work.
fn cut_off(
    case: &Case<'_>,
    thread: usize,
    cells: &[usize],
    all: &[atomicity::Access],
) -> Option<At> {
    let trace = case.trace;
    let record = &trace.threads[thread];
    if record.end != ThreadEnd::CutOff || record.joined {
        return None;
    }
    let at = trace
        .pending
        .iter()
        .position(|event| event.thread == thread)?;
    let next = &trace.pending[at];
    let unknown = next.object.is_none()
        || matches!(next.action, Action::Sleep | Action::Yield | Action::Print);
    let touches = next.object.is_some_and(|object| cells.contains(&object));
    let touched =
        |access: &atomicity::Access| access.thread == thread && cells.contains(&access.object);
    (unknown || cells.is_empty() || touches || all.iter().any(touched)).then_some(At::Pending(at))
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let late = finding.notes.first().copied().unwrap_or(0);
    let who = say.thread(late);
    let checking = finding.failure.as_ref().map_or(0, |failure| failure.thread);
    let checker = say.thread(checking);
    let failed_at = finding.failure.as_ref().map_or(0, |failure| failure.event);
    let sleeps = say.trace.events[..failed_at]
        .iter()
        .any(|event| event.thread == checking && event.action == Action::Sleep);
    let labels = finding.sites.iter().map(|site| {
        let object = site.object.map(|object| say.object(object));
        match (site.role, site.at, object) {
            (Role::Spawns, ..) => format!("{who} is started here"),
            (Role::Reads, _, Some(cell)) => match value(say, site.at, Seen::Before) {
                Some(seen) => format!("{checker} reads {seen} from {cell} here"),
                None => format!("{checker} reads {cell} here"),
            },
            (Role::Writes, At::Pending(_), _) => format!("{who} has come no further than here"),
            (Role::Writes, _, Some(cell)) => format!("{who} changes {cell} only now"),
            _ => check_label(finding),
        }
    });
    Words {
        title: format!("{checker} checks the result before {who} has finished"),
        labels: labels.collect(),
        help: if sleeps {
            format!(
                "nothing makes {checker} wait until {who} has finished: a sleep does not, however long it is"
            )
        } else {
            format!("nothing makes {checker} wait until {who} has finished before the check")
        },
        notes: finding
            .failure
            .as_ref()
            .map(|failure| failure::notes(say, failure))
            .unwrap_or_default(),
    }
}
