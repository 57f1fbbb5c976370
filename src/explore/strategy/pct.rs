//! Priorities: the thread of the highest priority runs, and a few times the one that runs becomes the lowest.
//!
//! Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs
//! (ASPLOS 2010). A bug that needs `d` ordering constraints among `k` steps of `n` threads is found with probability
//! at least 1/(n·k^(d−1)).

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::event::Event;
use crate::explore::random::Random;
use crate::explore::ways::Ways;

/// One execution with random priorities.
#[derive(Debug)]
pub struct Pct {
    random: Random,
    /// By thread; 0 where none was drawn yet.
    priorities: Vec<u64>,
    /// The steps, from 0, before which the running thread falls behind all others.
    changes: Vec<u64>,
    step: u64,
    /// What the next thread to fall behind gets.
    lowest: u64,
}

/// Drawn priorities have this bit, those of threads that have fallen behind have not.
const DRAWN: u64 = 1 << 63;

impl Pct {
    /// One execution with `depth` − 1 changes among its first `length` steps.
    #[must_use]
    pub fn new(mut random: Random, depth: u32, length: u64) -> Self {
        let changes = (1..depth).map(|_| random.below(length)).collect();
        Pct {
            random,
            priorities: Vec::new(),
            changes,
            step: 0,
            lowest: u64::from(depth),
        }
    }

    /// One execution of a portfolio.
    #[must_use]
    pub fn begin<const DEPTH: u32>(round: &Round) -> Box<dyn Strategy> {
        let length = round.profile.length();
        Box::new(Pct::new(round.random.clone(), DEPTH, length))
    }

    /// The steps before which a thread falls behind.
    #[must_use]
    pub fn changes(&self) -> &[u64] {
        &self.changes
    }
}

impl Strategy for Pct {
    fn choose(&mut self, view: &View) -> Decision {
        for thread in view.in_order() {
            if self.priorities.len() <= thread.index() {
                self.priorities.resize(thread.index() + 1, 0);
            }
            let priority = &mut self.priorities[thread.index()];
            if *priority == 0 {
                *priority = self.random.next() | DRAWN;
            }
        }
        let highest = |priorities: &[u64]| view.in_order().max_by_key(|t| priorities[t.index()]);
        for _ in self.changes.iter().filter(|&&at| at == self.step) {
            if let Some(thread) = highest(&self.priorities) {
                self.lowest -= 1;
                self.priorities[thread.index()] = self.lowest;
            }
        }
        let thread = highest(&self.priorities).expect("some thread is enabled");
        view.go(thread, &mut self.random)
    }

    fn performed(&mut self, _index: usize, _event: &Event, _ways: Ways) {
        self.step += 1;
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
