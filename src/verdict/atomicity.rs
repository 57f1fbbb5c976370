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

use super::failure::Failure;
use super::{Case, place_of, state};
use crate::names::Sources;
use crate::names::index::{Position, Write};
use crate::trace::{Action, Event, ObjectKind, Outcome, Trace};

/// One access to a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub thread: usize,
    /// The atomic or lock.
    pub object: usize,
    /// Its first event.
    pub from: usize,
    /// Its last event (the release of a lock), the same for an atomic.
    pub to: usize,
    /// Whether it sees the value.
    pub reads: bool,
    /// Whether and how it changes it.
    pub writes: Change,
}

/// How an access changes a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Not at all.
    None,
    /// Perhaps: data that no value can be shown of.
    Maybe,
    /// By a value computed from the one that is there.
    Relative,
    /// By a value that was computed before.
    Stale,
    /// By a constant.
    Constant,
}

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

/// Every access of an execution, in the order in which they take effect.
#[must_use]
pub fn accesses(trace: &Trace, sources: &Sources) -> Vec<Access> {
    let mut all: Vec<Access> = Vec::new();
    for (at, event) in trace.events.iter().enumerate() {
        let atomic = event
            .object
            .filter(|&object| trace.objects[object].kind == ObjectKind::Atomic)
            .filter(|_| state::is_own(event));
        let Some(object) = atomic else { continue };
        let (reads, writes) = match event.action {
            Action::Load => (true, Change::None),
            Action::Store => (false, stored(event, sources)),
            Action::ReadModifyWrite if is_swap(event, sources) => (true, stored(event, sources)),
            Action::ReadModifyWrite => (true, Change::Relative),
            Action::CompareExchange if event.outcome == Outcome::Done => (true, Change::Relative),
            Action::CompareExchange => (true, Change::None),
            _ => continue,
        };
        all.push(Access {
            thread: event.thread,
            object,
            from: at,
            to: at,
            reads,
            writes,
        });
    }
    for section in state::sections(trace) {
        if !state::is_lock(trace, section.object) {
            continue;
        }
        let writes = if section.shared {
            Change::None
        } else {
            section_change(trace, sources, &section)
        };
        all.push(Access {
            thread: section.thread,
            object: section.object,
            from: section.from,
            to: section.to.unwrap_or(trace.events.len()),
            reads: true,
            writes,
        });
    }
    all.sort_by_key(|access| access.from);
    all
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

fn is_swap(event: &Event, sources: &Sources) -> bool {
    let call = event.place.as_ref().and_then(|place| sources.call(place));
    call.is_some_and(|call| call.name == "swap")
}

/// How a store or swap computes its value.
fn stored(event: &Event, sources: &Sources) -> Change {
    let call = event.place.as_ref().and_then(|place| sources.call(place));
    let Some((place, call)) = event.place.as_ref().zip(call) else {
        return Change::Stale;
    };
    let variable = |name: &&String| sources.binding(place, name).is_some();
    let calls_inside = sources
        .calls(place)
        .any(|other| call.inside.contains(other.at) && other.at != call.at);
    if call.mentions.iter().any(|name| variable(&name)) || calls_inside {
        Change::Stale
    } else {
        Change::Constant
    }
}

/// How a critical section changes the data: by its values where they are known, by the assignments through its
/// guard where the source shows them.
fn section_change(trace: &Trace, sources: &Sources, section: &state::Section) -> Change {
    let event = &trace.events[section.from];
    let before = event.read.as_deref().filter(|value| *value != "-");
    let after = section
        .to
        .and_then(|to| trace.events[to].written.as_deref())
        .filter(|value| *value != "-");
    let assigned = assigned(event, sources);
    match (before, after, assigned) {
        (_, _, Some(change)) => change,
        (Some(before), Some(after), None) if before == after => Change::None,
        (Some(_), Some(_), None) => Change::Relative,
        _ => Change::Maybe,
    }
}

/// The assignment through the guard that an event's call makes, if the source shows one.
fn assigned(event: &Event, sources: &Sources) -> Option<Change> {
    let place = event.place.as_ref()?;
    let at = Position::of(place);
    let direct = sources
        .writes(place)
        .find(|write| write.target.contains(at));
    let write = direct.or_else(|| {
        let call = sources.call(place)?;
        let guard = call.bound().first()?;
        let function = sources.function(place)?;
        sources.writes(place).find(|write| {
            // Not through a later guard of the same name.
            let shadowed = sources.calls(place).any(|other| {
                other.bound().first() == Some(guard)
                    && other.name == call.name
                    && other.at > at
                    && other.at < write.span.start
            });
            write.base.as_ref() == Some(guard)
                && !shadowed
                && write.span.start > at
                && function.span.contains(write.span.start)
        })
    })?;
    Some(change_of(write, place, at, sources))
}

fn change_of(
    write: &Write,
    place: &crate::trace::Place,
    at: Position,
    sources: &Sources,
) -> Change {
    if write.relative {
        return Change::Relative;
    }
    let inner = crate::trace::Place {
        line: write.span.start.line,
        column: write.span.start.column,
        ..place.clone()
    };
    let mut bound = write
        .mentions
        .iter()
        .filter_map(|name| sources.binding(&inner, name))
        .peekable();
    if bound.peek().is_none() {
        return Change::Constant;
    }
    // Computed inside the critical section: from what is there now.
    if bound.any(|binding| binding.scope.start > at) {
        Change::Relative
    } else {
        Change::Stale
    }
}
