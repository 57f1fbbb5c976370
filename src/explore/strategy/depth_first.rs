//! Depth-first search without reduction: every interleaving, or those with few preemptions.
//!
//! Unbounded it is the oracle of the tests, and hopeless beyond tiny programs. A preemption is a switch away from
//! a thread that could have gone on; a sweep of the schedules with few of them proves nothing, but finds most
//! bugs early (Musuvathi, Qadeer: Iterative context bounding, PLDI 2007).

use super::{Decision, Finished, Strategy, ThreadSet, View};
use crate::explore::event::Event;
use crate::explore::ways::Ways;
use crate::operation::ThreadId;
use crate::trace::Step;

/// The choices on the way to the current execution.
#[derive(Debug)]
pub struct DepthFirst {
    bound: u32,
    path: Vec<Choice>,
    depth: usize,
}

#[derive(Debug)]
struct Choice {
    untried: ThreadSet,
    thread: ThreadId,
    alternative: u32,
    ways: Ways,
    /// Preemptions before this choice, and whether another thread than the current one costs one.
    spent: u32,
    current: Option<ThreadId>,
    current_can_go_on: bool,
}

impl DepthFirst {
    /// Every interleaving.
    #[must_use]
    pub fn new() -> Self {
        Self::with_preemptions(u32::MAX)
    }

    /// All schedules with at most `bound` preemptions.
    #[must_use]
    pub fn with_preemptions(bound: u32) -> Self {
        DepthFirst {
            bound,
            path: Vec::new(),
            depth: 0,
        }
    }

    fn extend(&mut self, view: &View) {
        let spent = self.path.last().map_or(0, Choice::spent_after);
        let current_can_go_on = view.current.is_some_and(|t| view.enabled.contains(t));
        let thread = view
            .enabled
            .pick(view.current)
            .expect("some thread is enabled");
        let mut untried = view.enabled;
        untried.remove(thread);
        if current_can_go_on && spent >= self.bound {
            untried = ThreadSet::default();
        }
        let current = view.current;
        self.path.push(Choice {
            untried,
            thread,
            alternative: 0,
            ways: Ways::ONE,
            spent,
            current,
            current_can_go_on,
        });
    }
}

impl Default for DepthFirst {
    fn default() -> Self {
        Self::new()
    }
}

impl Choice {
    fn spent_after(&self) -> u32 {
        self.spent + u32::from(self.current_can_go_on && Some(self.thread) != self.current)
    }
}

impl Strategy for DepthFirst {
    fn choose(&mut self, view: &View) -> Decision {
        if self.depth == self.path.len() {
            self.extend(view);
        }
        let choice = &self.path[self.depth];
        Decision::Go(Step {
            thread: choice.thread.0,
            alternative: choice.alternative,
        })
    }

    fn performed(&mut self, _index: usize, _event: &Event, ways: Ways) {
        self.path[self.depth].ways = ways;
        self.depth += 1;
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        self.depth = 0;
        while let Some(choice) = self.path.last_mut() {
            let next = choice.ways.iter().find(|&way| way > choice.alternative);
            if let Some(next) = next {
                choice.alternative = next;
                return true;
            }
            if let Some(next) = choice.untried.pick(None) {
                choice.untried.remove(next);
                choice.thread = next;
                choice.alternative = 0;
                choice.ways = Ways::ONE;
                return true;
            }
            self.path.pop();
        }
        false
    }
}
