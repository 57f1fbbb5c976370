//! Random programs of atomics: the explorer finds what the axioms allow.
//!
//! `PROPTEST_CASES=100000 cargo test --release weak::random` runs more.

use std::collections::BTreeSet;
use std::fmt::Debug;

use proptest::prelude::*;
use threadlings::operation::MemoryOrdering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use threadlings::trace::Memory;

use super::axioms::allowed;
use super::explored::{brute_force, optimal};
use super::program::{Source, Statement};
use crate::explorer::random_programs::config;

/// Executions after which brute force is given up.
const AFFORDABLE: u64 = 1_000;

/// Any statements: two threads of up to four, or three of up to three.
pub fn any_source() -> impl Strategy<Value = Source> {
    prop_oneof![
        prop::collection::vec(prop::collection::vec(any_statement(2), 1..=4), 2),
        prop::collection::vec(prop::collection::vec(any_statement(2), 1..=2), 3),
        prop::collection::vec(prop::collection::vec(any_statement(3), 1..=3), 3),
    ]
    .prop_map(Source)
}

fn any_statement(locations: usize) -> impl Strategy<Value = Statement> {
    let fence = fence_ordering().prop_map(Statement::Fence);
    prop_oneof![
        18 => (0..locations).prop_flat_map(access),
        3 => fence,
        1 => (1..3_u64).prop_map(Statement::If),
    ]
}

/// What litmus tests look like: two or three threads in a ring, of which each accesses the location of the one before
/// and then that of the next, perhaps with a fence between; and perhaps threads that only write. Nearly every axiom
/// forbids something there, which programs of any statements seldom meet.
fn ring<S, A>(access: A) -> impl Strategy<Value = Source>
where
    S: Strategy<Value = Statement>,
    A: Fn(usize) -> S + Copy,
{
    (2..=3_usize).prop_flat_map(move |size| {
        let pairs: Vec<_> = (0..size).map(|x| pair(x, (x + 1) % size, access)).collect();
        let single = (0..size).prop_flat_map(|x| prop::collection::vec(write(x), 1));
        let singles = prop::collection::vec(single, 0..=4 - size);
        (pairs, singles).prop_map(|(pairs, singles)| Source([pairs, singles].concat()))
    })
}

fn pair<S: Strategy<Value = Statement>>(
    x: usize,
    y: usize,
    access: impl Fn(usize) -> S,
) -> impl Strategy<Value = Vec<Statement>> {
    let fence = prop::option::of(fence_ordering().prop_map(Statement::Fence));
    let more = prop::option::weighted(0.2, prop_oneof![access(x), access(y)]);
    (access(x), fence, access(y), more).prop_map(|(first, fence, second, more)| {
        let between = fence.into_iter().chain([second]).chain(more);
        std::iter::once(first).chain(between).collect()
    })
}

fn access(x: usize) -> impl Strategy<Value = Statement> {
    use Statement as S;
    let load = prop::sample::select(vec![Relaxed, Acquire, SeqCst, SeqCst]);
    let any = || prop::sample::select(vec![Relaxed, Acquire, Release, AcqRel, SeqCst]);
    let exchange = (0..3_u64, 1..3_u64, any(), load.clone());
    prop_oneof![
        6 => load.prop_map(move |o| S::Load(x, o)),
        6 => write(x),
        2 => any().prop_map(move |o| S::Add(x, 1, o)),
        1 => (1..3_u64, any()).prop_map(move |(v, o)| S::Swap(x, v, o)),
        2 => exchange.prop_map(move |(old, new, success, failure)| {
            S::Exchange(x, [old, new], success, failure)
        }),
    ]
}

fn access_or_wait(x: usize) -> impl Strategy<Value = Statement> {
    let load = prop::sample::select(vec![Relaxed, Acquire, SeqCst]);
    let wait = (0..3_u64, load).prop_map(move |(value, o)| Statement::Await(x, value, o));
    prop_oneof![3 => access(x), 1 => wait]
}

fn write(x: usize) -> impl Strategy<Value = Statement> + Clone {
    let ordering = prop::sample::select(vec![Relaxed, Release, SeqCst, SeqCst]);
    (1..3_u64, ordering).prop_map(move |(value, o)| Statement::Store(x, value, o))
}

fn fence_ordering() -> impl Strategy<Value = MemoryOrdering> {
    prop::sample::select(vec![SeqCst, SeqCst, SeqCst, Acquire, Release, AcqRel])
}

fn compare<T: Debug + Ord>(
    found: &BTreeSet<T>,
    expected: &BTreeSet<T>,
    gave_up: bool,
) -> Result<(), TestCaseError> {
    let invented: Vec<_> = found.difference(expected).collect();
    let lost: Vec<_> = expected.difference(found).collect();
    let lost = if gave_up { Vec::new() } else { lost };
    if invented.is_empty() && lost.is_empty() {
        return Ok(());
    }
    let difference = format!("lost {lost:?}, invented {invented:?}");
    Err(TestCaseError::fail(difference))
}

fn agrees(source: &Source) -> Result<(), TestCaseError> {
    let allowed = allowed(source);
    let best = optimal(source, Memory::C11);
    // Of three threads and more, brute force would not get far.
    let all = (source.0.len() == 2).then(|| brute_force(source, Memory::C11, AFFORDABLE));
    for found in [Some(best), all].into_iter().flatten() {
        compare(&found.outcomes, &allowed.outcomes, found.gave_up)?;
        if !source.waits() {
            compare(&found.graphs, &allowed.graphs, found.gave_up)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    /// The axioms themselves: where everything is `SeqCst`, they are sequential consistency.
    #[test]
    fn seq_cst_everywhere_is_sequential_consistency(source in any_source()) {
        let source = source.all_seq_cst();
        let found = optimal(&source, Memory::Sc).outcomes;
        compare(&found, &allowed(&source).outcomes, false)?;
    }

    /// And so they are where a `SeqCst` fence stands between any two accesses, whatever the orderings of those.
    #[test]
    fn fences_everywhere_are_sequential_consistency(source in ring(access)) {
        let sequential = allowed(&source.all_seq_cst()).outcomes;
        prop_assert_eq!(allowed(&source.with_fences()).outcomes, sequential);
    }

    #[test]
    fn the_explorer_finds_what_the_axioms_allow(source in any_source()) {
        agrees(&source)?;
    }

    #[test]
    fn the_explorer_finds_what_the_axioms_allow_in_rings(source in ring(access)) {
        agrees(&source)?;
    }

    #[test]
    fn the_explorer_finds_what_the_axioms_allow_in_loops(source in ring(access_or_wait)) {
        agrees(&source)?;
    }
}
