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
        let missed = event.passed_over.iter().rev();
        let cycles = missed.filter_map(|&new| self.legs(new, old, link));
        cycles.min_by_key(|legs| legs.iter().map(|leg| price(leg.link)).sum::<usize>())
    }

    /// The legs of the cheapest way from one event to another, the last of them linked to the first.
    fn legs(&self, from: usize, to: usize, link: Link) -> Option<Vec<Leg>> {
        let way = self.way(from, to)?;
        let mut legs = vec![Leg {
            first: from,
            last: from,
            link,
        }];
        for (event, by) in way {
            let leg = legs.last_mut().expect("the first is there");
            match by {
                None => leg.last = event,
                Some(by) => {
                    leg.link = by;
                    legs.push(Leg {
                        first: event,
                        last: event,
                        link,
                    });
                }
            }
        }
        Some(legs)
    }

    /// The events after `from` on the cheapest way to `to`, each with what leads to it.
    fn way(&self, from: usize, to: usize) -> Option<Vec<(usize, Option<Link>)>> {
        let mut best: Vec<Option<(usize, usize, Option<Link>)>> = vec![None; self.after.len()];
        *best.get_mut(from)? = Some((0, from, None));
        let mut queue = BinaryHeap::from([Reverse((0, from))]);
        while let Some(Reverse((cost, at))) = queue.pop() {
            if at == to {
                break;
            }
            if best[at].is_some_and(|(known, ..)| known < cost) {
                continue;
            }
            for &(next, link) in &self.after[at] {
                let more = cost + link.map_or(0, price);
                if best[next].is_none_or(|(known, ..)| more < known) {
                    best[next] = Some((more, at, link));
                    queue.push(Reverse((more, next)));
                }
            }
        }
        let mut way = Vec::new();
        let mut at = to;
        while at != from {
            let (_, before, link) = best.get(at).copied().flatten()?;
            way.push((at, link));
            at = before;
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
