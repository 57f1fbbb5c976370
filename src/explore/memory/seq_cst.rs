//! The order of all `SeqCst` operations: whether one still exists.
//!
//! C++20, [atomics.order] paragraphs 3 and 4 (the repair of Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing Sequential
//! Consistency in C/C++11, PLDI 2017): there is a single total order S of all `SeqCst` accesses and fences,
//! consistent with strongly-happens-before, and where an access A is coherence-ordered before an access B, what
//! stands for A comes before what stands for B: A itself if it is `SeqCst`, and each `SeqCst` fence that happens
//! before A; likewise B, and each `SeqCst` fence that B happens before. S exists if and only if these
//! constraints have no cycle.
//!
//! S need not be the order of execution, so it is not kept: the constraints of the whole execution are tested
//! again where a step could break them. One that reads the newest store, or adds the newest, never can.

use super::clock::{Clock, Stamp};

/// An access of an atomic, or a `SeqCst` fence.
#[derive(Clone, Debug)]
pub struct Access {
    /// Its index in the execution.
    pub event: u32,
    /// Its place in its thread.
    pub stamp: Stamp,
    /// It is a fence.
    pub fence: bool,
    /// Where it stands in coherence order; `None` for a fence.
    pub place: Option<Place>,
    /// Whether it is `SeqCst`.
    pub seq_cst: bool,
    /// What happens before it, without what it acquires itself.
    pub before: Clock,
    /// What happens before it, and itself.
    pub full: Clock,
}

/// A place in the coherence order of one atomic: stores have even keys in modification order, and the loads of a store
/// the odd key after it. A read-modify-write stands where its store does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which atomic.
    pub location: usize,
    /// Smaller is earlier; equal is unordered.
    pub key: usize,
}

/// Whether an order S of the `SeqCst` ones among `accesses` exists.
#[must_use]
pub fn is_consistent(accesses: &[Access]) -> bool {
    let nodes: Vec<Node> = accesses
        .iter()
        .filter(|access| access.seq_cst)
        .map(|access| Node::of(access, accesses))
        .collect();
    let successors: Vec<Vec<usize>> = nodes
        .iter()
        .map(|first| {
            (0..nodes.len())
                .filter(|&second| first.must_precede(&nodes[second]))
                .collect()
        })
        .collect();
    !has_cycle(&successors)
}

/// A `SeqCst` access or fence, and the accesses that it speaks for.
struct Node<'a> {
    access: &'a Access,
    /// As the earlier side: the first place of each location.
    earliest: Vec<Place>,
    /// As the later side: the last place of each location.
    latest: Vec<Place>,
}

impl<'a> Node<'a> {
    fn of(access: &'a Access, accesses: &[Access]) -> Self {
        let (mut earliest, mut latest): (Vec<Place>, Vec<Place>) = (Vec::new(), Vec::new());
        let note =
            |places: &mut Vec<Place>, place: Place, best: fn(usize, usize) -> usize| match places
                .iter_mut()
                .find(|p| p.location == place.location)
            {
                Some(known) => known.key = best(known.key, place.key),
                None => places.push(place),
            };
        if let Some(place) = access.place {
            earliest.push(place);
            latest.push(place);
        } else {
            for other in accesses {
                let Some(place) = other.place else { continue };
                if other.full.covers(access.stamp) {
                    note(&mut earliest, place, usize::min);
                }
                if access.full.covers(other.stamp) {
                    note(&mut latest, place, usize::max);
                }
            }
        }
        Node {
            access,
            earliest,
            latest,
        }
    }

    fn must_precede(&self, second: &Node) -> bool {
        let (a, b) = (self.access, second.access);
        if a.event == b.event {
            return false;
        }
        let strongly = if a.stamp.thread == b.stamp.thread {
            a.stamp.ordinal < b.stamp.ordinal
        } else {
            // Something sequenced after `a` happens before something sequenced before `b`. That they synchronise
            // themselves counts only among `SeqCst` accesses, and those are coherence-ordered then.
            b.before.of(a.stamp.thread) > a.stamp.ordinal
        };
        let precedes = |x: &Place, y: &Place| x.location == y.location && x.key < y.key;
        strongly
            || self
                .earliest
                .iter()
                .any(|x| second.latest.iter().any(|y| precedes(x, y)))
    }
}

fn has_cycle(successors: &[Vec<usize>]) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    fn visit(node: usize, successors: &[Vec<usize>], marks: &mut [Mark]) -> bool {
        match marks[node] {
            Mark::Open => return true,
            Mark::Done => return false,
            Mark::New => marks[node] = Mark::Open,
        }
        let found = successors[node]
            .iter()
            .any(|&next| visit(next, successors, marks));
        marks[node] = Mark::Done;
        found
    }
    let mut marks = vec![Mark::New; successors.len()];
    (0..successors.len()).any(|node| visit(node, successors, &mut marks))
}
