//! Which stronger orderings would have ruled a failing execution out.
//!
//! Found by trying: the schedule is run again with stronger orderings at some places, and cannot be followed where
//! these forbid that an old store is read, or no longer leads to a data race where they order its accesses. What is found is irreducible, not always the only remedy: `Release` and
//! `Acquire` are tried before `SeqCst`, and each place that is not needed is left as it is.

use super::search::{self, MemoryChoice, Options};
use super::threads::ThreadNames;
use crate::execution::Execution;
use crate::guest::Guest;
use crate::operation::{Kind, MemoryOrdering, Operation};
use crate::trace::{Ending, Memory, Step};

/// A place in the source, and the ordering that its operations are taken to have at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strengthened {
    /// [`Operation::site`].
    pub site: u64,
    /// At least.
    pub ordering: MemoryOrdering,
}

/// Failing executions that a remedy is made for, one after the other.
const ROUNDS: usize = 4;
/// Interleavings in which each remedy is tried.
const TRIED: u64 = 1_000;

/// The remedy for a failing execution under C11, or for a data race: with these orderings it cannot happen, nor can, as far as a short
/// search shows, any other that fails. Empty where nothing old was read and nothing raced, or where no ordering helps.
pub fn remedy<G: Guest>(guest: &mut G, execution: &Execution) -> Vec<Strengthened> {
    let mut remedy = Vec::new();
    let mut failing = execution.clone();
    for _ in 0..ROUNDS {
        let found = for_one(guest, &failing, &remedy);
        if found.is_empty() {
            // Accesses that race all the same in another order of the steps are not ordered by it.
            if races(&failing) {
                remedy.clear();
            }
            break;
        }
        remedy.extend(found);
        match still_failing(guest, &remedy) {
            Some(other) if other.memory == Memory::C11 || races(&other) => failing = other,
            _ => break,
        }
    }
    remedy
}

/// An operation as it is with stronger orderings.
#[must_use]
pub fn strengthened(mut operation: Operation, remedy: &[Strengthened]) -> Operation {
    for strengthened in remedy.iter().filter(|s| s.site == operation.site) {
        let (whole, load) = at_least(&operation, strengthened.ordering);
        operation.ordering = operation.ordering.max(whole);
        operation.failure = operation.failure.max(load);
    }
    operation
}

fn for_one<G: Guest>(
    guest: &mut G,
    failing: &Execution,
    others: &[Strengthened],
) -> Vec<Strengthened> {
    let mut sites: Vec<u64> = Vec::new();
    if races(failing) || failing.events.iter().any(|e| !e.passed_over.is_empty()) {
        let atomics = failing.events.iter().filter(|e| e.operation.has_ordering());
        for site in atomics.map(|e| e.operation.site).filter(|&site| site != 0) {
            if !sites.contains(&site) && others.iter().all(|o| o.site != site) {
                sites.push(site);
            }
        }
    }
    let mut rules_out = |candidate: &[Strengthened]| {
        let all = [others, candidate].concat();
        match followed(guest, &failing.schedule, all) {
            Some(other) => races(failing) && !races(&other),
            None => true,
        }
    };
    for ordering in [MemoryOrdering::AcqRel, MemoryOrdering::SeqCst] {
        let all = sites.iter().map(|&site| Strengthened { site, ordering });
        let mut candidate: Vec<Strengthened> = all.collect();
        if !rules_out(&candidate) {
            continue;
        }
        for &site in &sites {
            let mut without = candidate.clone();
            without.retain(|s| s.site != site);
            if rules_out(&without) {
                candidate = without;
            }
        }
        for index in 0..candidate.len() {
            let mut weaker = candidate.clone();
            weaker[index].ordering = MemoryOrdering::AcqRel;
            if rules_out(&weaker) {
                candidate = weaker;
            }
        }
        return candidate;
    }
    Vec::new()
}

/// What happens under the schedule of a failing execution; `None` where it cannot be followed.
fn followed<G: Guest>(
    guest: &mut G,
    schedule: &[Step],
    strengthened: Vec<Strengthened>,
) -> Option<Execution> {
    search::replay_strengthened(guest, &mut ThreadNames::default(), schedule, strengthened).ok()
}

fn races(execution: &Execution) -> bool {
    execution.ending == Ending::DataRace
}

fn still_failing<G: Guest>(guest: &mut G, remedy: &[Strengthened]) -> Option<Execution> {
    let options = Options {
        memory: MemoryChoice::C11,
        max_interleavings: Some(TRIED),
        strengthened: remedy.to_vec(),
        ..Options::default()
    };
    let mut on_progress = |_: &_| search::Control::Continue;
    search::explore(
        guest,
        &mut ThreadNames::default(),
        &options,
        &mut on_progress,
    )
    .failure
}

/// What `ordering` comes to for an operation, and for its load alone: a load cannot release.
fn at_least(operation: &Operation, ordering: MemoryOrdering) -> (MemoryOrdering, MemoryOrdering) {
    use MemoryOrdering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    let load = match ordering {
        AcqRel => Acquire,
        Release => Relaxed,
        other => other,
    };
    let store = match ordering {
        AcqRel => Release,
        Acquire => Relaxed,
        other => other,
    };
    match operation.kind {
        Kind::AtomicLoad => (load, Relaxed),
        Kind::AtomicStore => (store, Relaxed),
        Kind::AtomicCas | Kind::AtomicCasWeak => (ordering, load),
        _ if ordering == SeqCst => (SeqCst, Relaxed),
        _ => (ordering, Relaxed),
    }
}

/// What a place would have to say, given the operation there.
#[must_use]
pub fn wanted(operation: &Operation, ordering: MemoryOrdering) -> MemoryOrdering {
    let (whole, _) = at_least(operation, ordering);
    match (operation.ordering, whole) {
        // Together they are both.
        (MemoryOrdering::Acquire, MemoryOrdering::Release)
        | (MemoryOrdering::Release, MemoryOrdering::Acquire) => MemoryOrdering::AcqRel,
        (now, whole) => now.max(whole),
    }
}
