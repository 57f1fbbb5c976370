//! A lock made by hand, with the orderings that a lock needs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static mut COUNTER: u32 = 0;
static TAKEN: AtomicBool = AtomicBool::new(false);

fn locked<T>(work: impl FnOnce() -> T) -> T {
    while TAKEN.swap(true, Ordering::Acquire) {
        thread::yield_now();
    }
    let result = work();
    TAKEN.store(false, Ordering::Release);
    result
}

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        locked(|| unsafe { COUNTER += 1 });
    }
}

pub fn counted() -> u32 {
    locked(|| unsafe { COUNTER })
}

fn main() {}
