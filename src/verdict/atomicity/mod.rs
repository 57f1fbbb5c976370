//! Atomicity violations: the interleavings of two threads' accesses to one cell that no serial order explains.
//!
//! A cell is an atomic, or the data behind a lock; an access is one atomic operation, or one whole critical
//! section. Of the eight ways in which a remote access can fall between two consecutive local ones, four cannot
//! be serialised (Lu, Tucek, Qin, Zhou: "AVIO", ASPLOS 2006; the same four drive Park, Lu and Zhou's "CTrigger",
//! ASPLOS 2009): R-W-R, W-W-R, R-W-W and W-R-W. In the words of a student:
//!
//! - R-W-W, where the last write does not look at the cell again: **lost update**. A value is written that was
//!   computed from what had been read before the remote write.
//! - R-W-R and R-W-W, where the last step does look again, or writes a constant: **check then act**. The remote
//!   write makes the answer of the check old, and the act still follows from it.
//! - W-R-W, and its form over two cells: **torn update**. The remote thread sees the first half of a change.
//!
//! What keeps the false alarms out: a compare-exchange verifies, so it is never the second half; a loop that
//! reads the same place again is not a check; everything must be in the causal past of the failure; what
//! concerns the cells that the failing check has read counts first, then what is nearest to the failure.

mod accesses;

pub use accesses::{Access, Change, accesses};

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::failure::Failure;
use super::{Case, place_of, state};
use crate::trace::{Action, Trace};

/// A local access, a remote one that came between, and a second local one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// The earlier local access.
    pub first: Access,
    /// The remote access.
    pub remote: Access,
    /// The later local access.
    pub second: Access,
}

/// The cells that the failing check has read: those of the events in its macro, or else those whose values are in
/// the variables that it names, or else that of the last access of its thread.
#[must_use]
pub fn checked_cells(case: &Case<'_>, failure: &Failure, all: &[Access]) -> Vec<usize> {
    let Some(place) = place_of(&case.trace.events[failure.event]) else {
        return Vec::new();
    };
    let check = case.sources.macro_at(&place);
    let inside = |access: &&Access| {
        let at = place_of(&case.trace.events[access.from]);
        at.is_some_and(|at| {
            at.file == place.file && check.is_some_and(|check| check.span.touches(&at))
        })
    };
    let named = |access: &&Access| {
        let at = place_of(&case.trace.events[access.from]);
        at.zip(check).is_some_and(|(at, check)| {
            at.file == place.file && case.sources.is_passed_to(&at, check)
        })
    };
    let own = all
        .iter()
        .filter(|access| access.thread == failure.thread && access.from < failure.event);
    let cells = |own: &mut dyn Iterator<Item = &Access>| -> Vec<usize> {
        own.map(|access| access.object).collect()
    };
    let found = cells(&mut own.clone().filter(inside));
    if !found.is_empty() {
        return found;
    }
    let found = cells(&mut own.clone().rev().take(NAMED).filter(named));
    if !found.is_empty() {
        return found;
    }
    cells(&mut own.rev().take(1))
}

/// The last accesses of a thread that are asked whether a check names what they have read.
const NAMED: usize = 64;

/// The local accesses before a second one that are looked at: more than a round of any loop has.
const FIRSTS: usize = 64;

/// The unserialisable triple that best explains a failure, of those whose first and second access `select`
/// accepts: on a cell that was checked before others, the thread that failed before others, the latest first.
///
/// `select` may ask only for where its accesses stand in the code, whose they are, on what and how they change it,
/// so that a long execution, which passes few places very often, is judged in about linear time.
pub fn nearest(
    case: &Case<'_>,
    failure: &Failure,
    select: impl Fn(&Access, &Access) -> bool,
) -> Option<Between> {
    let trace = case.trace;
    let all = case.accesses();
    let cells: BTreeSet<usize> = checked_cells(case, failure, all).into_iter().collect();
    let histories = histories(trace, all);
    let mut deciding: HashMap<usize, bool> = HashMap::new();
    let mut refused: HashSet<(Local, Local)> = HashSet::new();
    let mut best: Option<((bool, bool, bool, usize), Between)> = None;
    for second in all.iter().rev() {
        if second.from > failure.event
            || (!failure.explicit && second.thread != failure.thread)
            || !state::precedes(trace, second.from, failure.event)
        {
            continue;
        }
        let checked = cells.contains(&second.object);
        let own_failure = second.thread == failure.thread;
        let history = &histories[&second.object];
        let Some(remote) = history.remote_before(all, second) else {
            continue;
        };
        let mut seen = Vec::new();
        for &first in history.own_before(all, second, remote) {
            let first = &all[first];
            if seen.contains(&(first.site, first.writes)) {
                continue;
            }
            seen.push((first.site, first.writes));
            if history.looks_again(all, first, remote, second) {
                continue;
            }
            let decides = *deciding
                .entry(first.site)
                .or_insert_with(|| decides(case, first));
            let rank = (checked, own_failure, decides, second.from);
            let better = best.as_ref().is_none_or(|(than, _)| rank > *than);
            let pair = (local(first), local(second));
            if !better || refused.contains(&pair) {
                continue;
            }
            if select(first, second) {
                let found = Between {
                    first: *first,
                    remote: *remote,
                    second: *second,
                };
                best = Some((rank, found));
            } else {
                refused.insert(pair);
            }
        }
    }
    best.map(|(_, found)| found)
}

/// What `select` may ask of an access.
type Local = (usize, usize, usize, Change);

fn local(access: &Access) -> Local {
    (access.site, access.thread, access.object, access.writes)
}

/// The accesses to one cell, by number.
#[derive(Default)]
struct History {
    /// Each thread's, in order.
    own: BTreeMap<usize, Vec<usize>>,
    /// Each thread's that change the cell, in order.
    changes: BTreeMap<usize, Vec<usize>>,
    /// Each thread's that are known to change it, in order.
    definite: BTreeMap<usize, Vec<usize>>,
}

fn histories(trace: &Trace, all: &[Access]) -> BTreeMap<usize, History> {
    let mut histories: BTreeMap<usize, History> = BTreeMap::new();
    for (at, access) in all.iter().enumerate() {
        let history = histories.entry(access.object).or_default();
        let push = |to: &mut BTreeMap<usize, Vec<usize>>| {
            to.entry(access.thread).or_default().push(at);
        };
        push(&mut history.own);
        if access.writes != Change::None && changes(trace, access) {
            push(&mut history.changes);
        }
        if !matches!(access.writes, Change::None | Change::Maybe) {
            push(&mut history.definite);
        }
    }
    histories
}

impl History {
    /// The last change by another thread before an access.
    fn remote_before<'a>(&self, all: &'a [Access], second: &Access) -> Option<&'a Access> {
        let remote = self
            .changes
            .iter()
            .filter(|(thread, _)| **thread != second.thread);
        // Two critical sections that change one cell never overlap: ends are in the order of beginnings.
        let last = remote.filter_map(|(_, changes)| {
            let before = changes.partition_point(|&at| all[at].to < second.from);
            changes.get(before.checked_sub(1)?)
        });
        last.max().map(|&at| &all[at])
    }

    /// Whether the thread of `first` comes round to the same place again after `remote`, and before `second`: what
    /// it has found there first is not what it goes by.
    fn looks_again(
        &self,
        all: &[Access],
        first: &Access,
        remote: &Access,
        second: &Access,
    ) -> bool {
        let own = self.own.get(&first.thread).map_or(&[][..], Vec::as_slice);
        let end = own.partition_point(|&at| all[at].from < second.from);
        let between = own[..end].iter().rev().take(FIRSTS).map(|&at| &all[at]);
        let mut between = between.take_while(|access| access.from > remote.to);
        between.any(|access| same_place(access, first))
    }

    /// The accesses of the same thread before `remote`, the latest first, back to the last that changed the cell
    /// before `second`.
    fn own_before(
        &self,
        all: &[Access],
        second: &Access,
        remote: &Access,
    ) -> impl Iterator<Item = &usize> {
        let before = |list: &[usize], time: usize| list.partition_point(|&at| all[at].from < time);
        let own = self.own.get(&second.thread).map_or(&[][..], Vec::as_slice);
        let definite = self
            .definite
            .get(&second.thread)
            .map_or(&[][..], Vec::as_slice);
        let last = before(definite, second.from).checked_sub(1);
        let start = last.map_or(0, |last| before(own, all[definite[last]].from));
        let end = before(own, remote.from).max(start);
        own[start..end]
            .iter()
            .rev()
            .take(FIRSTS)
            .filter(move |&&at| all[at].to < remote.from)
    }
}

/// Whether two accesses stand at the same place: a loop that came round again.
#[must_use]
pub fn same_place(a: &Access, b: &Access) -> bool {
    a.site == b.site
}

/// Whether an access is made by a compare-exchange, which verifies what it replaces.
#[must_use]
pub fn verifies(trace: &Trace, access: &Access) -> bool {
    trace.events[access.from].action == Action::CompareExchange
}

/// Whether what an access reads decides a branch, in its function or in one that called it.
#[must_use]
pub fn decides(case: &Case<'_>, access: &Access) -> bool {
    let event = &case.trace.events[access.from];
    let own = place_of(event).is_some_and(|place| case.sources.decides(&place));
    own || event.stack.iter().skip(1).any(|frame| {
        let name = event
            .stack
            .first()
            .map_or("", |f| f.function.rsplit("::").next().unwrap_or(""));
        let called = case
            .sources
            .calls_of(&frame.place, name)
            .next()
            .map(|call| crate::trace::Place {
                line: call.at.line,
                column: call.at.column,
                ..frame.place.clone()
            });
        case.sources
            .decides(called.as_ref().unwrap_or(&frame.place))
    })
}

/// Whether a remote access is known to leave another value, or may.
fn changes(trace: &Trace, access: &Access) -> bool {
    let before = &trace.events[access.from].read;
    let after = trace
        .events
        .get(access.to)
        .and_then(|event| event.written.as_ref());
    match (before, after) {
        (Some(before), Some(after)) if before != "-" => before != after,
        _ => true,
    }
}
