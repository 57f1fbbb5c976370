//! An atomic that is written only when it still is what was read.

use std::sync::atomic::{AtomicU32, Ordering};

static COUNTER: AtomicU32 = AtomicU32::new(0);

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        let mut seen = COUNTER.load(Ordering::Relaxed);
        while let Err(now) =
            COUNTER.compare_exchange_weak(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed)
        {
            seen = now;
        }
    }
}

pub fn counted() -> u32 {
    COUNTER.load(Ordering::Relaxed)
}

fn main() {}
