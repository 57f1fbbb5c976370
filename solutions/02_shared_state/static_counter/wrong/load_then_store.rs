//~ expect: fail lost_update
//! Each access is atomic, so the data race is gone, but counting a sheep is still two of them.

use std::sync::atomic::{AtomicU32, Ordering};

static COUNTER: AtomicU32 = AtomicU32::new(0);

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        COUNTER.store(COUNTER.load(Ordering::SeqCst) + 1, Ordering::SeqCst);
    }
}

pub fn counted() -> u32 {
    COUNTER.load(Ordering::SeqCst)
}

fn main() {}
