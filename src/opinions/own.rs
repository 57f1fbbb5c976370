//! What our own explorer reaches: all ends, and not only up to the first failure.
//!
//! Nothing wakes without a reason here, and no writer keeps readers out: the others do not know that either.

use super::{Deadline, Final, Opinion, Patience};
use crate::explore::engine::{Engine, Rules, RunEnd};
use crate::explore::strategy::optimal::Optimal;
use crate::explore::threads::ThreadNames;
use crate::guest::Guest;
use crate::trace::{Ending, Memory};

/// All that a program can come to: under sequential consistency, and under C11 where it makes a difference.
pub fn ask<G: Guest + 'static>(mut guest: G, patience: Patience) -> Opinion {
    let deadline = Deadline::of(&patience);
    let mut names = ThreadNames::default();
    let mut under = |memory| {
        let mut opinion = Opinion::default();
        for track_loops in [false, true] {
            let rules = Rules {
                track_loops,
                memory,
                commuting: false,
                ..Rules::default()
            };
            opinion = Opinion {
                strategy: "dpor".to_string(),
                memory,
                ..Opinion::default()
            };
            if search(
                &mut guest,
                &mut names,
                rules,
                &patience,
                &deadline,
                &mut opinion,
            ) {
                break;
            }
        }
        opinion
    };
    let strong = under(Memory::Sc);
    if !strong.weak_ordering || strong.refused.is_some() {
        return strong;
    }
    let mut weak = under(Memory::C11);
    weak.finals.extend(strong.finals.iter().cloned());
    Opinion {
        sequential: Some(Box::new(strong)),
        ..weak
    }
}

/// False when the search must begin again, with loops tracked.
fn search<G: Guest>(
    guest: &mut G,
    names: &mut ThreadNames,
    rules: Rules,
    patience: &Patience,
    deadline: &Deadline,
    opinion: &mut Opinion,
) -> bool {
    let mut strategy = Optimal::default();
    let mut engine = Engine::new(guest, names, rules);
    loop {
        let end = engine.run(&mut strategy);
        match &end {
            RunEnd::Untracked => return false,
            RunEnd::LentStack => unreachable!("memory is not watched"),
            RunEnd::Diverged(_) => {
                opinion.refused = Some("it does not repeat itself".to_string());
                return true;
            }
            RunEnd::Ended(Ending::Unmodelled { .. }) => {
                opinion.refused = Some("it uses something that is not modelled".to_string());
                return true;
            }
            RunEnd::Ended(ending) => {
                opinion.executions += 1;
                opinion.reached(Final::of(ending, engine.guest().printed()));
            }
            RunEnd::Cut => {}
            RunEnd::OrderTold => unreachable!("no steps are taken to commute"),
        }
        let more = engine.finish(&mut strategy, &end);
        opinion.weak_ordering |= engine.noticed().weak_ordering;
        if !more {
            if engine.noticed().loop_bounded {
                opinion.narrow.insert("loops".to_string());
            }
            opinion.complete = true;
            return true;
        }
        let most = patience.executions.unwrap_or(u64::MAX);
        if deadline.left().is_zero() || opinion.executions >= most {
            return true;
        }
    }
}
