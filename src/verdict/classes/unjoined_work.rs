//! `unjoined_work`: a check fails because a thread that nobody waited for had not done its work.
//!
//! The rule: an assertion or explicit failure; a thread that was spawned before it, has not ended, and whose end
//! nothing before the failure waits for; and this thread has touched, or is about to touch, a cell that the check
//! read (or there is no telling, because it has only begun, or the check reads data without any operation).

use super::super::{At, Case, Class, Finding, Role, Telling, Words, atomicity, failure};
use super::lost_update::{check_label, failed};
use crate::trace::{Action, ThreadEnd};

pub(super) const CLASS: Class = Class {
    name: "unjoined_work",
    code: "TL0101",
    page: include_str!("unjoined_work.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref().filter(|failure| failure.explicit)?;
    let trace = case.trace;
    let all = atomicity::accesses(trace, case.sources);
    let cells = atomicity::checked_cells(case, failure, &all);
    let (thread, record) = trace.threads.iter().enumerate().find(|(at, record)| {
        let spawned = record.spawned_by.is_some_and(|spawn| spawn < failure.event);
        let running = record.end == ThreadEnd::CutOff && !record.joined && *at != failure.thread;
        let descends = record.parent == Some(failure.thread);
        if !(spawned && running && descends) {
            return false;
        }
        let next = trace.pending.iter().find(|event| event.thread == *at);
        let touches = |object: Option<usize>| object.is_some_and(|object| cells.contains(&object));
        let unknown = next.is_none_or(|event| {
            event.object.is_none()
                || matches!(event.action, Action::Sleep | Action::Yield | Action::Print)
        });
        unknown
            || cells.is_empty()
            || touches(next.and_then(|event| event.object))
            || all
                .iter()
                .any(|access| access.thread == *at && cells.contains(&access.object))
    })?;
    let mut finding = Finding {
        failure: case.failure.clone(),
        notes: vec![thread],
        ..Finding::default()
    };
    if let Some(spawn) = record.spawned_by {
        finding.event(trace, Role::Spawns, spawn);
        finding.sites[0].object = None;
    }
    if let Some(next) = trace
        .pending
        .iter()
        .position(|event| event.thread == thread)
    {
        finding.pending(trace, Role::Writes, next);
    }
    failed(&mut finding, case);
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let late = finding.notes.first().copied().unwrap_or(0);
    let who = say.thread(late);
    let checker = finding.failure.as_ref().map_or(0, |failure| failure.thread);
    let labels = finding.sites.iter().map(|site| match (site.role, site.at) {
        (Role::Spawns, _) => format!("{who} is started here"),
        (_, At::Pending(_)) => format!("{who} has come no further than here"),
        _ => check_label(finding),
    });
    Words {
        title: format!(
            "{} checks the result before {who} has finished",
            say.thread(checker)
        ),
        labels: labels.collect(),
        help: format!(
            "nothing makes {} wait until {who} has finished",
            say.thread(checker)
        ),
        notes: failure::message_note(finding.failure.as_ref()),
    }
}
