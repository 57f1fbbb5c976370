//! What a strategy has explored: the set of traces and the set of final states.

use std::collections::BTreeSet;

use threadlings::explore::clocks::Clocks;
use threadlings::explore::engine::{Engine, Rules, RunEnd};
use threadlings::explore::event::History;
use threadlings::explore::races::Mutations;
use threadlings::explore::strategy::Strategy;
use threadlings::explore::strategy::depth_first::DepthFirst;
use threadlings::explore::strategy::optimal::Optimal;
use threadlings::explore::threads::ThreadNames;
use threadlings::trace::Ending;

use super::guest::{Closures, Program};

/// Everything that one strategy has seen.
#[derive(Debug, Default)]
pub struct Explored {
    pub executions: u64,
    pub redundant: u64,
    pub traces: BTreeSet<u128>,
    pub states: BTreeSet<String>,
    /// It was stopped before the end.
    pub gave_up: bool,
}

/// Explores with Optimal-DPOR.
pub fn optimal(program: Program, rules: &Rules) -> Explored {
    let mut strategy = Optimal::with_mutations(rules.mutations);
    let mut explored = explore(program, rules, &mut strategy, u64::MAX);
    explored.redundant = strategy.redundant();
    explored
}

/// Explores every interleaving, or gives up after `limit`.
pub fn brute_force(program: Program, rules: &Rules, limit: u64) -> Explored {
    let rules = Rules {
        mutations: Mutations::default(),
        ..rules.clone()
    };
    explore(program, &rules, &mut DepthFirst::default(), limit)
}

fn explore(program: Program, rules: &Rules, strategy: &mut impl Strategy, limit: u64) -> Explored {
    let mut explored = Explored::default();
    each_execution(program, rules, strategy, |engine, ending| {
        explored.executions += 1;
        explored.traces.insert(canonical(engine.history()));
        let state = engine.guest().final_state();
        let state = format!("{} {state:?}", name(ending));
        explored.states.insert(state);
        explored.gave_up = explored.executions >= limit;
        !explored.gave_up
    });
    explored
}

/// Shows each complete execution, until `visit` says that it is enough.
pub fn each_execution(
    program: Program,
    rules: &Rules,
    strategy: &mut impl Strategy,
    visit: impl FnMut(&mut Engine<Closures>, &Ending) -> bool,
) {
    let told = is_order_told(program, rules, strategy, visit);
    assert!(!told, "the order of what commutes is told");
}

/// The same, but ends when it can be told in which order things came that were taken to commute, and says so.
pub fn is_order_told(
    program: Program,
    rules: &Rules,
    strategy: &mut impl Strategy,
    mut visit: impl FnMut(&mut Engine<Closures>, &Ending) -> bool,
) -> bool {
    let mut guest = Closures::new(program);
    let mut names = ThreadNames::default();
    let mut engine = Engine::new(&mut guest, &mut names, rules.clone());
    loop {
        let end = engine.run(strategy);
        let enough = match &end {
            RunEnd::Ended(ending) => !visit(&mut engine, ending),
            RunEnd::Cut => false,
            RunEnd::OrderTold => return true,
            RunEnd::Untracked | RunEnd::LentStack => {
                panic!("a program without loops is taken to spin")
            }
            RunEnd::Diverged(divergence) => panic!("{divergence:?}"),
        };
        if !engine.finish(strategy, &end) || enough {
            return false;
        }
    }
}

/// A hash of the trace that an execution belongs to: 128 bits, so that sets of millions do not collide.
fn canonical(history: &History) -> u128 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let clocks = Clocks::of(history);
    let mut threads = vec![(DefaultHasher::new(), DefaultHasher::new()); history.threads];
    for (index, event) in history.events.iter().enumerate() {
        let (first, second) = &mut threads[event.thread.index()];
        let seen = (
            event.action,
            event.operation.object,
            event.alternative,
            event.outcome,
        );
        let unused = event.operation.unused;
        let values = (event.before, event.after);
        let values = Some(values).filter(|_| !unused);
        let values = (values, clocks.of_event(index));
        (seen, values).hash(first);
        (values, seen, 1u8).hash(second);
    }
    let (mut first, mut second) = (DefaultHasher::new(), DefaultHasher::new());
    for (a, b) in threads {
        a.finish().hash(&mut first);
        b.finish().hash(&mut second);
    }
    u128::from(first.finish()) << 64 | u128::from(second.finish())
}

fn name(ending: &Ending) -> &'static str {
    match ending {
        Ending::Completed => "completed",
        Ending::Stuck => "stuck",
        Ending::Livelock => "livelock",
        Ending::TooLong => "too long",
        _ => "failed",
    }
}
