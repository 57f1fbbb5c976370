//! Random walk: at every step any enabled thread, with equal probability.

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::random::Random;

/// A walk that depends on its seed only.
#[derive(Debug)]
pub struct RandomWalk {
    random: Random,
}

impl RandomWalk {
    /// The walk of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        RandomWalk {
            random: Random::new(seed),
        }
    }

    /// One execution of a portfolio.
    #[must_use]
    pub fn begin(round: &Round) -> Box<dyn Strategy> {
        Box::new(RandomWalk {
            random: round.random.clone(),
        })
    }
}

impl Strategy for RandomWalk {
    fn choose(&mut self, view: &View) -> Decision {
        let chosen = self.random.below(u64::from(view.enabled.len()));
        let thread = view.in_order().nth(chosen as usize);
        let thread = thread.expect("chosen below the number of members");
        view.go(thread, &mut self.random)
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
