//~ expect: over_synchronised
//! Every sheep counts, but the lock is held for a whole flock: nobody can look at the slate before its last sheep.

use std::sync::Mutex;

static COUNTER: Mutex<u32> = Mutex::new(0);

pub fn bring_in(sheep: u32) {
    let mut counter = COUNTER.lock().unwrap();
    for _ in 0..sheep {
        *counter += 1;
    }
}

pub fn counted() -> u32 {
    *COUNTER.lock().unwrap()
}

fn main() {}
