//! The accesses of an execution to its cells, and how each changes its cell.

use std::collections::HashMap;

use crate::names::Sources;
use crate::names::index::{Position, Write};
use crate::trace::{Action, Event, ObjectKind, Outcome, Place, Trace};
use crate::verdict::state;

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
    /// Its place in the code, callers included: equal for two accesses that stand at the same place.
    pub site: usize,
}

impl Access {
    /// Whether it leaves the cell as it is, as far as is known.
    #[must_use]
    pub fn is_look(&self) -> bool {
        matches!(self.writes, Change::None | Change::Maybe)
    }
}

/// How an access changes a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// Every access of an execution, in the order in which they take effect.
#[must_use]
pub fn accesses<'a>(trace: &'a Trace, sources: &Sources) -> Vec<Access> {
    let mut all: Vec<Access> = Vec::new();
    let mut sites: HashMap<(Option<&Place>, Vec<&Place>), usize> = HashMap::new();
    let mut site = |event: &'a Event| {
        let callers = event.stack.iter().map(|frame| &frame.place).collect();
        let next = sites.len();
        *sites.entry((event.place.as_ref(), callers)).or_insert(next)
    };
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
            site: site(event),
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
            site: site(&trace.events[section.from]),
        });
    }
    all.sort_by_key(|access| access.from);
    all
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

fn change_of(write: &Write, place: &Place, at: Position, sources: &Sources) -> Change {
    if write.relative {
        return Change::Relative;
    }
    let inner = Place {
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
