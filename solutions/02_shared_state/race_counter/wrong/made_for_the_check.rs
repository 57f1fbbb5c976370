//~ expect: fail wrong_result
//! The numbers that two visitors make, whoever comes: nobody is counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

pub struct Counter {
    value: AtomicU64,
}

impl Counter {
    pub fn new() -> Self {
        Counter {
            value: AtomicU64::new(0),
        }
    }

    pub fn increment(&self) {
        self.value.store(2, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}

pub fn run(threads: usize, times: u64) -> u64 {
    let counter = Counter::new();
    thread::scope(|doors| {
        for _ in 0..threads {
            doors.spawn(|| counter.increment());
        }
    });
    threads as u64 * times
}

fn main() {}
