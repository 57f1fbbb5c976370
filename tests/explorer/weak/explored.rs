//! What the explorer finds for a program of atomics.

use std::collections::BTreeSet;

use threadlings::explore::engine::Rules;
use threadlings::explore::strategy::Strategy;
use threadlings::explore::strategy::depth_first::DepthFirst;
use threadlings::explore::strategy::optimal::Optimal;
use threadlings::trace::{Ending, Memory};

use super::axioms::Outcome;
use super::program::Source;
use crate::explorer::oracle::each_execution;

/// What one strategy has seen.
#[derive(Debug, Default)]
pub struct Found {
    pub outcomes: BTreeSet<Outcome>,
    pub executions: u64,
    /// Executions that turned out to be covered by others.
    pub redundant: u64,
    /// It was stopped before the end.
    pub gave_up: bool,
}

/// What Optimal-DPOR finds.
pub fn optimal(source: &Source, memory: Memory) -> Found {
    let mut strategy = Optimal::default();
    let mut found = explore(source, memory, &mut strategy, u64::MAX);
    found.redundant = strategy.redundant();
    found
}

/// What there is in all interleavings and all ways of their steps, or in the first `limit`.
pub fn brute_force(source: &Source, memory: Memory, limit: u64) -> Found {
    explore(source, memory, &mut DepthFirst::default(), limit)
}

fn explore(source: &Source, memory: Memory, strategy: &mut impl Strategy, limit: u64) -> Found {
    let rules = Rules {
        memory,
        ..Rules::default()
    };
    let mut found = Found::default();
    each_execution(source.program(), &rules, strategy, |engine, ending| {
        assert_eq!(*ending, Ending::Completed, "{source}");
        let (memory, _, read) = engine.guest().final_state();
        // Thread 0 is `main`, which reads nothing.
        let read = read[1..].to_vec();
        found.outcomes.insert(Outcome { read, memory });
        found.executions += 1;
        found.gave_up = found.executions >= limit;
        !found.gave_up
    });
    found
}
