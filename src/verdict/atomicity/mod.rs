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

/// The cells that the failing check has read: those of the events in its macro, or else of the last access of
/// its thread.
#[must_use]
pub fn checked_cells(case: &Case<'_>, failure: &Failure, all: &[Access]) -> Vec<usize> {
    let Some(place) = place_of(&case.trace.events[failure.event]) else {
        return Vec::new();
    };
    let inside = |access: &&Access| {
        let at = place_of(&case.trace.events[access.from]);
        let span = case.sources.macro_at(&place).map(|found| found.span);
        at.is_some_and(|at| at.file == place.file && span.is_some_and(|span| span.touches(&at)))
    };
    let mut own = all
        .iter()
        .filter(|access| access.thread == failure.thread && access.from < failure.event);
    let mut cells: Vec<usize> = own
        .clone()
        .filter(inside)
        .map(|access| access.object)
        .collect();
    if cells.is_empty() {
        cells.extend(own.next_back().map(|access| access.object));
    }
    cells
}

/// The unserialisable triple that best explains a failure, of those that `select` accepts: on a cell that was
/// checked before others, the thread that failed before others, the latest first.
pub fn nearest(
    case: &Case<'_>,
    failure: &Failure,
    select: impl Fn(&Between) -> bool,
) -> Option<Between> {
    let trace = case.trace;
    let all = accesses(trace, case.sources);
    let cells = checked_cells(case, failure, &all);
    let mut best: Option<((bool, bool, bool, usize), Between)> = None;
    for (at, second) in all.iter().enumerate() {
        if second.from > failure.event || !state::precedes(trace, second.from, failure.event) {
            continue;
        }
        let same = |access: &&Access| access.object == second.object;
        let before = all[..at].iter().filter(same);
        let mut blocked = false;
        for first in before.clone().rev().filter(|a| a.thread == second.thread) {
            if blocked {
                break;
            }
            blocked = first.writes != Change::None && first.writes != Change::Maybe;
            let remote = before.clone().rev().find(|remote| {
                remote.thread != second.thread
                    && remote.writes != Change::None
                    && remote.from > first.to
                    && remote.to < second.from
                    && changes(trace, remote)
            });
            let Some(remote) = remote else { continue };
            let found = Between {
                first: *first,
                remote: *remote,
                second: *second,
            };
            if !select(&found) || (!failure.explicit && second.thread != failure.thread) {
                continue;
            }
            let rank = (
                cells.contains(&second.object),
                second.thread == failure.thread,
                decides(case, first),
                second.from,
            );
            if best.as_ref().is_none_or(|(than, _)| rank > *than) {
                best = Some((rank, found));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Whether two accesses stand at the same place: a loop that came round again.
#[must_use]
pub fn same_place(trace: &Trace, a: &Access, b: &Access) -> bool {
    trace.events[a.from].stack.first().map(|f| &f.place)
        == trace.events[b.from].stack.first().map(|f| &f.place)
        && trace.events[a.from].place == trace.events[b.from].place
        && callers(trace, a) == callers(trace, b)
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

fn callers<'a>(trace: &'a Trace, access: &Access) -> Vec<&'a crate::trace::Place> {
    let stack = &trace.events[access.from].stack;
    stack.iter().skip(1).map(|frame| &frame.place).collect()
}
