//! Hunts for bugs: the same failure first, however many hunters share the rounds.

use threadlings::explore::hunt::{Found, Plan, RuleSet, Share, hunt, is_hopeless, share_of_proof};
use threadlings::explore::search::{Control, Options, Search, explore};
use threadlings::explore::threads::ThreadNames;
use threadlings::operation::Kind;

use super::guest::{Closures, Program};

/// Five threads write their names one after the other; one order of all crashes. One waits in a loop for another.
fn rarely_wrong() -> Program {
    Program::new(2)
        .threads(5, |t, number| {
            let before = t.load(0);
            t.store(0, before * 6 + number + 1);
            if t.load(0) == 5_805 {
                t.abort();
            }
            t.store(1, 1);
        })
        .thread(|t| {
            t.at(1, 0);
            while t.load(1) == 0 {
                t.yield_now();
            }
        })
}

/// Every thread waits for a condvar that is notified once, and reads under a lock that another wants to write.
fn of_all_rules() -> Program {
    Program::new(1)
        .threads(4, |t, number| {
            t.lock(0);
            t.wait(0, 0);
            t.unlock(0);
            t.lock(number as u32 + 1);
            t.rw(Kind::RwRead, 0);
            t.rw(Kind::RwReadUnlock, 0);
            t.unlock(number as u32 + 1);
        })
        .threads(4, |t, _| {
            for _ in 0..4 {
                t.notify_one(0);
                t.add(0, 1);
            }
        })
}

/// Hunts as one of `stride`: the round that fails, and how.
fn hunted(plan: &Plan, first: u64, stride: u64, end: u64) -> Option<(u64, Found)> {
    let mut last = 0;
    let found = hunt(
        &mut Closures::new(rarely_wrong()),
        &mut ThreadNames::default(),
        &Options::default(),
        plan,
        Share { first, stride },
        &mut |round| {
            last = round.number;
            round.number < end
        },
    );
    (found != Found::Nothing).then_some((last, found))
}

#[test]
fn any_number_of_hunters_finds_the_same_failure_first() {
    let spurious = RuleSet {
        spurious: 1,
        ..RuleSet::default()
    };
    for rules in [vec![RuleSet::default()], vec![RuleSet::default(), spurious]] {
        let plan = Plan {
            track_loops: false,
            rules,
        };
        let alone = hunted(&plan, 0, 1, 100_000).expect("one hunter finds it");
        assert!(alone.0 > 20, "round {} is too early for this test", alone.0);
        for stride in 2..=5 {
            let all = (0..stride).filter_map(|first| hunted(&plan, first, stride, alone.0 + 1));
            let lowest = all.min_by_key(|(round, _)| *round).expect("a crew does");
            assert_eq!(lowest, alone, "{stride} hunters");
        }
    }
}

#[test]
fn the_rounds_of_a_crew_are_all_rounds_once() {
    let plan = Plan {
        track_loops: true,
        rules: vec![RuleSet::default(); 3],
    };
    for stride in 1..=4 {
        let mut own = Vec::new();
        for first in 0..stride {
            hunt(
                &mut Closures::new(Program::new(1).threads(2, |t, _| _ = t.add(0, 1))),
                &mut ThreadNames::default(),
                &Options::default(),
                &plan,
                Share { first, stride },
                &mut |round| {
                    let begins = round.number < 50;
                    if begins && round.is_own {
                        own.push(round.number);
                    }
                    begins
                },
            );
        }
        own.sort_unstable();
        assert_eq!(own, Vec::from_iter(0..50), "{stride} hunters");
    }
}

fn given_up(program: Program, options: &Options) -> Search {
    let mut on_progress = |progress: &_| match progress {
        threadlings::explore::search::Progress { executions, .. } if *executions < 500 => {
            Control::Continue
        }
        _ => Control::Hunt,
    };
    explore(
        &mut Closures::new(program),
        &mut ThreadNames::default(),
        options,
        &mut on_progress,
    )
}

#[test]
fn a_proof_that_is_given_up_leaves_a_plan_for_all_rules_that_matter() {
    let plan = given_up(of_all_rules(), &Options::default()).hunt;
    let plain = RuleSet::default();
    let writers_first = RuleSet {
        writers_first: true,
        ..plain
    };
    let spurious = RuleSet {
        spurious: 1,
        ..plain
    };
    assert_eq!(
        plan.expect("a plan").rules,
        [plain, writers_first, spurious]
    );
}

#[test]
fn a_limit_bounds_the_proof_only_where_it_is_too_long() {
    let search = |most| {
        let options = Options {
            max_interleavings: Some(most),
            ..Options::default()
        };
        let mut on_progress = |_: &_| Control::Continue;
        explore(
            &mut Closures::new(of_all_rules()),
            &mut ThreadNames::default(),
            &options,
            &mut on_progress,
        )
    };
    let short = search(1_000);
    assert_eq!((short.executions, short.hunted), (1_000, 0));
    assert_eq!(short.hunt, None, "nothing is left for it");
    let long = search(20_000);
    assert!(long.hunt.is_some(), "a hopeless proof gives way");
    assert!(long.executions + long.hunted < 10_000);
}

#[test]
fn only_what_is_far_out_of_reach_is_hopeless() {
    assert!(!is_hopeless(2_000.0, 100.0));
    assert!(is_hopeless(2_001.0, 100.0));
    assert_eq!(share_of_proof(100.0, 100, 1_200), 1_200);
    assert_eq!(share_of_proof(101.0, 100, 1_200), 800);
    assert_eq!(share_of_proof(2_001.0, 100, 1_200), 300);
}
