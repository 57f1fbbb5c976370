//! Random programs: the explorer finds a race if and only if there is one.
//!
//! `PROPTEST_CASES=100000 cargo test --release races::random -- --nocapture` runs more, and says how many were racy.

use std::cell::Cell;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{RngSeed, TestRunner};
use threadlings::explore::engine::{Engine, Rules, RunEnd};
use threadlings::explore::strategy::optimal::Optimal;
use threadlings::explore::threads::ThreadNames;
use threadlings::operation::MemoryOrdering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use threadlings::trace::{Ending, Memory as Model};

use super::enumeration;
use super::program::{Source, Statement, started};
use crate::explorer::guest::{Closures, place_of};
use crate::explorer::weak::axioms;
use crate::explorer::weak::program::{Plain, Source as Atomics, Statement as Memory};

/// Runs `test` on random programs, and tells how many of them are racy.
pub fn on_random<S: Strategy<Value: Debug>>(
    cases: u32,
    strategy: S,
    test: impl Fn(&S::Value) -> Result<bool, TestCaseError>,
) {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(match asked {
        true => config,
        false => ProptestConfig {
            cases,
            rng_seed: RngSeed::Fixed(4),
            ..config
        },
    });
    let (all, racy) = (Cell::new(0), Cell::new(0));
    let result = runner.run(&strategy, |source| {
        all.set(all.get() + 1);
        racy.set(racy.get() + u32::from(test(&source)?));
        Ok(())
    });
    println!("{} programs, {} racy", all.get(), racy.get());
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Whether the explorer finds a race.
fn finds(source: &Source, memory: Model, spurious: u32) -> bool {
    let found = |commuting| {
        let rules = Rules {
            memory,
            spurious,
            commuting,
            ..Rules::default()
        };
        let mut guest = Closures::new(source.program());
        let mut names = ThreadNames::default();
        let mut engine = Engine::new(&mut guest, &mut names, rules);
        let mut strategy = Optimal::default();
        loop {
            let end = engine.run(&mut strategy);
            match &end {
                RunEnd::Ended(Ending::DataRace) => return Some(true),
                RunEnd::Ended(_) | RunEnd::Cut => {}
                RunEnd::OrderTold if commuting => return None,
                other => panic!("{source:?} ends with {other:?}"),
            }
            if !engine.finish(&mut strategy, &end) {
                return Some(false);
            }
        }
    };
    found(true)
        .or_else(|| found(false))
        .expect("nothing commutes")
}

fn same(what: &str, found: bool, expected: bool) -> Result<(), TestCaseError> {
    let difference = || format!("{what}: found {found}, expected {expected}");
    if found == expected {
        return Ok(());
    }
    Err(TestCaseError::fail(difference()))
}

/// Plain memory is four bytes; once in a while it is an atomic's.
fn plain() -> impl Strategy<Value = Plain> {
    let place = prop_oneof![
        12 => 0..3_usize,
        1 => (0..2_usize, 0..8_usize).prop_map(|(x, byte)| place_of(x) + byte),
    ];
    (place, 1..3_usize, any::<bool>()).prop_map(|(start, size, write)| Plain { start, size, write })
}

fn any_ordering() -> impl Strategy<Value = MemoryOrdering> {
    select(vec![Relaxed, Acquire, Release, AcqRel, SeqCst])
}

fn load() -> impl Strategy<Value = Memory> {
    let ordering = select(vec![Relaxed, Acquire, Acquire, SeqCst]);
    (0..2_usize, ordering).prop_map(|(x, o)| Memory::Load(x, o))
}

fn change() -> impl Strategy<Value = Memory> {
    let store = select(vec![Relaxed, Release, Release, SeqCst]);
    let failure = select(vec![Relaxed, Acquire, SeqCst]);
    prop_oneof![
        4 => (0..2_usize, 1..3_u64, store).prop_map(|(x, v, o)| Memory::Store(x, v, o)),
        2 => (0..2_usize, any_ordering()).prop_map(|(x, o)| Memory::Add(x, 1, o)),
        1 => (0..2_usize, 1..3_u64, any_ordering()).prop_map(|(x, v, o)| Memory::Swap(x, v, o)),
        2 => (0..2_usize, 0..3_u64, 1..3_u64, any_ordering(), failure).prop_map(
            |(x, old, new, success, failure)| Memory::Exchange(x, [old, new], success, failure)
        ),
    ]
}

fn fence() -> impl Strategy<Value = Memory> {
    select(vec![Acquire, Release, AcqRel, SeqCst]).prop_map(Memory::Fence)
}

/// Any statements.
fn any_memory() -> impl Strategy<Value = Vec<Memory>> {
    prop_oneof![
        4 => plain().prop_map(|p| vec![Memory::Plain(p)]),
        3 => change().prop_map(|c| vec![c]),
        2 => load().prop_map(|l| vec![l]),
        1 => fence().prop_map(|f| vec![f]),
        3 => looked_at(),
    ]
}

/// What is published: memory, perhaps a fence, a store.
fn published() -> impl Strategy<Value = Vec<Memory>> {
    let fence = prop::option::weighted(0.3, fence());
    (plain(), fence, change()).prop_map(|(plain, fence, change)| {
        let first = std::iter::once(Memory::Plain(plain));
        first.chain(fence).chain([change]).collect()
    })
}

/// What is looked at: a value, whether it is the one, perhaps a fence, memory.
fn looked_at() -> impl Strategy<Value = Vec<Memory>> {
    let fence = prop::option::weighted(0.3, fence());
    let read = prop_oneof![3 => load(), 1 => change()];
    (read, 0..3_u64, fence, plain()).prop_map(|(read, value, fence, plain)| {
        let first = [read, Memory::If(value)];
        let last = fence.into_iter().chain([Memory::Plain(plain)]);
        first.into_iter().chain(last).collect()
    })
}

/// Threads of atomics and plain memory.
pub fn atomics() -> impl Strategy<Value = Atomics> {
    let thread = |size| {
        let pieces = prop::collection::vec(any_memory(), 1..=size);
        pieces.prop_map(|pieces| pieces.concat())
    };
    let relay = (published(), thread(1), looked_at())
        .prop_map(|(first, middle, last)| vec![first, middle, last]);
    let message = (published(), any_memory(), looked_at())
        .prop_map(|(first, more, last)| vec![[first, more].concat(), last]);
    prop_oneof![
        prop::collection::vec(thread(3), 2),
        prop::collection::vec(thread(1), 3),
        relay,
        message,
    ]
    .prop_filter("values that are read, of what is read", |threads| {
        // A condition needs something that was read: in a row of pieces any value may come first.
        threads.iter().flatten().count() <= 12
    })
    .prop_map(Atomics)
}

type Piece = Vec<Statement>;

fn inner() -> impl Strategy<Value = Piece> {
    let plain = plain().prop_map(|p| Statement::Memory(Memory::Plain(p)));
    prop::collection::vec(plain, 1..=2)
}

/// A statement, or some that belong together.
fn piece() -> impl Strategy<Value = Piece> {
    use Statement as S;
    type Around = fn(u32, Piece) -> Piece;
    let around: Vec<Around> = vec![
        |m, inner| [vec![S::Lock(m)], inner, vec![S::Unlock(m)]].concat(),
        |m, inner| {
            [
                vec![S::TryLock(m, inner.len() + 1)],
                inner,
                vec![S::Unlock(m)],
            ]
            .concat()
        },
        |l, inner| [vec![S::Read(l)], inner, vec![S::ReadUnlock(l)]].concat(),
        |l, inner| {
            [
                vec![S::TryRead(l, inner.len() + 1)],
                inner,
                vec![S::ReadUnlock(l)],
            ]
            .concat()
        },
        |l, inner| [vec![S::Write(l)], inner, vec![S::WriteUnlock(l)]].concat(),
        |l, inner| {
            [
                vec![S::TryWrite(l, inner.len() + 1)],
                inner,
                vec![S::WriteUnlock(l)],
            ]
            .concat()
        },
        |o, inner| [vec![S::Begin(o, inner.len() + 1)], inner, vec![S::End(o)]].concat(),
        |o, inner| [vec![S::IsCompleted(o, inner.len())], inner].concat(),
        |c, inner| [vec![S::TryReceive(c, inner.len())], inner].concat(),
    ];
    let object = prop_oneof![4 => Just(0_u32), 1 => Just(1)];
    let alone = select(vec![
        S::Send(0),
        S::Send(0),
        S::Send(1),
        S::Send(2),
        S::Receive(0),
        S::Receive(1),
        S::Receive(2),
        S::Park,
        S::Unpark(0),
        S::Unpark(1),
        S::Unpark(2),
        S::Meet(0),
    ]);
    prop_oneof![
        3 => inner(),
        2 => any_memory().prop_map(|all| all.into_iter().map(S::Memory).collect()),
        4 => (select(around), object, inner()).prop_map(|(around, o, inner)| around(o, inner)),
        4 => alone.prop_map(|s| vec![s]),
    ]
}

/// Two or three threads, started and joined anywhere.
pub fn any_source() -> impl Strategy<Value = Source> {
    let thread = |size| prop::collection::vec(piece(), 1..=size);
    let family = (
        any::<bool>(),
        any::<Index>(),
        prop::option::weighted(0.6, any::<Index>()),
    );
    prop_oneof![
        prop::collection::vec(thread(4), 2),
        prop::collection::vec(thread(2), 3),
    ]
    .prop_flat_map(move |threads| {
        let families = prop::collection::vec(family.clone(), threads.len() - 1);
        (Just(threads), families)
    })
    .prop_map(|(mut threads, families)| {
        for (child, (of_main, place, joined)) in families.into_iter().enumerate().rev() {
            let parent = if of_main { 0 } else { child };
            let pieces = &mut threads[parent];
            let start = place.index(pieces.len() + 1);
            pieces.insert(start, vec![Statement::Start(child + 1)]);
            if let Some(joined) = joined {
                let join = start + 1 + joined.index(pieces.len() - start);
                pieces.insert(join, vec![Statement::Join(child + 1)]);
            }
        }
        Source(
            threads
                .iter()
                .map(|pieces| known(pieces.concat()))
                .collect(),
        )
    })
}

/// Threads that this one has not started cannot be woken: `main` is instead.
fn known(mut statements: Vec<Statement>) -> Vec<Statement> {
    let mut started = vec![0];
    for statement in &mut statements {
        match statement {
            Statement::Start(thread) => started.push(*thread),
            Statement::Unpark(thread) if !started.contains(thread) => *thread = 0,
            _ => {}
        }
    }
    statements
}

#[test]
fn races_between_atomics_are_found_under_c11() {
    on_random(300, atomics(), |source| {
        let expected = axioms::has_race(source);
        same("c11", finds(&started(source), Model::C11, 0), expected)?;
        Ok(expected)
    });
}

#[test]
fn races_between_atomics_are_found_under_sequential_consistency() {
    on_random(300, atomics(), |source| {
        let source = started(source);
        let expected = enumeration::has_race(&source, 0);
        same("sc", finds(&source, Model::Sc, 0), expected)?;
        Ok(expected)
    });
}

/// What is all `SeqCst` is sequentially consistent, races or not.
#[test]
fn the_two_definitions_agree() {
    on_random(200, atomics(), |source| {
        let source = source.all_seq_cst();
        let expected = axioms::has_race(&source);
        same(
            "definitions",
            enumeration::has_race(&started(&source), 0),
            expected,
        )?;
        Ok(expected)
    });
}

#[test]
fn races_are_found_whatever_orders_threads() {
    on_random(300, any_source(), |source| {
        let expected = enumeration::has_race(source, 0);
        same("sc", finds(source, Model::Sc, 0), expected)?;
        let spurious = enumeration::has_race(source, 1);
        same("spurious", finds(source, Model::Sc, 1), spurious)?;
        Ok(expected)
    });
}

/// Whatever is weak only adds executions.
#[test]
fn races_are_found_under_c11_too() {
    on_random(200, any_source(), |source| {
        let expected = enumeration::has_race(source, 0);
        let found = finds(source, Model::C11, 0);
        prop_assert!(found || !expected);
        Ok(found)
    });
}
