//! Tries until nobody came in between; each attempt may also fail without a reason.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

pub struct Counter(AtomicU64);

impl Counter {
    pub fn new() -> Self {
        Counter(AtomicU64::new(0))
    }

    pub fn increment(&self) {
        let mut seen = self.0.load(Ordering::Relaxed);
        while let Err(now) =
            self.0
                .compare_exchange_weak(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed)
        {
            seen = now;
        }
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

pub fn run(threads: usize, times: u64) -> u64 {
    let counter = Counter::new();
    thread::scope(|doors| {
        for _ in 0..threads {
            doors.spawn(|| (0..times).for_each(|_| counter.increment()));
        }
    });
    counter.get()
}

fn main() {}
