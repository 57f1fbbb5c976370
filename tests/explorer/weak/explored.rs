//! What the explorer finds for a program of atomics.

use std::collections::BTreeSet;

use threadlings::explore::engine::Rules;
use threadlings::explore::event::{Event, History};
use threadlings::explore::strategy::Strategy;
use threadlings::explore::strategy::depth_first::DepthFirst;
use threadlings::explore::strategy::optimal::Optimal;
use threadlings::trace::{Action, Ending, Memory, Outcome as Effect};

use super::axioms::{Access, Graph, Outcome};
use super::program::Source;
use crate::explorer::oracle::each_execution;

/// What one strategy has seen.
#[derive(Debug, Default)]
pub struct Found {
    pub outcomes: BTreeSet<Outcome>,
    /// Under C11, of programs that do not wait.
    pub graphs: BTreeSet<Graph>,
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
        track_loops: source.waits(),
        ..Rules::default()
    };
    let mut found = Found::default();
    each_execution(source.program(), &rules, strategy, |engine, ending| {
        assert_eq!(*ending, Ending::Completed, "{source}");
        let (memory, _, read) = engine.guest().final_state();
        if rules.memory == Memory::C11 && !source.waits() {
            let graph = graph(source.locations(), engine.history());
            found.graphs.insert(graph);
        }
        // Thread 0 is `main`, which reads nothing.
        let read = read[1..].to_vec();
        found.outcomes.insert(Outcome { read, memory });
        found.executions += 1;
        found.gave_up = found.executions >= limit;
        !found.gave_up
    });
    found
}

/// The graph of an execution, by the ranks of its accesses.
fn graph(locations: usize, history: &History) -> Graph {
    let mut accesses = vec![0; history.threads];
    let mut of_locations = vec![Vec::new(); locations];
    for event in &history.events {
        let kind = kind(event);
        if kind != Kind::Other {
            let thread = event.thread.index();
            let access: Access = (thread, accesses[thread]);
            accesses[thread] += 1;
            let location = event.operation.address as usize;
            of_locations[location].push((event.rank, access, kind));
        }
    }
    let mut reads = Vec::new();
    let mut modifications = Vec::new();
    for (location, mut accesses) in of_locations.into_iter().enumerate() {
        accesses.sort_by_key(|&(rank, ..)| rank);
        let mut order = vec![(0, location)];
        for (_, access, kind) in accesses {
            if kind != Kind::Write {
                reads.push((access, order[order.len() - 1]));
            }
            if kind != Kind::Read {
                order.push(access);
            }
        }
        modifications.push(order);
    }
    reads.sort_unstable();
    Graph {
        reads,
        modifications,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
    Both,
    Other,
}

fn kind(event: &Event) -> Kind {
    match event.action {
        Action::Load => Kind::Read,
        Action::Store => Kind::Write,
        Action::CompareExchange if event.outcome == Effect::Failed => Kind::Read,
        Action::ReadModifyWrite | Action::CompareExchange => Kind::Both,
        _ => Kind::Other,
    }
}
