//! What a correct turnstile does, whoever comes first.

use super::{Counter, run};
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn() -> Counter, fn(&Counter), fn(&Counter) -> u64) =
    (Counter::new, Counter::increment, Counter::get);
const _: fn(usize, u64) -> u64 = run;

/// Two threads count one visitor each.
pub fn two_at_once() {
    let counter: Counter = Counter::new();
    thread::scope(|doors| {
        doors.spawn(|| Counter::increment(&counter));
        doors.spawn(|| Counter::increment(&counter));
    });
    let total: u64 = Counter::get(&counter);
    assert_eq!(total, 2, "two visitors came, but {total} were counted");
}

/// `run` opens all doors at once and adds up what went through them.
pub fn two_doors_are_open_at_the_same_time() {
    let total: u64 = run(2, 2);
    assert_eq!(
        total, 4,
        "two visitors came through each of two doors, but {total} were counted"
    );
}

/// The edge cases: no door, and doors that nobody uses.
pub fn no_door_counts_nobody() {
    let [no_door, nobody, one_door]: [u64; 3] = [run(0, 5), run(1, 0), run(1, 3)];
    assert_eq!(no_door, 0, "without a door nobody can be counted");
    assert_eq!(nobody, 0, "nobody came through the door");
    assert_eq!(one_door, 3, "three visitors came through the only door");
}

/// Visitors who come one after the other, and a second counter beside the first.
pub fn one_visitor_after_the_other() {
    let counter: Counter = Counter::new();
    for visitors in 0..4 {
        let total: u64 = Counter::get(&counter);
        assert_eq!(
            total, visitors,
            "visitors came one after the other: {visitors} so far, but {total} were counted"
        );
        Counter::increment(&counter);
    }
    let other: Counter = Counter::new();
    let total: u64 = Counter::get(&other);
    assert_eq!(total, 0, "a new counter starts at zero");
}

/// More doors than the two that most answers are tried out with.
pub fn three_doors_are_open_at_the_same_time() {
    let total: u64 = run(3, 1);
    assert_eq!(
        total, 3,
        "one visitor came through each of three doors, but {total} were counted"
    );
}
