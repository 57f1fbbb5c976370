//! Plain depth-first search: every interleaving. The oracle of the tests; hopeless beyond tiny programs.

use super::{Decision, Finished, Strategy, ThreadSet, View};
use crate::explore::event::Event;
use crate::operation::ThreadId;
use crate::trace::Step;

/// The choices on the way to the current execution.
#[derive(Debug, Default)]
pub struct DepthFirst {
    path: Vec<Choice>,
    depth: usize,
}

#[derive(Debug)]
struct Choice {
    untried: ThreadSet,
    thread: ThreadId,
    alternative: u32,
    alternatives: u32,
}

impl Strategy for DepthFirst {
    fn choose(&mut self, view: &View) -> Decision {
        if self.depth == self.path.len() {
            let thread = view
                .enabled
                .pick(view.current)
                .expect("some thread is enabled");
            let mut untried = view.enabled;
            untried.remove(thread);
            self.path.push(Choice {
                untried,
                thread,
                alternative: 0,
                alternatives: 1,
            });
        }
        let choice = &self.path[self.depth];
        Decision::Go(Step {
            thread: choice.thread.0,
            alternative: choice.alternative,
        })
    }

    fn performed(&mut self, _index: usize, _event: &Event, alternatives: u32) {
        self.path[self.depth].alternatives = alternatives;
        self.depth += 1;
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        self.depth = 0;
        while let Some(choice) = self.path.last_mut() {
            if choice.alternative + 1 < choice.alternatives {
                choice.alternative += 1;
                return true;
            }
            if let Some(next) = choice.untried.pick(None) {
                choice.untried.remove(next);
                choice.thread = next;
                choice.alternative = 0;
                return true;
            }
            self.path.pop();
        }
        false
    }
}
