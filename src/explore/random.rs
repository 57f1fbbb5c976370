//! Random numbers that depend on a seed only.

use super::ways::Ways;

/// A stream of numbers: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Random { state: seed }
    }

    /// The stream number `index` of `seed`: each is independent of the others.
    #[must_use]
    pub fn stream(seed: u64, index: u64) -> Self {
        let start = Random::new(seed).next();
        Random::new(Random::new(start.wrapping_add(index)).next())
    }

    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "a stream without end")]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, each equally likely; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// One of `candidates`, in proportion to its weight; `None` if all weigh nothing.
    pub fn weighted<T: Copy>(
        &mut self,
        candidates: impl Iterator<Item = T> + Clone,
        weight: impl Fn(T) -> u64,
    ) -> Option<T> {
        let total: u64 = candidates.clone().map(&weight).sum();
        let mut chosen = if total == 0 { 0 } else { self.below(total) };
        candidates.clone().find(|&candidate| {
            let weight = weight(candidate);
            let found = chosen < weight;
            chosen = chosen.saturating_sub(weight);
            found
        })
    }

    /// A way of a step: as likely way 0, where nothing is special, as all others together.
    pub fn way(&mut self, ways: Ways) -> u32 {
        if ways.len() == 1 || self.below(2) == 0 {
            return 0;
        }
        let others = u64::from(ways.len() - 1);
        let chosen = 1 + self.below(others) as usize;
        ways.iter().nth(chosen).unwrap_or(0)
    }
}
