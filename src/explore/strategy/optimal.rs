//! Optimal-DPOR: exactly one execution for each Mazurkiewicz trace.
//!
//! Abdulla, Aronis, Jonsson, Sagonas: Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction
//! (JACM 2017), algorithm 2: wakeup trees and sleep sets. Ours beyond the paper: operations that wait
//! (`races`), and steps that can go more than one way, whose ways are explored in full wherever they occur.

use super::{Decision, Divergence, Finished, Strategy, View};
use crate::explore::clocks::Clocks;
use crate::explore::engine::WAITS_FOR_NEWS;
use crate::explore::event::Event;
use crate::explore::footprint::{Footprint, announced};
use crate::explore::races::{Later, Mutations, partners};
use crate::explore::wakeup::{Branch, SequenceStep, insert, is_weak_initial};
use crate::explore::ways::Ways;
use crate::operation::{ObjectId, ThreadId};
use crate::trace::{Action, Step};

/// The nodes on the way to the current execution, and what is left to explore from each.
#[derive(Debug, Default)]
pub struct Optimal {
    nodes: Vec<Node>,
    depth: usize,
    /// The node from which the current execution differs from the last.
    divergence: usize,
    /// Executions that were given up because others cover them. Optimality means none.
    redundant: u64,
    mutations: Mutations,
    clocks: Clocks,
    /// The node of each event of the current execution.
    scheduled: Vec<usize>,
}

#[derive(Debug)]
struct Node {
    /// Threads whose next step need not be explored from here, with what it touches.
    sleep: Vec<(ThreadId, Footprint)>,
    /// What is to be explored; the first branch is in progress.
    tree: Vec<Branch>,
    /// Which way the step in progress goes, which way it went first, and in which it can go.
    alternative: u32,
    first_alternative: u32,
    ways: Ways,
    /// What the step in progress is, for checking that the program does the same again.
    performed: Option<(Action, ObjectId)>,
    event: usize,
}

impl Optimal {
    /// A search with known mistakes in it, to test the tests.
    #[must_use]
    pub fn with_mutations(mutations: Mutations) -> Self {
        Optimal {
            mutations,
            ..Optimal::default()
        }
    }

    /// Executions that were given up because others cover them.
    #[must_use]
    pub fn redundant(&self) -> u64 {
        self.redundant
    }

    fn extend(&mut self, view: &View) -> Result<(), Decision> {
        let (sleep, subtree) = match self.nodes.last_mut() {
            None => (Vec::new(), Vec::new()),
            Some(parent) => {
                let branch = &mut parent.tree[0];
                let footprint = branch.step.footprint;
                let awake = parent
                    .sleep
                    .iter()
                    .filter(|(_, f)| !f.depends(&footprint))
                    .copied();
                (awake.collect(), std::mem::take(&mut branch.children))
            }
        };
        let tree = if subtree.is_empty() {
            let mut free = view.enabled;
            for &(thread, _) in &sleep {
                free.remove(thread);
            }
            let Some(thread) = free.pick(view.current) else {
                self.redundant += 1;
                return Err(Decision::Cut);
            };
            vec![Branch::leaf(SequenceStep {
                thread,
                alternative: None,
                footprint: Footprint::NONE,
            })]
        } else {
            subtree
        };
        let first_alternative = tree[0].step.alternative.unwrap_or(0);
        self.nodes.push(Node {
            sleep,
            tree,
            alternative: first_alternative,
            first_alternative,
            ways: Ways::ONE,
            performed: None,
            event: 0,
        });
        Ok(())
    }

    /// Looks for races that the executions before did not have, and plants the reversed orders.
    fn plant(&mut self, finished: &Finished) {
        let history = finished.history;
        self.clocks.forget_notifications = self.mutations.notify_is_a_race;
        self.clocks.compute(history);
        let new = self
            .nodes
            .get(self.divergence)
            .map_or(history.events.len(), |n| n.event);
        let mut found = Vec::new();
        let mut sequence = Vec::new();
        let executed = (new..history.events.len())
            .map(|j| (j, &history.events[j]))
            .filter(|(_, e)| e.scheduled && !e.forced && e.footprint != Footprint::NONE)
            .map(|(j, event)| Later::event(j, event));
        let ignored = self.mutations.ignore_blocked;
        let waiting = finished.pending.iter().copied().filter(|_| !ignored);
        for later in executed.chain(waiting) {
            partners(history, &self.clocks, &later, self.mutations, &mut found);
            for &i in &found {
                self.reverse(finished, i, &later, &mut sequence);
            }
        }
    }

    /// Plants, at the point before event `i`, everything that does not depend on it and then `later`.
    fn reverse(
        &mut self,
        finished: &Finished,
        i: usize,
        later: &Later,
        sequence: &mut Vec<SequenceStep>,
    ) {
        let events = &finished.history.events;
        sequence.clear();
        let rest = (i + 1..events.len()).filter(|&k| {
            events[k].scheduled
                && !(later.performed && k == later.index)
                && !self.clocks.ordered(i, events[i].thread, k)
        });
        let rest = rest.filter(|_| !self.mutations.reverse_alone);
        sequence.extend(rest.map(|k| SequenceStep {
            thread: events[k].thread,
            alternative: Some(events[k].alternative),
            footprint: events[k].footprint,
        }));
        let footprint = match later.pending.action {
            Action::AwaitChange => later.footprint,
            Action::CompareExchange if self.mutations.failed_exchange_reads => later.footprint,
            action => announced(action, &later.pending.operation, later.own_wake),
        };
        sequence.push(SequenceStep {
            thread: later.thread,
            alternative: None,
            footprint,
        });
        let node = &mut self.nodes[self.scheduled[i]];
        if node
            .sleep
            .iter()
            .any(|(t, f)| is_weak_initial(*t, f, sequence))
        {
            return;
        }
        insert(&mut node.tree, sequence);
    }

    /// Moves to the next unexplored branch. False when there is none.
    fn backtrack(&mut self) -> bool {
        while let Some(node) = self.nodes.last_mut() {
            if node.next_alternative() || node.next_branch() {
                self.divergence = self.nodes.len() - 1;
                return true;
            }
            self.nodes.pop();
        }
        false
    }
}

impl Strategy for Optimal {
    fn choose(&mut self, view: &View) -> Decision {
        if self.depth == self.nodes.len()
            && let Err(decision) = self.extend(view)
        {
            return decision;
        }
        let node = &mut self.nodes[self.depth];
        let step = node.tree[0].step;
        if let Err(explanation) = node.can_follow(&step, view) {
            // A thread that goes round in circles may find nothing new in another order.
            let pending = (view.pending)(step.thread);
            let circles = match pending.action {
                Action::AwaitChange => true,
                Action::Reacquire => pending.operation.b == WAITS_FOR_NEWS,
                _ => false,
            };
            if circles {
                self.redundant += 1;
                return Decision::Cut;
            }
            return Decision::Diverged(Divergence {
                step: self.depth,
                explanation,
            });
        }
        if node.performed.is_none() && !(view.ways)(step.thread).contains(node.alternative) {
            // Planned beside a step that rules this way out: what was planned after it goes with it.
            node.first_alternative = 0;
            node.alternative = 0;
            node.tree[0].children.clear();
        }
        Decision::Go(Step {
            thread: step.thread.0,
            alternative: node.alternative,
        })
    }

    fn performed(&mut self, index: usize, event: &Event, ways: Ways) {
        let node = &mut self.nodes[self.depth];
        node.tree[0].step.footprint = event.footprint;
        node.ways = ways;
        node.performed = Some((event.action, event.operation.object));
        node.event = index;
        self.scheduled.resize(index, usize::MAX);
        self.scheduled.push(self.depth);
        self.depth += 1;
    }

    fn finish(&mut self, finished: &Finished) -> bool {
        if finished.complete {
            self.plant(finished);
        }
        self.depth = 0;
        self.scheduled.clear();
        self.backtrack()
    }
}

impl Node {
    fn can_follow(&self, step: &SequenceStep, view: &View) -> Result<(), String> {
        let pending = (view.pending)(step.thread);
        if !view.enabled.contains(step.thread) {
            return Err(format!(
                "thread {} was to do {:?}, which cannot happen",
                step.thread.0, pending.action
            ));
        }
        let now = (pending.action, pending.operation.object);
        match self.performed {
            Some(before) if before != now => Err(format!(
                "thread {} did {before:?} before, and now announces {now:?}",
                step.thread.0
            )),
            Some(_) if !(view.ways)(step.thread).contains(self.alternative) => Err(format!(
                "thread {} has fewer ways to go on than before",
                step.thread.0
            )),
            _ => Ok(()),
        }
    }

    /// The alternatives after the first one, in order, without that one.
    fn next_alternative(&mut self) -> bool {
        let (now, first) = (self.alternative, self.first_alternative);
        let next = self
            .ways
            .iter()
            .find(|&way| way != first && (now == first || way > now));
        let Some(next) = next else {
            return false;
        };
        self.alternative = next;
        self.tree[0].children.clear();
        true
    }

    fn next_branch(&mut self) -> bool {
        let done = self.tree.remove(0).step;
        self.sleep.push((done.thread, done.footprint));
        let Some(next) = self.tree.first() else {
            return false;
        };
        self.first_alternative = next.step.alternative.unwrap_or(0);
        self.alternative = self.first_alternative;
        self.ways = Ways::ONE;
        self.performed = None;
        true
    }
}
