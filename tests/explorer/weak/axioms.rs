//! Which executions C++20 allows: a definition by axioms, checked one execution after another.
//!
//! The model is that of the C++20 standard ([intro.races], [atomics.order], [atomics.fences]; P0668R5), which is RC11
//! (Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing sequential consistency in C/C++11, PLDI 2017) with a weaker order of
//! `SeqCst` operations. Like RC11 it has no cycles of program order and reads-from. Names are the standard's.
//!
//! It shares nothing with the explorer: both must come to the same executions.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::candidates::{Event, Place, candidates};
use super::program::Source;
use super::relation::Relation;
use crate::explorer::guest::place_of;

/// What can be seen of an execution.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// All values that each thread read.
    pub read: Vec<Vec<u64>>,
    /// The last value of each location.
    pub memory: Vec<u64>,
}

/// `1 0 | 0 : 2 1`
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let words = |values: &Vec<u64>| {
            let words: Vec<_> = values.iter().map(u64::to_string).collect();
            words.join(" ")
        };
        let read: Vec<_> = self.read.iter().map(words).collect();
        write!(f, "{} : {}", read.join(" | "), words(&self.memory))
    }
}

/// An access by its thread and its number among the accesses of that thread. Thread 0 writes the initial values, in
/// order of the locations.
pub type Access = (usize, usize);

/// What an execution is, beside the order in which things happen to come: what reads from what, and the modification
/// order of each location.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Graph {
    /// Each read, and the write that it reads; in order.
    pub reads: Vec<(Access, Access)>,
    pub modifications: Vec<Vec<Access>>,
}

/// What the axioms allow.
#[derive(Debug, Default)]
pub struct Allowed {
    pub outcomes: BTreeSet<Outcome>,
    pub graphs: BTreeSet<Graph>,
}

/// Every execution of a program that the axioms allow.
pub fn allowed(source: &Source) -> Allowed {
    let mut allowed = Allowed::default();
    for events in candidates(source) {
        let candidate = Candidate::of(&events);
        let orders: Vec<_> = (0..source.locations() as u8)
            .map(|location| candidate.coherent_orders(location))
            .collect();
        for orders in one_of_each(&orders) {
            if candidate.has_a_single_total_order(&orders) {
                allowed.graphs.insert(candidate.graph(&orders));
                allowed.outcomes.insert(candidate.outcome(source, &orders));
            }
        }
    }
    allowed
}

/// Whether some execution that the axioms allow has a data race, [intro.races]/21.
pub fn has_race(source: &Source) -> bool {
    candidates(source).iter().any(|events| {
        let candidate = Candidate::of(events);
        races(events, &candidate.happens_before) && candidate.is_allowed(source)
    })
}

/// Whether two of these events conflict and neither happens before the other.
pub fn races(events: &[Event], happens_before: &Relation) -> bool {
    let accesses = || {
        let accesses = events.iter().enumerate();
        // Nothing races with the initial values.
        accesses.filter_map(|(index, event)| Some((index, Touch::of(event)?)))
    };
    accesses().any(|(a, first)| {
        accesses().any(|(b, second)| {
            first.conflicts_with(&second)
                && a != b
                && !happens_before.contains(a, b)
                && !happens_before.contains(b, a)
        })
    })
}

/// What an event does to memory.
struct Touch {
    bytes: Range<usize>,
    write: bool,
    atomic: bool,
}

impl Touch {
    fn of(event: &Event) -> Option<Touch> {
        if let Some(plain) = event.plain {
            return Some(Touch {
                bytes: plain.start..plain.start + plain.size,
                write: plain.write,
                atomic: false,
            });
        }
        let start = place_of(event.location?.into());
        let counts = event.place.0 > 0 && event.waits_for.is_none();
        counts.then_some(Touch {
            bytes: start..start + 8,
            write: event.writes.is_some(),
            atomic: true,
        })
    }

    fn conflicts_with(&self, other: &Touch) -> bool {
        (self.write || other.write)
            && !(self.atomic && other.atomic)
            && self.bytes.start < other.bytes.end
            && other.bytes.start < self.bytes.end
    }
}

/// The events of one location in modification order, and what is coherence-ordered before what.
struct ModificationOrder {
    order: Vec<usize>,
    coherence: Relation,
}

struct Candidate<'a> {
    events: &'a [Event],
    happens_before: Relation,
    strongly: Relation,
}

impl<'a> Candidate<'a> {
    fn of(events: &'a [Event]) -> Self {
        let size = events.len();
        let sequenced = Relation::of(size, |a, b| {
            let (a, b) = (events[a].place, events[b].place);
            // The initial values are written before all threads start.
            if a.0 == b.0 {
                a.0 > 0 && a.1 < b.1
            } else {
                a.0 == 0
            }
        });
        let synchronizes = synchronizes_with(events, &sequenced);
        let happens_before = sequenced.union(&synchronizes).closure();
        assert!(happens_before.is_irreflexive(), "candidates have no cycles");
        let between_seq_cst = Relation::of(size, |a, b| {
            synchronizes.contains(a, b) && events[a].is_seq_cst() && events[b].is_seq_cst()
        });
        let around = sequenced.then(&happens_before).then(&sequenced);
        let strongly = sequenced.union(&between_seq_cst).union(&around).closure();
        Candidate {
            events,
            happens_before,
            strongly,
        }
    }

    /// Whether there are modification orders with which the axioms hold.
    fn is_allowed(&self, source: &Source) -> bool {
        let orders: Vec<_> = (0..source.locations() as u8)
            .map(|location| self.coherent_orders(location))
            .collect();
        let all = one_of_each(&orders);
        all.iter()
            .any(|orders| self.has_a_single_total_order(orders))
    }

    /// All modification orders of a location that keep coherence.
    fn coherent_orders(&self, location: u8) -> Vec<ModificationOrder> {
        let writes = (0..self.events.len()).filter(|&e| {
            self.events[e].location == Some(location) && self.events[e].writes.is_some()
        });
        let mut orders = Vec::new();
        self.extend(&mut Vec::new(), &writes.collect::<Vec<_>>(), &mut orders);
        let orders = orders.into_iter().filter_map(|order| {
            let coherence = self.coherence_ordered(location, &order);
            let allowed = self.happens_before.then(&coherence).is_irreflexive()
                && coherence.is_irreflexive()
                && self.may_wait(location, &order);
            allowed.then_some(ModificationOrder { order, coherence })
        });
        orders.collect()
    }

    /// Adds every order of `writes` that begins with `order`, in which each read-modify-write comes right after the
    /// write that it reads, and no write comes before one that happens before it.
    fn extend(&self, order: &mut Vec<usize>, writes: &[usize], orders: &mut Vec<Vec<usize>>) {
        if order.len() == writes.len() {
            orders.push(order.clone());
            return;
        }
        let last = order.last().map(|&last| self.events[last].place);
        let read = |write: usize| {
            let reads = self.events[write].reads;
            reads.map(|(place, _)| place)
        };
        let rest: Vec<_> = writes.iter().filter(|w| !order.contains(w)).collect();
        let successor = rest
            .iter()
            .find(|&&&w| read(w).is_some() && read(w) == last);
        for &&write in &rest {
            let is_next = match successor {
                Some(&&successor) => write == successor,
                None => read(write).is_none(),
            };
            let too_early = rest
                .iter()
                .any(|&&other| self.happens_before.contains(other, write));
            if is_next && !too_early {
                order.push(write);
                self.extend(order, writes, orders);
                order.pop();
            }
        }
    }

    /// Whoever waits for ever waits for something else than the last value: in the end that is what all see.
    fn may_wait(&self, location: u8, order: &[usize]) -> bool {
        let last = order.last().and_then(|&last| self.events[last].writes);
        let mut here = self.events.iter().filter(|e| e.location == Some(location));
        here.all(|event| event.waits_for.is_none() || event.waits_for != last)
    }

    /// Coherence-ordered before, [atomics.order]/3.
    fn coherence_ordered(&self, location: u8, order: &[usize]) -> Relation {
        let rank = |write: usize| order.iter().position(|&other| other == write);
        let source = |read: usize| {
            let (place, _) = self.events[read].reads?;
            rank(position(self.events, place))
        };
        let here = |e: usize| self.events[e].location == Some(location);
        Relation::of(self.events.len(), |a, b| {
            let reads_from = source(b).is_some() && source(b) == rank(a);
            let modified_before = rank(a).is_some() && rank(a) < rank(b);
            let read_before = a != b && source(a).is_some() && source(a) < rank(b);
            here(a) && here(b) && (reads_from || modified_before || read_before)
        })
        .closure()
    }

    /// Whether there is a total order S of the `SeqCst` operations, [atomics.order]/4.
    fn has_a_single_total_order(&self, orders: &[&ModificationOrder]) -> bool {
        let events = self.events;
        let is_fence = |e: usize| events[e].is_seq_cst() && events[e].is_fence();
        let mut before = Relation::of(events.len(), |a, b| {
            events[a].is_seq_cst() && events[b].is_seq_cst() && self.strongly.contains(a, b)
        });
        for (a, b) in orders.iter().flat_map(|order| order.coherence.pairs()) {
            let all = 0..events.len();
            let earlier = |x: &usize| {
                *x == a && events[a].is_seq_cst()
                    || is_fence(*x) && self.happens_before.contains(*x, a)
            };
            let later = |y: &usize| {
                *y == b && events[b].is_seq_cst()
                    || is_fence(*y) && self.happens_before.contains(b, *y)
            };
            for x in all.clone().filter(earlier) {
                for y in all.clone().filter(later) {
                    before.insert(x, y);
                }
            }
        }
        before.is_acyclic()
    }

    fn outcome(&self, source: &Source, orders: &[&ModificationOrder]) -> Outcome {
        let mut read = vec![Vec::new(); source.0.len()];
        for event in self.events {
            let value = event.reads.map(|(_, value)| value);
            read[usize::from(event.place.0).saturating_sub(1)].extend(value);
        }
        let last = |order: &&ModificationOrder| self.events[*order.order.last()?].writes;
        Outcome {
            read,
            memory: orders.iter().filter_map(last).collect(),
        }
    }
}

impl Candidate<'_> {
    fn graph(&self, orders: &[&ModificationOrder]) -> Graph {
        let read = |event: &Event| Some((self.access(event), event.reads?.0));
        let reads = self.events.iter().filter_map(read);
        let source = |place| self.access(&self.events[position(self.events, place)]);
        let modifications = |order: &&ModificationOrder| {
            let order = order.order.iter();
            order
                .map(|&write| self.access(&self.events[write]))
                .collect()
        };
        Graph {
            reads: reads.map(|(read, place)| (read, source(place))).collect(),
            modifications: orders.iter().map(modifications).collect(),
        }
    }

    fn access(&self, event: &Event) -> Access {
        let (thread, index) = event.place;
        let earlier = |e: &&Event| e.place.0 == thread && e.place.1 < index && !e.is_fence();
        (thread.into(), self.events.iter().filter(earlier).count())
    }
}

/// Synchronizes-with: [atomics.order]/2 and [atomics.fences]/2 to 4.
pub fn synchronizes_with(events: &[Event], sequenced: &Relation) -> Relation {
    let mut synchronizes = Relation::of(events.len(), |_, _| false);
    for (read, event) in events.iter().enumerate() {
        let Some((source, _)) = event.reads else {
            continue;
        };
        for head in heads(events, position(events, source)) {
            // The access itself, or a fence on its other side.
            let releasing = |&e: &usize| {
                let fence = events[e].is_fence() && sequenced.contains(e, head);
                events[e].releases() && (e == head || fence)
            };
            let acquiring = |&e: &usize| {
                let fence = events[e].is_fence() && sequenced.contains(read, e);
                events[e].acquires() && (e == read || fence)
            };
            for a in (0..events.len()).filter(releasing) {
                for b in (0..events.len()).filter(acquiring) {
                    synchronizes.insert(a, b);
                }
            }
        }
    }
    synchronizes
}

/// The writes whose release sequence, real or hypothetical, contains `write`: itself, and what a chain of
/// read-modify-writes begins with.
fn heads(events: &[Event], write: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(write), |&write| {
        let (source, _) = events[write].reads?;
        Some(position(events, source))
    })
}

fn position(events: &[Event], place: Place) -> usize {
    let found = events.binary_search_by_key(&place, |event| event.place);
    found.expect("events are in order of their places")
}

/// Every choice of one member of each set.
fn one_of_each<T>(sets: &[Vec<T>]) -> Vec<Vec<&T>> {
    sets.iter().fold(vec![Vec::new()], |choices, set| {
        choices
            .iter()
            .flat_map(|choice| {
                set.iter().map(move |member| {
                    let mut longer = choice.clone();
                    longer.push(member);
                    longer
                })
            })
            .collect()
    })
}
