//! What a bug owes to weak memory: the circle of accesses that no order of all threads' steps explains, and the
//! orderings that would have forbidden it.
//!
//! An execution that C11 allows and sequential consistency does not contains a critical cycle: accesses that come
//! one after the other in their threads, each leg linked to the next by a value that was read, overwritten or
//! missed (Shasha, Snir: "Efficient and Correct Execution of Parallel Programs that Share Memory", TOPLAS 1988;
//! Alglave, Maranget, Tautschnig: "Herding Cats", TOPLAS 2014). Where there is none, an old value that was read is
//! one that another order of the same steps gives too, and explains nothing.

mod advice;
mod cycle;
mod remedy;
mod title;
mod words;

pub use words::stale;

use super::{Case, Finding, Role, atomicity, state};
use crate::trace::{Action, Event, Memory, Strengthening, Trace};
pub(super) use words::{orderings, told};

/// A circle of accesses, and what would break it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weak {
    /// The legs, the one that is entered at the store that was missed first. The last ends with the old value.
    pub legs: Vec<Leg>,
    /// The orderings that rule it out; empty where none does.
    pub remedy: Vec<Strengthening>,
}

/// What one thread contributes: two of its events, in their order (or twice the same one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The event by which the circle comes in.
    pub first: usize,
    /// The event by which it goes on.
    pub last: usize,
    /// How the last event is linked to the next leg's first one.
    pub link: Link,
}

/// Why one event must come before another one, if all threads see one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Link {
    /// By what `std` makes sure of: a spawn, a join, a lock.
    Order,
    /// Its store is read by the other one.
    ReadBy,
    /// Its store is overwritten by the other one.
    OverwrittenBy,
    /// It reads a value that the other one has replaced.
    Misses,
}

/// Old values that are looked at, the earliest first: the later ones mostly follow from them.
const EARLY: usize = 64;

/// The circle that best explains what has happened: on a cell that the failing check has read before others, the
/// shortest, the earliest: up to there one order of all steps explains everything.
pub(super) fn cause(case: &Case<'_>) -> Option<Weak> {
    let trace = case.trace;
    if trace.memory == Memory::Sc {
        return None;
    }
    let end = case.failure.as_ref().map(|failure| failure.event);
    let cells = case.failure.as_ref().map_or_else(Vec::new, |failure| {
        atomicity::checked_cells(case, failure, case.accesses())
    });
    let upto = end.unwrap_or(trace.events.len());
    let old = (0..upto).filter(|&at| {
        !trace.events[at].passed_over.is_empty()
            && end.is_none_or(|end| state::precedes(trace, at, end))
    });
    let graph = cycle::Graph::new(trace, upto);
    let circles = old.take(EARLY).filter_map(|at| {
        let legs = graph.cycle(at)?;
        let object = trace.events[at].object;
        let checked = object.is_some_and(|object| cells.contains(&object));
        Some(((!checked, legs.len(), at), legs))
    });
    let (_, legs) = circles.min_by_key(|(rank, _)| *rank)?;
    let remedy = remedy::of(trace, &legs);
    Some(Weak { legs, remedy })
}

impl Weak {
    /// Its events, in the order of time.
    #[must_use]
    pub fn events(&self) -> Vec<usize> {
        let both = self.legs.iter().flat_map(|leg| [leg.first, leg.last]);
        let mut events: Vec<usize> = both.collect();
        events.sort_unstable();
        events.dedup();
        events
    }

    /// Whether a finding takes for an order of steps what is part of the circle.
    pub(super) fn contradicts(&self, finding: &Finding) -> bool {
        let Some(failure) = finding.failure.as_ref().filter(|_| !finding.whole_past) else {
            return false;
        };
        let events = self.events();
        let mut sites = finding.sites.iter();
        sites.any(|site| match site.at {
            super::At::Event(at) => at != failure.event && events.contains(&at),
            _ => false,
        })
    }

    /// Adds it to what was found: in the place of the sites where nothing else explains the failure, and to the
    /// steps that are shown everywhere.
    pub(super) fn join(&self, case: &Case<'_>, finding: &mut Finding) {
        finding.focus.extend(self.events());
        if !finding.whole_past {
            return;
        }
        let failed = finding.failure.as_ref().map(|failure| failure.event);
        let ends = |site: &super::Site| Some(site.at) == failed.map(super::At::Event);
        let end: Vec<_> = finding.sites.drain(..).filter(ends).collect();
        for at in self.events() {
            let event = &case.trace.events[at];
            finding.event(case.trace, role(event), at);
        }
        finding.sites.extend(end);
    }
}

fn role(event: &Event) -> Role {
    match event.action {
        Action::Load => Role::Reads,
        _ if writes(event) => Role::Writes,
        Action::CompareExchange => Role::Reads,
        Action::Spawn => Role::Spawns,
        _ if state::acquires(event).is_some() => Role::Acquires,
        _ => Role::Waits,
    }
}

/// Whether an event leaves a new value in an atomic.
fn writes(event: &Event) -> bool {
    use crate::trace::Outcome;
    match event.action {
        Action::Store | Action::ReadModifyWrite => true,
        Action::CompareExchange => event.outcome == Outcome::Done,
        _ => false,
    }
}

/// Whether an event takes a value out of an atomic.
fn reads(event: &Event) -> bool {
    matches!(
        event.action,
        Action::Load | Action::ReadModifyWrite | Action::CompareExchange
    )
}

/// The newest store that an event did not see.
#[must_use]
pub fn newest<'a>(trace: &'a Trace, event: &Event) -> Option<(usize, &'a Event)> {
    let at = *event.passed_over.last()?;
    Some((at, trace.events.get(at)?))
}
