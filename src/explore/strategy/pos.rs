//! Partial order sampling: each announced step has a random priority, drawn anew when a step that it races with comes first.
//!
//! Yuan, Yang, Gu: Partial Order Aware Concurrency Sampling (CAV 2018), algorithm POS. What does not touch the same objects
//! shares no fate, so that partial orders are sampled more evenly than by a walk.

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::event::Event;
use crate::explore::footprint::Footprint;
use crate::explore::random::Random;
use crate::explore::ways::Ways;
use crate::operation::ThreadId;

/// One execution.
#[derive(Debug)]
pub struct Pos {
    random: Random,
    /// Of the step that each thread has announced; 0 where none was drawn yet.
    priorities: Vec<u64>,
    last: Option<(ThreadId, Footprint)>,
}

impl Pos {
    /// One execution of a portfolio.
    #[must_use]
    pub fn begin(round: &Round) -> Box<dyn Strategy> {
        Box::new(Pos {
            random: round.random.clone(),
            priorities: Vec::new(),
            last: None,
        })
    }
}

impl Strategy for Pos {
    fn choose(&mut self, view: &View) -> Decision {
        // A step that cannot happen now is drawn anew when it can: what lets it happen races with it.
        for thread in view.in_order() {
            if self.priorities.len() <= thread.index() {
                self.priorities.resize(thread.index() + 1, 0);
            }
            let priority = &mut self.priorities[thread.index()];
            let races = self.last.as_ref().is_some_and(|(by, footprint)| {
                *by == thread || footprint.depends(&(view.footprint)(thread))
            });
            if races || *priority == 0 {
                *priority = self.random.next() | 1;
            }
        }
        let highest = view.in_order().max_by_key(|t| self.priorities[t.index()]);
        view.go(highest.expect("some thread is enabled"), &mut self.random)
    }

    fn performed(&mut self, _index: usize, event: &Event, _ways: Ways) {
        self.last = Some((event.thread, event.footprint));
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
