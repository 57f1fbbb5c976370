//! The orderings that forbid a circle of accesses.

use super::{Leg, Link, reads, writes};
use crate::trace::{Action, Event, Ordering, Strengthening, Trace};

/// The orderings that the search has found to be enough, where they are about this circle. Where they are about
/// another one, those that the definition of the model asks for; where there are none, none.
pub(super) fn of(trace: &Trace, legs: &[Leg]) -> Vec<Strengthening> {
    let on: Vec<usize> = legs.iter().flat_map(|leg| [leg.first, leg.last]).collect();
    let about = |found: &Strengthening| {
        let mut on = on.iter();
        on.any(|&at| is_same_place(trace, at, found.event))
    };
    let mut remedy = if trace.remedy.is_empty() {
        return Vec::new();
    } else if trace.remedy.iter().any(about) {
        trace.remedy.clone()
    } else if is_passed_on(legs) {
        synchronised(trace, legs)
    } else {
        sequential(trace, &on)
    };
    remedy = on_the_circle(trace, &remedy, &on);
    // First what hands on, then what takes over.
    remedy.sort_by_key(|found| (!writes(&trace.events[found.event]), found.event));
    remedy
}

/// The same, told by the events of the circle: one place in the source can be about several cells.
fn on_the_circle(trace: &Trace, remedy: &[Strengthening], on: &[usize]) -> Vec<Strengthening> {
    let mut told: Vec<Strengthening> = Vec::new();
    for found in remedy {
        let own = on.iter().copied();
        let mut events: Vec<usize> = own
            .filter(|&at| is_same_place(trace, at, found.event))
            .collect();
        if events.is_empty() {
            events.push(found.event);
        }
        for event in events {
            if told.iter().any(|told| told.event == event) {
                continue;
            }
            let ordering = possible(&trace.events[event], found.ordering);
            told.push(Strengthening { event, ordering });
        }
    }
    told
}

/// What an ordering comes to for an event: where an exchange fails it is a load.
pub(super) fn possible(event: &Event, ordering: Ordering) -> Ordering {
    let loads = event.action == Action::CompareExchange && !writes(event);
    match ordering {
        Ordering::AcqRel if loads => Ordering::Acquire,
        other => other,
    }
}

/// Whether a thread has missed a store that it could have learnt of: all links but the last hand something on, and
/// what is handed on synchronises where the orderings say so.
pub(super) fn is_passed_on(legs: &[Leg]) -> bool {
    let Some((last, others)) = legs.split_last() else {
        return false;
    };
    let handed = |leg: &Leg| matches!(leg.link, Link::ReadBy | Link::Order);
    matches!(last.link, Link::Misses | Link::OverwrittenBy) && others.iter().all(handed)
}

/// Every store that is read on the way releases, every load acquires: then the missed store happens before the
/// event that missed it, which coherence forbids.
fn synchronised(trace: &Trace, legs: &[Leg]) -> Vec<Strengthening> {
    let mut needed = Vec::new();
    for pair in legs.windows(2).filter(|pair| pair[0].link == Link::ReadBy) {
        for (event, ordering) in [
            (pair[0].last, Ordering::Release),
            (pair[1].first, Ordering::Acquire),
        ] {
            let now = trace.events[event].ordering;
            if now.is_some_and(|now| !includes(now, ordering)) {
                add(&mut needed, trace, event, ordering);
            }
        }
    }
    needed
}

/// Every access of the circle is `SeqCst`: then all threads see them in one order, in which there is no circle.
fn sequential(trace: &Trace, on: &[usize]) -> Vec<Strengthening> {
    let mut needed = Vec::new();
    let mut on = on.to_vec();
    on.sort_unstable();
    for at in on {
        let event = &trace.events[at];
        let atomic = reads(event) || writes(event);
        if atomic && event.ordering != Some(Ordering::SeqCst) {
            add(&mut needed, trace, at, Ordering::SeqCst);
        }
    }
    needed
}

/// Once for each place.
fn add(needed: &mut Vec<Strengthening>, trace: &Trace, event: usize, ordering: Ordering) {
    let known = needed
        .iter_mut()
        .find(|known| is_same_place(trace, known.event, event));
    match known {
        Some(known) => known.ordering = both(known.ordering, ordering),
        None => needed.push(Strengthening { event, ordering }),
    }
}

/// Whether two events are of the same call in the source.
pub(super) fn is_same_place(trace: &Trace, a: usize, b: usize) -> bool {
    let place = |at: usize| trace.events.get(at)?.place.as_ref();
    a == b || place(a).is_some_and(|own| Some(own) == place(b))
}

/// Whether an ordering is at least as strong as another one.
fn includes(now: Ordering, needed: Ordering) -> bool {
    now == needed
        || now == Ordering::SeqCst
        || (now == Ordering::AcqRel && needed != Ordering::SeqCst)
}

/// The weakest ordering that is as strong as both.
fn both(a: Ordering, b: Ordering) -> Ordering {
    if includes(a, b) {
        a
    } else if includes(b, a) {
        b
    } else {
        Ordering::AcqRel
    }
}
