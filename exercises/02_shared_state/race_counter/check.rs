//! What a correct turnstile does, whoever comes first.

use super::{Counter, run};
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn() -> Counter, fn(&Counter), fn(&Counter) -> u64) =
    (Counter::new, Counter::increment, Counter::get);
const _: fn(usize, u64) -> u64 = run;

/// Two threads count one visitor each.
pub fn two_at_once() {
    let counter = Counter::new();
    thread::scope(|doors| {
        doors.spawn(|| counter.increment());
        doors.spawn(|| counter.increment());
    });
    let total = counter.get();
    assert_eq!(total, 2, "two visitors came, but {total} were counted");
}

/// `run` opens all doors at once and adds up what went through them.
pub fn two_doors_are_open_at_the_same_time() {
    let total = run(2, 2);
    assert_eq!(
        total, 4,
        "two visitors came through each of two doors, but {total} were counted"
    );
}

/// The edge cases: no door, and doors that nobody uses.
pub fn no_door_counts_nobody() {
    assert_eq!(run(0, 5), 0, "without a door nobody can be counted");
    assert_eq!(run(1, 0), 0, "nobody came through the door");
    assert_eq!(run(1, 3), 3, "three visitors came through the only door");
}
