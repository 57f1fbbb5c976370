//! Solution: reading, adding and writing become one step.
//!
//! The starter loads the value and stores it plus one. Between the two, another thread can load the same old
//! value; then both store the same new one, and a visitor is lost. `fetch_add` is a single read-modify-write
//! operation: the hardware lets nobody in between. A `Mutex<u64>` held from the read to the write would be just
//! as right.
//!
//! `Relaxed` is enough here: each `fetch_add` sees the newest value of *this* variable whatever the ordering, and
//! `join` makes everything the threads did visible to the final `get`. Orderings matter when one variable announces
//! something about another; a stronger one alone would not have repaired the starter.

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
    // First start every door, only then wait: waiting inside this loop would open one door at a time.
    let mut doors = Vec::new();
    for _ in 0..threads {
        let counter = Arc::clone(&counter);
        doors.push(thread::spawn(move || {
            for _ in 0..times {
                counter.increment();
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
