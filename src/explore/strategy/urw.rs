//! Uniform random walk: a thread is chosen in proportion to the steps that it has still to take.
//!
//! Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing (ASPLOS 2025), section 3.1. If the numbers
//! of steps are right and no thread waits for another, every interleaving is equally likely; the plain random walk
//! hardly ever lets a long thread end before a short one.

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::event::Event;
use crate::explore::profile::Remaining;
use crate::explore::random::Random;
use crate::explore::ways::Ways;

/// One execution.
#[derive(Debug)]
pub struct Urw {
    random: Random,
    remaining: Remaining,
}

impl Urw {
    /// One execution of a portfolio.
    #[must_use]
    pub fn begin(round: &Round) -> Box<dyn Strategy> {
        Box::new(Urw {
            random: round.random.clone(),
            remaining: Remaining::new(&round.profile, &round.profile.steps),
        })
    }
}

impl Strategy for Urw {
    fn choose(&mut self, view: &View) -> Decision {
        self.remaining.meet(view.created);
        // Who is enabled has at least one step to take.
        let weight = |thread| self.remaining.of(thread).max(1);
        let thread = self.random.weighted(view.in_order(), weight);
        view.go(thread.expect("some thread is enabled"), &mut self.random)
    }

    fn performed(&mut self, _index: usize, event: &Event, _ways: Ways) {
        self.remaining.take(event.thread);
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
