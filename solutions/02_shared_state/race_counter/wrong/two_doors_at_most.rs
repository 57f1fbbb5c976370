//~ expect: fail wrong_result
//! Right for one door and for two; the third stays shut.

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
        self.value.fetch_add(1, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}

pub fn run(threads: usize, times: u64) -> u64 {
    let counter = Counter::new();
    thread::scope(|doors| {
        for _ in 0..threads.min(2) {
            doors.spawn(|| {
                for _ in 0..times {
                    counter.increment();
                }
            });
        }
    });
    counter.get()
}

fn main() {}
