//~ expect: fail lost_update
//! `increment` is repaired, but `run` still counts the last visitor of each door in the old way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// Counts visitors; shared by all doors of the museum.
pub struct Counter {
    value: AtomicU64,
}

impl Counter {
    /// A counter that starts at zero.
    pub fn new() -> Self {
        Counter {
            value: AtomicU64::new(0),
        }
    }

    /// Counts one visitor.
    pub fn increment(&self) {
        self.value.fetch_add(1, Ordering::Relaxed);
    }

    /// How many visitors were counted so far.
    pub fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}

/// Opens `threads` doors at once, lets `times` visitors through each, and returns the total.
pub fn run(threads: usize, times: u64) -> u64 {
    let counter = Arc::new(Counter::new());
    let mut doors = Vec::new();
    for _ in 0..threads {
        let counter = Arc::clone(&counter);
        doors.push(thread::spawn(move || {
            for _ in 1..times {
                counter.increment();
            }
            if times > 0 {
                let seen = counter.get();
                counter.value.store(seen + 1, Ordering::Relaxed);
            }
        }));
    }
    for door in doors {
        door.join().unwrap();
    }
    counter.get()
}

fn main() {
    let expected = 200_000;
    let counted = run(2, expected / 2);
    println!("{expected} visitors came, {counted} were counted");
}
