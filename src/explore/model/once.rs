//! `Once` (and with it `OnceLock` and `LazyLock`), and `Barrier`.

use super::{Cause, Effect, Object, ThreadState};
use crate::operation::{Kind, Operation, Reply};
use crate::trace::{Action, Outcome};

/// Where a one-time initialisation stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    #[default]
    Incomplete,
    Running,
    Poisoned,
    Complete,
}

/// Threads that have arrived in this generation.
#[derive(Debug, Default)]
pub struct Barrier {
    arrived: u64,
    generation: u64,
    /// The arrival that completed each generation.
    last_arrivals: Vec<u32>,
}

pub(super) fn may_begin(object: &Object) -> bool {
    !matches!(object, Object::Once(Once::Running))
}

/// Whether a look at the state can happen: `wait` waits for the initialisation (with `a` = 1 also when one has
/// panicked, as `wait_force` does), `is_completed` does not.
pub(super) fn may_get(object: &Object, operation: &Operation) -> bool {
    match object {
        _ if operation.kind != Kind::OnceWait => true,
        Object::Once(Once::Complete) => true,
        Object::Once(Once::Poisoned) => operation.a == 0,
        _ => false,
    }
}

pub(super) fn barrier_generation(object: &Object) -> u64 {
    match object {
        Object::Barrier(barrier) => barrier.generation,
        _ => 0,
    }
}

pub(super) fn perform(once: &mut Once, action: Action, operation: &Operation) -> Effect {
    let done = |value, changed, outcome| Effect {
        reply: Reply { value, flag: 0 },
        changed,
        outcome,
        ..Effect::default()
    };
    match (action, *once) {
        (Action::OnceGet, state) => done(u64::from(state == Once::Complete), false, Outcome::Done),
        (Action::OnceBegin, Once::Complete) => done(0, false, Outcome::Done),
        (Action::OnceBegin, Once::Poisoned) if operation.a == 0 => done(2, false, Outcome::Failed),
        (Action::OnceBegin, _) => {
            *once = Once::Running;
            done(1, true, Outcome::Chosen)
        }
        (_, _) => {
            *once = if operation.a == 1 {
                Once::Complete
            } else {
                Once::Poisoned
            };
            done(0, true, Outcome::Done)
        }
    }
}

pub(super) fn arrive(
    barrier: &mut Barrier,
    needed: u64,
    event: u32,
    own: &mut ThreadState,
) -> Effect {
    own.generation = barrier.generation;
    barrier.arrived += 1;
    let leads = barrier.arrived >= needed.max(1);
    if leads {
        barrier.arrived = 0;
        barrier.generation += 1;
        barrier.last_arrivals.push(event);
    }
    own.leads = leads;
    let outcome = if leads {
        Outcome::Chosen
    } else {
        Outcome::Done
    };
    Effect {
        next: Some(Action::Pass),
        outcome,
        changed: true,
        ..Effect::default()
    }
}

pub(super) fn pass(barrier: &Barrier, own: &ThreadState, causes: &mut Vec<Cause>) -> Effect {
    causes.push(Cause {
        event: barrier.last_arrivals[own.generation as usize],
        exclusive: true,
    });
    Effect {
        reply: Reply {
            value: 0,
            flag: u64::from(own.leads),
        },
        ..Effect::default()
    }
}
