//! Known mistakes, made on purpose: the comparison with brute force notices each of them.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use threadlings::explore::engine::Rules;
use threadlings::explore::races::Mutations;

use super::random_programs::{Statement, agrees, source};

/// Random programs to try before a mistake counts as unnoticed.
const PROGRAMS: u32 = 4_000;

fn is_noticed(mutations: Mutations) -> bool {
    let rules = Rules {
        mutations,
        max_steps: 500,
        track_loops: true,
        ..Rules::default()
    };
    let mut runner = TestRunner::deterministic();
    (0..PROGRAMS).any(|_| {
        let program = source().new_tree(&mut runner).expect("a program").current();
        differs(&program, &rules)
    })
}

/// A difference, or the explorer's own check that it cannot follow its plan.
fn differs(program: &Vec<Vec<Statement>>, rules: &Rules) -> bool {
    let outcome = std::panic::catch_unwind(|| agrees(program, rules));
    !matches!(outcome, Ok(None | Some(Ok(()))))
}

#[test]
fn without_a_mistake_nothing_differs() {
    let program = vec![
        vec![Statement::Write(0, 2)],
        vec![Statement::Cas(0, 0, 2)],
        vec![Statement::Cas(0, 1, 1)],
    ];
    assert!(!differs(&program, &Rules::default()));
}

#[test]
fn calling_a_used_result_unused_is_noticed() {
    let program = vec![
        vec![Statement::ChangeUsed(0, 1)],
        vec![Statement::ChangeUsed(0, 2)],
    ];
    assert!(differs(&program, &Rules::default()));
}

#[test]
fn ignoring_blocked_operations_is_noticed() {
    assert!(is_noticed(Mutations {
        ignore_blocked: true,
        ..Mutations::default()
    }));
}

#[test]
fn taking_only_the_last_dependent_event_is_noticed() {
    assert!(is_noticed(Mutations {
        last_event_only: true,
        ..Mutations::default()
    }));
}

#[test]
fn reversing_without_what_comes_before_is_noticed() {
    assert!(is_noticed(Mutations {
        reverse_alone: true,
        ..Mutations::default()
    }));
}

#[test]
fn forgetting_that_a_notification_wakes_is_noticed() {
    assert!(is_noticed(Mutations {
        notify_is_a_race: true,
        ..Mutations::default()
    }));
}

#[test]
fn taking_a_failed_exchange_for_a_read_is_noticed() {
    assert!(is_noticed(Mutations {
        failed_exchange_reads: true,
        ..Mutations::default()
    }));
}
