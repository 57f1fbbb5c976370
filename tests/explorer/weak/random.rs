//! Random programs of atomics: the explorer finds what the axioms allow.
//!
//! `PROPTEST_CASES=100000 cargo test --release weak::random` runs more.

use std::collections::BTreeSet;

use proptest::prelude::*;
use threadlings::operation::MemoryOrdering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use threadlings::trace::Memory;

use super::axioms::{Outcome, allowed};
use super::explored::{Found, brute_force, optimal};
use super::program::{Source, Statement};
use crate::explorer::random_programs::config;

/// Executions after which brute force is given up.
const AFFORDABLE: u64 = 2_000;

/// Two threads of up to four statements, or three of up to three.
fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        prop::collection::vec(prop::collection::vec(statement(2), 1..=4), 2),
        prop::collection::vec(prop::collection::vec(statement(2), 1..=2), 3),
        prop::collection::vec(prop::collection::vec(statement(3), 1..=3), 3),
    ]
    .prop_map(Source)
}

fn statement(locations: usize) -> impl Strategy<Value = Statement> {
    use Statement as S;
    let x = 0..locations;
    let value = 1..3_u64;
    let load = || prop::sample::select(vec![Relaxed, Acquire, SeqCst]);
    let store = || prop::sample::select(vec![Relaxed, Release, SeqCst]);
    let update = || any_of_all();
    let fence = || prop::sample::select(vec![SeqCst, Acquire, Release, AcqRel]);
    prop_oneof![
        6 => (x.clone(), load()).prop_map(|(x, o)| S::Load(x, o)),
        6 => (x.clone(), value.clone(), store()).prop_map(|(x, v, o)| S::Store(x, v, o)),
        2 => (x.clone(), update()).prop_map(|(x, o)| S::Add(x, 1, o)),
        1 => (x.clone(), value.clone(), update()).prop_map(|(x, v, o)| S::Swap(x, v, o)),
        2 => (x, 0..3_u64, value.clone(), update(), load())
            .prop_map(|(x, old, new, success, failure)| S::Exchange(x, [old, new], success, failure)),
        3 => fence().prop_map(S::Fence),
        1 => value.prop_map(S::If),
    ]
}

fn any_of_all() -> impl Strategy<Value = MemoryOrdering> {
    prop::sample::select(vec![Relaxed, Acquire, Release, AcqRel, SeqCst])
}

fn compare(found: &Found, expected: &BTreeSet<Outcome>) -> Result<(), TestCaseError> {
    let invented: Vec<_> = found.outcomes.difference(expected).collect();
    let lost: Vec<_> = expected.difference(&found.outcomes).collect();
    let lost = if found.gave_up { Vec::new() } else { lost };
    if invented.is_empty() && lost.is_empty() {
        return Ok(());
    }
    let difference = format!("lost {lost:?}, invented {invented:?}");
    Err(TestCaseError::fail(difference))
}

proptest! {
    #![proptest_config(config())]

    /// The axioms themselves: where everything is `SeqCst`, they are sequential consistency.
    #[test]
    fn seq_cst_everywhere_is_sequential_consistency(source in source()) {
        let source = source.all_seq_cst();
        compare(&optimal(&source, Memory::Sc), &allowed(&source).outcomes)?;
    }

    /// And so they are where a `SeqCst` fence stands between any two accesses, whatever the orderings of those.
    #[test]
    fn fences_everywhere_are_sequential_consistency(source in source()) {
        let sequential = allowed(&source.all_seq_cst()).outcomes;
        prop_assert_eq!(allowed(&source.with_fences()).outcomes, sequential);
    }

    #[test]
    fn the_explorer_finds_what_the_axioms_allow(source in source()) {
        let allowed = allowed(&source);
        let found = optimal(&source, Memory::C11);
        compare(&found, &allowed.outcomes)?;
        prop_assert!(found.executions >= allowed.executions, "an execution is missing");
        compare(&brute_force(&source, Memory::C11, AFFORDABLE), &allowed.outcomes)?;
    }
}
