//! `torn_update`: a thread sees, or acts between, the first and the second half of another thread's change.
//!
//! The rule: the failing thread looks at two cells (or one) while another thread is between its writes to them:
//! one look is after the first write, the other before the second. Both writes belong to one call of one function,
//! and so do both looks, which change nothing themselves. Over one cell this is the unserialisable W-R-W. The
//! second write may still be to come when the program fails, where it concerns the same cell or the same memory
//! block, or the check is about both cells; but not where the failing thread should have waited for the other one
//! (see `unjoined_work`). Where nothing else explains a failed assertion, a change by another thread between two changes of the
//! data that it looked at does.

use std::collections::BTreeMap;

use super::super::atomicity::{self, Access, Change};
use super::super::{At, Case, Class, Finding, Role, Telling, Virtue, Words, failure, state};
use super::lost_update::{Seen, check_label, failed, spaced, value};
use super::unjoined_work::runs_alongside;
use crate::trace::{Action, Event, ObjectKind, ThreadEnd, Trace};

pub(super) const CLASS: Class = Class {
    name: "torn_update",
    code: "TL0203",
    virtue: Virtue::Safety,
    page: include_str!("torn_update.md"),
    recognise,
    tell,
};

/// The writes before a failure, the writes after each, and the looks that are considered: a tear is never far
/// from the failure that it causes.
const NEAR: usize = 64;

/// Sites: the first write, the read (or reads) between, the second write, the failure.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    let trace = case.trace;
    let all = case.accesses();
    let looks = Looks::new(all, failure);
    let checked = atomicity::checked_cells(case, failure, all);
    let belong =
        |a: usize, b: usize| akin(trace, a, b) || checked.contains(&a) && checked.contains(&b);
    let writes = all.iter().filter(|a| {
        a.thread != failure.thread
            && a.writes != Change::None
            && is_cell(trace, a.object)
            && definite(a)
            && begins(trace, a)
    });
    let mut by_thread: BTreeMap<usize, Vec<&Access>> = BTreeMap::new();
    for write in writes {
        by_thread.entry(write.thread).or_default().push(write);
    }
    let mut best: Option<(usize, Finding)> = None;
    for (&thread, writes) in &by_thread {
        let alongside = runs_alongside(case, thread);
        let past = writes.partition_point(|write| {
            write.from < failure.event && state::precedes(trace, write.from, failure.event)
        });
        for at in (past.saturating_sub(NEAR)..past).rev() {
            let first = writes[at];
            let later = writes[at + 1..].iter().take(NEAR);
            for second in later.filter(|second| one_call(trace, first.from, second.from)) {
                let late = second.from > failure.event;
                if late && !(alongside && belong(first.object, second.object)) {
                    continue;
                }
                if let Some(reads) = looks.between(trace, first, second) {
                    keep(&mut best, case, first, &reads, At::Event(second.from));
                }
            }
            if at + 1 == writes.len()
                && alongside
                && let Some((reads, next)) = unfinished(case, &looks, first, belong)
            {
                keep(&mut best, case, first, &reads, At::Pending(next));
            }
        }
    }
    if best.is_none() && failure.assertion {
        interrupted(&mut best, case, all);
    }
    best.map(|(_, finding)| finding)
}

/// What the failing thread looks at without changing it, by cell, in order.
struct Looks<'a>(BTreeMap<usize, Vec<&'a Access>>);

impl<'a> Looks<'a> {
    fn new(all: &'a [Access], failure: &failure::Failure) -> Self {
        let mut looks: BTreeMap<usize, Vec<&Access>> = BTreeMap::new();
        let own = all.iter().filter(|a| {
            a.thread == failure.thread && a.reads && a.from < failure.event && a.is_look()
        });
        for look in own {
            looks.entry(look.object).or_default().push(look);
        }
        Looks(looks)
    }

    fn of(&self, object: usize) -> &[&'a Access] {
        self.0.get(&object).map_or(&[], Vec::as_slice)
    }

    /// The last look at a cell that is over before an event.
    fn before(&self, object: usize, event: usize) -> Option<&'a Access> {
        let looks = self.of(object);
        let end = looks.partition_point(|look| look.to < event);
        looks[..end].last().copied()
    }

    /// The looks at a cell after an event, the first come first.
    fn after(&self, object: usize, event: usize) -> impl Iterator<Item = &'a Access> {
        let looks = self.of(object);
        let start = looks.partition_point(|look| look.from <= event);
        looks[start..].iter().copied().take(NEAR)
    }

    /// The looks that see the first of two writes, but not the second.
    fn between(&self, trace: &Trace, first: &Access, second: &Access) -> Option<Vec<&'a Access>> {
        let old = self.before(second.object, second.from)?;
        if first.object == second.object {
            let torn = old.from > first.to
                && old.writes == Change::None
                && !atomicity::same_place(first, second)
                && !atomicity::verifies(trace, second);
            return torn.then(|| vec![old]);
        }
        let new = self
            .after(first.object, first.to)
            .find(|new| one_call(trace, new.from, old.from))?;
        Some(vec![new, old])
    }
}

/// Where the thread of `first` has been cut off just before it changes the same cell, or one that belongs to it:
/// what was looked at, and the pending operation.
fn unfinished<'a>(
    case: &Case<'_>,
    looks: &Looks<'a>,
    first: &Access,
    belong: impl Fn(usize, usize) -> bool,
) -> Option<(Vec<&'a Access>, usize)> {
    let (trace, failure) = (case.trace, case.failure.as_ref()?);
    let thread = &trace.threads[first.thread];
    let next = trace
        .pending
        .iter()
        .position(|event| event.thread == first.thread)?;
    let pending = &trace.pending[next];
    let object = pending.object?;
    let wrote = &trace.events[first.from];
    if thread.end != ThreadEnd::CutOff
        || !acts(pending.action)
        || !is_cell(trace, object)
        || !belong(first.object, object)
        || !same_call(wrote, pending)
        || super::super::place_of(pending) == super::super::place_of(wrote)
    {
        return None;
    }
    let new = looks.after(first.object, first.to).last()?;
    if object == first.object {
        return Some((vec![new], next));
    }
    let old = looks.before(object, failure.event)?;
    one_call(trace, new.from, old.from).then(|| (vec![new, old], next))
}

/// Data behind a lock that the failing assertion has looked at, changed by a thread in two critical sections at
/// different places of one call, with a change by another thread between them.
fn interrupted(best: &mut Option<(usize, Finding)>, case: &Case<'_>, all: &[Access]) {
    let Some(failure) = &case.failure else { return };
    let cells = atomicity::checked_cells(case, failure, all);
    let changes = |access: &&Access| {
        access.writes != Change::None
            && access.from < failure.event
            && begins(case.trace, access)
            // The check itself only looks, whatever it could change.
            && (access.thread != failure.thread || definite(access))
            && cells.contains(&access.object)
            && state::is_lock(case.trace, access.object)
    };
    let changes: Vec<&Access> = all.iter().filter(changes).collect();
    for at in (changes.len().saturating_sub(NEAR)..changes.len()).rev() {
        let first = changes[at];
        let same = |a: &&&Access| a.object == first.object && a.from > first.to;
        let later = changes[at + 1..].iter().filter(same);
        let own = later.clone().filter(|a| a.thread == first.thread);
        let second = own.clone().find(|a| !atomicity::same_place(first, a));
        let Some(second) = second else { continue };
        let between = |a: &&&Access| a.thread != first.thread && a.to < second.from;
        if let Some(remote) = later.clone().find(between) {
            keep(best, case, first, &[remote], At::Event(second.from));
        }
    }
}

/// Whether an access is the beginning of something: what comes after a wait goes on with what was begun before.
fn begins(trace: &Trace, access: &Access) -> bool {
    trace.events[access.from].action != Action::Reacquire
}

fn definite(access: &Access) -> bool {
    access.writes != Change::Maybe
}

/// An atomic, or data behind a lock.
fn is_cell(trace: &Trace, object: usize) -> bool {
    trace.objects[object].kind == ObjectKind::Atomic || state::is_lock(trace, object)
}

/// The same cell, or two of one memory block.
fn akin(trace: &Trace, a: usize, b: usize) -> bool {
    a == b || trace.objects[a].block == trace.objects[b].block
}

/// Whether two events of one thread happen in the same function, called from the same places.
fn one_call(trace: &Trace, a: usize, b: usize) -> bool {
    same_call(&trace.events[a], &trace.events[b])
}

fn same_call(a: &Event, b: &Event) -> bool {
    let function = |event: &Event| event.stack.first().map(|frame| frame.function.clone());
    let callers = |event: &Event| -> Vec<_> {
        let outer = event.stack.iter().skip(1);
        outer.map(|frame| frame.place.clone()).collect()
    };
    a.thread == b.thread && function(a) == function(b) && callers(a) == callers(b)
}

fn acts(action: Action) -> bool {
    matches!(
        action,
        Action::Store
            | Action::ReadModifyWrite
            | Action::CompareExchange
            | Action::Lock
            | Action::WriteLock
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
    let mut reads = reads.to_vec();
    reads.sort_unstable_by_key(|read| read.from);
    reads.dedup_by_key(|read| read.from);
    for read in reads {
        finding.event(trace, Role::Reads, read.from);
        // After a wait, the event is the condvar's.
        if let Some(site) = finding.sites.last_mut() {
            site.object = Some(read.object);
        }
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
