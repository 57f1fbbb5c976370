//! What a correct slate says, whoever writes on it first.

use super::{bring_in, counted};
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn(u32), fn() -> u32) = (bring_in, counted);

/// One shepherd alone.
pub fn one_flock_after_the_other() {
    let total: u32 = counted();
    assert_eq!(total, 0, "in the morning the slate must say 0");
    bring_in(0);
    let total: u32 = counted();
    assert_eq!(total, 0, "a flock without sheep changes nothing");
    bring_in(2);
    bring_in(1);
    let total: u32 = counted();
    assert_eq!(total, 3, "a flock of 2 and a flock of 1 came home");
}

/// Two shepherds with one sheep each.
pub fn two_flocks_at_once() {
    thread::scope(|gates| {
        gates.spawn(|| bring_in(1));
        gates.spawn(|| bring_in(1));
    });
    let total: u32 = counted();
    assert_eq!(total, 2, "two sheep came home, but {total} were counted");
}

/// The farmer looks at the slate twice while two sheep come in.
pub fn the_farmer_looks() {
    thread::scope(|gates| {
        gates.spawn(|| bring_in(2));
        let (first, second): (u32, u32) = (counted(), counted());
        assert!(
            first <= second && second <= 2,
            "two sheep come home, but the slate says {first} and then {second}"
        );
        if first == 1 {
            std::__threadlings::reach("the farmer sees the number between two sheep of a flock");
        }
    });
    let total: u32 = counted();
    assert_eq!(total, 2, "a flock of 2 came home");
}
