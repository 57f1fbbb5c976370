//! The opinion of the crate loom: weak memory, at most five threads, and known to miss and to invent states (see the
//! table of known disagreements).

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::adapter::Adapter;
use super::library::{Library, library};
use super::{Opinion, Patience};
use crate::guest::Guest;
use crate::trace::Memory;

/// The library.
pub struct Loom;

library! {
    Loom, loom,

    const MOST_THREADS: usize = ::loom::MAX_THREADS;
    const FORESEES_ATOMICS: bool = true;
    const FENCES: bool = true;

    fn see_off(_: Self::Handle) {}
}

/// Atomics that are learnt, one search after the other.
const MOST_ATOMICS: usize = 64;
/// loom's branches in one execution, for each step of the program: an operation takes some, and so does leaving.
const BRANCHES_FOR_A_STEP: usize = 12;
/// Why an execution is not begun.
struct Settled;

/// What loom thinks of a program.
pub fn ask<G: Guest + 'static>(guest: G, patience: Patience) -> Opinion {
    let mut opinion = Adapter::<Loom>::run(Box::new(guest), patience, |adapter| {
        loop {
            adapter.atomics.borrow_mut().begin_search();
            let executions_before = adapter.opinion().executions;
            let ended = search(&patience);
            let goes_on = adapter.atomics.borrow().has_learnt() && !adapter.time_left().is_zero();
            if !goes_on || adapter.opinion().refused.is_some() {
                let mut opinion = adapter.opinion();
                opinion.complete = ended == Ok(true) && !adapter.atomics.borrow().has_learnt();
                if let Err(why) = ended {
                    opinion.refused.get_or_insert(why);
                }
                break;
            }
            if adapter.atomics.borrow().known() > MOST_ATOMICS {
                adapter.opinion().refused =
                    Some("the first values of its atomics are not known in advance".to_string());
                break;
            }
            adapter.opinion().executions = executions_before;
        }
    });
    opinion.strategy = "dpor".to_string();
    opinion.memory = Memory::C11;
    leave_out(&mut opinion);
    opinion
}

/// One search: whether loom has run all that it wants to, or why it gave up.
fn search(patience: &Patience) -> Result<bool, String> {
    let mut model = ::loom::model::Builder::new();
    model.max_threads = Loom::MOST_THREADS;
    model.max_branches = patience.steps * BRANCHES_FOR_A_STEP;
    let over = catch_unwind(AssertUnwindSafe(|| {
        model.check(|| {
            if Adapter::<Loom>::is_done() {
                // Its own limits do not tell whether it has come to its end before.
                std::panic::resume_unwind(Box::new(Settled));
            }
            Adapter::<Loom>::execution();
        });
    }));
    match over {
        Ok(()) => Ok(true),
        Err(panic) if panic.is::<Settled>() => Ok(false),
        Err(panic) => Err(format!("loom gave up: {}", words(panic.as_ref()))),
    }
}

/// What of weak memory the adapter takes from loom.
fn leave_out(opinion: &mut Opinion) {
    let is = |name: &str| opinion.features.contains(name);
    let seen = |prefix: &str| opinion.features.iter().any(|name| name.starts_with(prefix));
    if !opinion.weak_ordering || !(seen("Atomic") || is("Fence")) {
        return;
    }
    // Every step at a monitor is ordered with every other one there, and loom orders all its mutexes besides.
    let plain = [
        "Spawn", "Join", "Sleep", "Yield", "SpinHint", "Reach", "Fence", "Panicked",
    ];
    let others = opinion
        .features
        .iter()
        .any(|name| !name.starts_with("Atomic") && !plain.contains(&name.as_str()));
    if others {
        opinion
            .narrow
            .insert("locks order more than they must".to_string());
    }
    opinion
        .narrow
        .insert("fences for SeqCst accesses".to_string());
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("without a word").trim();
    text.lines().next().unwrap_or_default().to_string()
}
