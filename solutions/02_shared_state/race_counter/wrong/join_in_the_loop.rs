//~ expect: not_concurrent
//! Waits for each door before it opens the next: the total is right, and nothing runs at the same time.

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
    for _ in 0..threads {
        let counter = Arc::clone(&counter);
        let door = thread::spawn(move || {
            for _ in 0..times {
                counter.increment();
            }
        });
        door.join().unwrap();
    }
    counter.get()
}

fn main() {
    let expected = 200_000;
    let counted = run(2, expected / 2);
    println!("{expected} visitors came, {counted} were counted");
}
