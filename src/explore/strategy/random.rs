//! Random walk: at every step any enabled thread, with equal probability.

use super::{Decision, Finished, Strategy, View};
use crate::trace::Step;

/// A walk that depends on its seed only.
#[derive(Debug)]
pub struct RandomWalk {
    state: u64,
}

impl RandomWalk {
    /// The walk of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        RandomWalk { state: seed }
    }

    /// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
    fn below(&mut self, bound: u32) -> u32 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((u128::from(z) * u128::from(bound)) >> 64) as u32
    }
}

impl Strategy for RandomWalk {
    fn choose(&mut self, view: &View) -> Decision {
        let chosen = self.below(view.enabled.len()) as usize;
        let thread = view
            .enabled
            .iter()
            .nth(chosen)
            .expect("chosen below the number of members");
        let ways = (view.ways)(thread);
        let alternative = match ways.len() {
            1 => 0,
            count => {
                let chosen = self.below(count) as usize;
                ways.iter().nth(chosen).unwrap_or(0)
            }
        };
        Decision::Go(Step {
            thread: thread.0,
            alternative,
        })
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
