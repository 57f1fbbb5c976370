//! The events of an execution with all that orders them under sequential consistency: where they go round in a
//! circle, no order of all steps gives the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{Leg, Link, reads, writes};
use crate::trace::{Action, ObjectKind, Trace};

/// For each event those that must come after it.
pub(super) struct Graph<'a> {
    trace: &'a Trace,
    /// `None`: the next of the same thread.
    after: Vec<Vec<(usize, Option<Link>)>>,
}

impl<'a> Graph<'a> {
    /// Of the first `upto` events.
    pub(super) fn new(trace: &'a Trace, upto: usize) -> Self {
        let mut graph = Graph {
            trace,
            after: vec![Vec::new(); upto],
        };
        graph.threads();
        graph.objects();
        for order in modification_orders(trace, upto).values() {
            graph.atomic(order);
        }
        graph
    }

    /// The cheapest circle that begins with a store which the event `old` missed, and ends there.
    pub(super) fn cycle(&self, old: usize) -> Option<Vec<Leg>> {
        let event = &self.trace.events[old];
        let link = if writes(event) {
            Link::OverwrittenBy
        } else {
            Link::Misses
        };
        let way = self.way(&event.passed_over, old)?;
        // What comes after a store that was missed may have been missed too: the newest counts.
        let newest = way
            .iter()
            .rposition(|(at, _)| event.passed_over.contains(at))?;
        Some(legs(&way[newest..], link))
    }

    /// The cheapest way from one of several events to another one: each event with what leads to it.
    fn way(&self, from: &[usize], to: usize) -> Option<Vec<(usize, Option<Link>)>> {
        let mut best: Vec<Option<Reached>> = vec![None; self.after.len()];
        let mut queue = BinaryHeap::new();
        for &start in from {
            *best.get_mut(start)? = Some(Reached::default());
            queue.push(Reverse((0, start)));
        }
        while let Some(Reverse((cost, at))) = queue.pop() {
            if at == to {
                break;
            }
            if best[at].is_some_and(|known| known.cost < cost) {
                continue;
            }
            for &(next, link) in &self.after[at] {
                let cost = cost + link.map_or(0, price);
                if best[next].is_none_or(|known| cost < known.cost) {
                    let before = Some(at);
                    best[next] = Some(Reached { cost, before, link });
                    queue.push(Reverse((cost, next)));
                }
            }
        }
        let mut way = Vec::new();
        let mut at = Some(to);
        while let Some(event) = at {
            let reached = best.get(event).copied().flatten()?;
            way.push((event, reached.link));
            at = reached.before;
        }
        way.reverse();
        Some(way)
    }

    fn add(&mut self, from: usize, to: usize, link: Option<Link>) {
        let events = &self.trace.events;
        let own = events.get(from).map(|event| event.thread) == events.get(to).map(|to| to.thread);
        // What one thread does to one cell is in its own order anyway.
        if to < self.after.len() && (link.is_none() || !own) {
            self.after[from].push((to, link));
        }
    }

    /// The order of each thread, and of its start and end with others.
    fn threads(&mut self) {
        let trace = self.trace;
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for at in 0..self.after.len() {
            let event = &trace.events[at];
            if let Some(before) = last.insert(event.thread, at) {
                self.add(before, at, None);
            } else if let Some(spawn) = trace.threads[event.thread].spawned_by.filter(|&s| s < at) {
                self.add(spawn, at, Some(Link::Order));
            }
            let ended: Vec<usize> = match (event.action, event.peer) {
                (Action::Join, Some(peer)) => last.get(&peer).copied().into_iter().collect(),
                (Action::ScopeWait, _) => {
                    let children = last.iter().filter(|(thread, _)| {
                        trace.threads[**thread].parent == Some(event.thread)
                            && trace.threads[**thread].joined
                    });
                    children.map(|(_, at)| *at).collect()
                }
                _ => Vec::new(),
            };
            for end in ended {
                self.add(end, at, Some(Link::Order));
            }
        }
    }

    /// What is done to locks, channels and the like, which all threads see in one order.
    fn objects(&mut self) {
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for at in 0..self.after.len() {
            let event = &self.trace.events[at];
            for object in [event.object, event.other].into_iter().flatten() {
                if self.trace.objects[object].kind != ObjectKind::Atomic
                    && let Some(before) = last.insert(object, at)
                {
                    self.add(before, at, Some(Link::Order));
                }
            }
        }
    }

    /// What is done to one atomic, whose stores have one order.
    fn atomic(&mut self, order: &[usize]) {
        let trace = self.trace;
        for pair in order.windows(2) {
            self.add(pair[0], pair[1], Some(Link::OverwrittenBy));
        }
        let Some(object) = order.first().and_then(|&at| trace.events[at].object) else {
            return;
        };
        let place: BTreeMap<usize, usize> =
            order.iter().enumerate().map(|(n, &w)| (w, n)).collect();
        for at in 0..self.after.len() {
            let event = &trace.events[at];
            if event.object != Some(object) {
                continue;
            }
            let link = if writes(event) {
                Link::OverwrittenBy
            } else {
                Link::Misses
            };
            for &new in &event.passed_over {
                self.add(at, new, Some(link));
            }
            if !reads(event) {
                continue;
            }
            let source = event.reads_from.filter(|source| place.contains_key(source));
            if let Some(source) = source {
                self.add(source, at, Some(Link::ReadBy));
            }
            let next = source.map_or(0, |source| place[&source] + 1);
            // What comes next may be the event itself.
            if let Some(&next) = order.get(next).filter(|&&next| next != at) {
                self.add(at, next, Some(Link::Misses));
            }
        }
    }
}

/// How an event is reached most cheaply.
#[derive(Clone, Copy, Default)]
struct Reached {
    cost: usize,
    before: Option<usize>,
    link: Option<Link>,
}

/// What each thread contributes to a way; the last of them is linked to the first.
fn legs(way: &[(usize, Option<Link>)], link: Link) -> Vec<Leg> {
    let leg = |event: usize| Leg {
        first: event,
        last: event,
        link,
    };
    let mut legs: Vec<Leg> = Vec::new();
    for &(event, by) in way {
        match (legs.last_mut(), by) {
            (Some(last), None) => last.last = event,
            (Some(last), Some(by)) => {
                last.link = by;
                legs.push(leg(event));
            }
            (None, _) => legs.push(leg(event)),
        }
    }
    legs
}

/// A value that is handed on explains more than one that is not.
fn price(link: Link) -> usize {
    match link {
        Link::Order | Link::ReadBy => 2,
        Link::OverwrittenBy | Link::Misses => 3,
    }
}

/// The stores to each atomic, in modification order.
fn modification_orders(trace: &Trace, upto: usize) -> BTreeMap<usize, Vec<usize>> {
    let mut orders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let stores = trace.events.iter().enumerate().take(upto);
    for (at, event) in stores.filter(|(_, event)| writes(event)) {
        let Some(object) = event.object else { continue };
        let order = orders.entry(object).or_default();
        let before = order.iter().position(|w| event.passed_over.contains(w));
        order.insert(before.unwrap_or(order.len()), at);
    }
    orders
}
