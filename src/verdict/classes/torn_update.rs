//! `torn_update`: a thread sees, or acts between, the first and the second half of another thread's change.
//!
//! The rule: the failing thread reads two cells (or one) while another thread is between its writes to them:
//! one read is after the first write, the other before the second. Over one cell this is the unserialisable
//! W-R-W. The second write may still be pending when the program fails. Where nothing else explains a failed
//! assertion, a change by another thread between two changes of the data that it looked at does.

use super::super::atomicity::{self, Access, Change};
use super::super::{At, Case, Class, Finding, Role, Telling, Words, failure, state};
use super::lost_update::{Seen, check_label, failed, spaced, value};
use crate::trace::ThreadEnd;

pub(super) const CLASS: Class = Class {
    name: "torn_update",
    code: "TL0203",
    page: include_str!("torn_update.md"),
    recognise,
    tell,
};

/// Sites: the first write, the read (or reads) between, the second write, the failure.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    let trace = case.trace;
    let all = atomicity::accesses(trace, case.sources);
    let reads: Vec<&Access> = all
        .iter()
        .filter(|a| a.thread == failure.thread && a.reads && a.from < failure.event)
        .collect();
    let changes = |a: &&Access| a.thread != failure.thread && a.writes != Change::None;
    let writes: Vec<&Access> = all.iter().filter(changes).collect();
    let mut best: Option<(usize, Finding)> = None;
    for (at, first) in writes.iter().enumerate() {
        let later = writes[at + 1..].iter().filter(|a| a.thread == first.thread);
        // Over two cells: one read sees the first write, another does not see the second.
        for second in later.clone().filter(|second| second.object != first.object) {
            for new in reads
                .iter()
                .filter(|r| r.object == first.object && r.from > first.to)
            {
                let old = reads
                    .iter()
                    .rev()
                    .find(|r| r.object == second.object && r.to < second.from);
                let Some(old) = old else { continue };
                if definite(first) && definite(second) {
                    let end = At::Event(second.from);
                    keep(&mut best, case, first, &[new, old], end);
                }
            }
        }
        // Over one cell.
        for second in later.filter(|second| second.object == first.object) {
            let between = reads.iter().rev().find(|r| {
                r.object == first.object
                    && r.from > first.to
                    && r.to < second.from
                    && r.writes == Change::None
            });
            if let Some(read) = between
                && definite(first)
                && !atomicity::same_place(trace, first, second)
                && !atomicity::verifies(trace, second)
            {
                keep(&mut best, case, first, &[read], At::Event(second.from));
            }
        }
        // The second half has not happened yet.
        let cut = trace.threads[first.thread].end == ThreadEnd::CutOff;
        let next = trace
            .pending
            .iter()
            .position(|event| event.thread == first.thread);
        let last = writes[at + 1..].iter().all(|a| a.thread != first.thread);
        let Some(next) = next.filter(|_| cut && last && definite(first)) else {
            continue;
        };
        let pending = &trace.pending[next];
        let place = super::super::place_of(pending);
        let writes_next = pending.object.filter(|_| acts(pending.action));
        let Some(object) = writes_next else { continue };
        if place == super::super::place_of(&trace.events[first.from]) {
            continue;
        }
        let new = reads
            .iter()
            .rev()
            .find(|r| r.object == first.object && r.from > first.to);
        let old = reads.iter().rev().find(|r| r.object == object);
        if let Some((new, old)) = new.zip(old)
            && (object != first.object
                || trace.threads[first.thread].parent != Some(failure.thread))
        {
            let reads: &[&Access] = if object == first.object {
                &[new]
            } else {
                &[new, old]
            };
            keep(&mut best, case, first, reads, At::Pending(next));
        }
    }
    if best.is_none() && failure.assertion {
        interrupted(&mut best, case, &all);
    }
    best.map(|(_, finding)| finding)
}

/// Data behind a lock that the failing assertion has looked at, changed by a thread in two critical sections at
/// different places, with a change by another thread between them.
fn interrupted(best: &mut Option<(usize, Finding)>, case: &Case<'_>, all: &[Access]) {
    let Some(failure) = &case.failure else { return };
    let cells = atomicity::checked_cells(case, failure, all);
    let changes = |access: &&Access| {
        access.writes != Change::None
            && cells.contains(&access.object)
            && state::is_lock(case.trace, access.object)
    };
    let changes: Vec<&Access> = all.iter().filter(changes).collect();
    for (at, first) in changes.iter().enumerate() {
        let same = |a: &&&Access| a.object == first.object && a.from > first.to;
        let later = changes[at + 1..].iter().filter(same);
        let own = later.clone().filter(|a| a.thread == first.thread);
        let second = own
            .clone()
            .find(|a| !atomicity::same_place(case.trace, first, a));
        let Some(second) = second else { continue };
        let between = |a: &&&Access| a.thread != first.thread && a.to < second.from;
        if let Some(remote) = later.clone().find(between) {
            keep(best, case, first, &[remote], At::Event(second.from));
        }
    }
}

fn definite(access: &Access) -> bool {
    access.writes != Change::Maybe
}

fn acts(action: crate::trace::Action) -> bool {
    use crate::trace::Action as A;
    matches!(
        action,
        A::Store | A::ReadModifyWrite | A::CompareExchange | A::Lock | A::WriteLock
    )
}

/// Keeps the finding whose first write is the latest in the past of the failure.
fn keep(
    best: &mut Option<(usize, Finding)>,
    case: &Case<'_>,
    first: &Access,
    reads: &[&Access],
    end: At,
) {
    let trace = case.trace;
    let Some(failure) = &case.failure else { return };
    if !state::precedes(trace, first.from, failure.event)
        || best.as_ref().is_some_and(|(at, _)| *at >= first.from)
    {
        return;
    }
    let mut finding = Finding {
        failure: case.failure.clone(),
        ..Finding::default()
    };
    finding.event(trace, Role::Writes, first.from);
    let mut reads: Vec<usize> = reads.iter().map(|read| read.from).collect();
    reads.sort_unstable();
    reads.dedup();
    for read in reads {
        finding.event(trace, Role::Reads, read);
    }
    match end {
        At::Event(at) => finding.event(trace, Role::Writes, at),
        At::Pending(at) => finding.pending(trace, Role::Writes, at),
        At::Object(_) => {}
    }
    failed(&mut finding, case);
    *best = Some((first.from, finding));
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let writes: Vec<_> = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Writes)
        .collect();
    let reads: Vec<_> = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Reads)
        .collect();
    let ([first, second], Some(read)) = (&writes[..], reads.first()) else {
        return Words::default();
    };
    let (me, other) = (
        say.thread(read.thread.unwrap_or(0)),
        say.thread(first.thread.unwrap_or(0)),
    );
    let name = |site: &super::super::Site| say.object(site.object.unwrap_or(0));
    let mut labels = Vec::new();
    for site in &finding.sites {
        let cell = site
            .object
            .map(|object| say.object(object))
            .unwrap_or_default();
        labels.push(match site.role {
            Role::Writes if site == *first => {
                format!(
                    "{other} changes {cell}{} here: the first half",
                    to(value(say, site.at, Seen::After))
                )
            }
            Role::Writes if matches!(site.at, At::Pending(_)) => {
                format!("{other} is about to change {cell} here: the second half")
            }
            Role::Writes => format!("{other} changes {cell} here: the second half"),
            Role::Reads => {
                format!(
                    "{me} reads{} from {cell} here",
                    spaced(value(say, site.at, Seen::Before).as_deref())
                )
            }
            _ => check_label(finding),
        });
    }
    let between = if first.object == second.object {
        format!("between {other}'s two changes to it")
    } else {
        format!(
            "while {other} is between its changes to {} and {}",
            name(first),
            name(second)
        )
    };
    let mut seen: Vec<String> = reads.iter().map(|site| name(site)).collect();
    seen.dedup();
    Words {
        title: format!("{me} reads {} {between}", say.list(&seen)),
        labels,
        help: "changes that belong together must be one step for everyone who looks".into(),
        notes: finding
            .failure
            .as_ref()
            .map(|failure| failure::notes(say, failure))
            .unwrap_or_default(),
    }
}

fn to(value: Option<String>) -> String {
    value
        .map(|value| format!(" to {value}"))
        .unwrap_or_default()
}
