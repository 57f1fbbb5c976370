//! Read-modify-writes whose result is not used, under C11: where the explorer takes them to commute, it finds what it
//! finds where they do not.

use std::collections::BTreeSet;

use proptest::prelude::*;
use threadlings::explore::engine::Rules;
use threadlings::explore::strategy::optimal::Optimal;
use threadlings::operation::MemoryOrdering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use threadlings::operation::Rmw;
use threadlings::trace::Memory;

use crate::explorer::guest::{Program, Thread};
use crate::explorer::oracle::is_order_told;
use crate::explorer::random_programs::config;

#[derive(Clone, Copy, Debug)]
enum Statement {
    Change(usize, Rmw, u64, MemoryOrdering),
    Add(usize, MemoryOrdering),
    Load(usize, MemoryOrdering),
    Store(usize, u64, MemoryOrdering),
    Exchange(usize, u64, MemoryOrdering),
    Fence(MemoryOrdering),
    /// Goes on only if the last value seen is not zero.
    If,
    /// Waits for the end of all threads before, and goes on knowing what they did.
    Receive,
    Send,
}

type Source = Vec<Vec<Statement>>;

fn program(source: &Source) -> Program {
    source.iter().fold(Program::new(2), |program, statements| {
        let statements = statements.clone();
        program.thread(move |t| run(&statements, t))
    })
}

fn run(statements: &[Statement], t: &Thread) {
    use threadlings::operation::Kind::{ChannelRecv, ChannelSend};
    let mut last = 0;
    for statement in statements {
        let seen = match *statement {
            Statement::Change(x, rmw, value, ordering) => {
                t.change_with(x, rmw, value, ordering);
                continue;
            }
            Statement::Add(x, ordering) => t.add_with(x, 1, ordering),
            Statement::Load(x, ordering) => t.load_with(x, ordering),
            Statement::Exchange(x, old, ordering) => {
                let (Ok(seen) | Err(seen)) = t.cas_with(x, [old, 7], ordering, Relaxed);
                seen
            }
            Statement::Store(x, value, ordering) => {
                t.store_with(x, value, ordering);
                continue;
            }
            Statement::Fence(ordering) => {
                t.fence(ordering);
                continue;
            }
            Statement::If if last == 0 => return,
            Statement::If => continue,
            Statement::Receive => t.channel(ChannelRecv, 0, None),
            Statement::Send => {
                t.channel(ChannelSend, 0, None);
                continue;
            }
        };
        t.see(seen);
        last = seen;
    }
}

/// Final states and executions; `None` where the order was told.
fn explored(source: &Source, commuting: bool) -> Option<(BTreeSet<String>, u64)> {
    let rules = Rules {
        memory: Memory::C11,
        commuting,
        ..Rules::default()
    };
    let mut states = BTreeSet::new();
    let mut executions = 0;
    let told = is_order_told(
        program(source),
        &rules,
        &mut Optimal::default(),
        |engine, ending| {
            states.insert(format!("{ending:?} {:?}", engine.guest().final_state()));
            executions += 1;
            true
        },
    );
    (!told).then_some((states, executions))
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![
        prop::collection::vec(prop::collection::vec(statement(), 1..=4), 2),
        prop::collection::vec(prop::collection::vec(statement(), 1..=3), 3),
    ]
}

fn statement() -> impl Strategy<Value = Statement> {
    use Statement as S;
    let x = 0..2_usize;
    let update = || prop::sample::select(vec![Relaxed, Relaxed, Release, Acquire, AcqRel, SeqCst]);
    let load = || prop::sample::select(vec![Relaxed, Acquire, SeqCst]);
    let store = || prop::sample::select(vec![Relaxed, Release, SeqCst]);
    let rmw = prop::sample::select(vec![Rmw::Add, Rmw::Add, Rmw::Sub, Rmw::Or, Rmw::Max]);
    prop_oneof![
        10 => (0..2_usize, rmw, 1..4_u64, update()).prop_map(|(x, rmw, v, o)| S::Change(x, rmw, v, o)),
        1 => (x.clone(), update()).prop_map(|(x, o)| S::Add(x, o)),
        4 => (x.clone(), load()).prop_map(|(x, o)| S::Load(x, o)),
        2 => (x.clone(), 0..3_u64, store()).prop_map(|(x, v, o)| S::Store(x, v, o)),
        1 => (x, 0..2_u64, update()).prop_map(|(x, old, o)| S::Exchange(x, old, o)),
        1 => prop::sample::select(vec![Release, Acquire, SeqCst]).prop_map(S::Fence),
        1 => Just(S::If),
        2 => Just(S::Receive),
        3 => Just(S::Send),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_commutes_under_c11_makes_no_difference(source in source()) {
        let (all, executions) = explored(&source, false).expect("nothing commutes");
        if let Some((found, fewer)) = explored(&source, true) {
            prop_assert_eq!(found, all);
            prop_assert!(fewer <= executions);
        }
    }
}

/// A counter that is read when all have been joined is the same in every order.
#[test]
fn a_counter_takes_one_execution() {
    let add = |_| vec![Statement::Change(0, Rmw::Add, 1, Relaxed), Statement::Send];
    let mut source: Source = (0..4).map(add).collect();
    let receive = std::iter::repeat_n(Statement::Receive, 4);
    source.push(receive.chain([Statement::Load(0, Relaxed)]).collect());
    let (_, executions) = explored(&source, true).expect("nobody sees the order");
    // The orders of the messages.
    assert_eq!(executions, 24);
    let (_, executions) = explored(&source, false).expect("nothing commutes");
    assert!(executions > 24);
}

/// The reader knows of the first one by the flag, though nothing synchronises: it may read either of the two alone.
#[test]
fn a_reader_that_sees_the_middle_of_a_sum_tells() {
    let source = vec![
        vec![
            Statement::Change(0, Rmw::Add, 1, Relaxed),
            Statement::Store(1, 1, Relaxed),
        ],
        vec![Statement::Change(0, Rmw::Add, 2, Relaxed)],
        vec![Statement::Load(1, Relaxed), Statement::Load(0, Relaxed)],
    ];
    assert_eq!(explored(&source, true), None);
    let (states, _) = explored(&source, false).expect("nothing commutes");
    assert!(
        states.iter().any(|state| state.contains("[1, 2]")),
        "{states:?}"
    );
}
