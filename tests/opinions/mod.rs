//! Loom and shuttle against our own explorer: what they see of the same program is the same, or is known to differ.

mod engines;
mod fixtures;
mod known;
mod primitives;
mod random;

use threadlings::opinions::compare::{Comparison, compare};
use threadlings::opinions::{Opinion, Patience, Witness, ask};

use crate::explorer::guest::{Closures, Program};

/// Those whose opinion is asked for.
const OTHERS: [Witness; 2] = [Witness::Loom, Witness::Shuttle];

/// Enough for a small program, however busy the machine.
fn patience(executions: u64) -> Patience {
    Patience {
        time_ms: 60_000,
        executions: Some(executions),
        steps: 300,
        seed: 0,
    }
}

/// What everybody says of a program: our own opinion, and the others with what came of comparing them.
fn examined(
    program: impl Fn() -> Program,
    executions: u64,
) -> (Opinion, [(Witness, Opinion, Comparison); 2]) {
    let opinion = |witness| ask(Closures::new(program()), witness, patience(executions));
    let own = opinion(Witness::Own);
    let others = OTHERS.map(|witness| {
        let other = opinion(witness);
        let comparison = compare(&own, &other, witness);
        (witness, other, comparison)
    });
    (own, others)
}
