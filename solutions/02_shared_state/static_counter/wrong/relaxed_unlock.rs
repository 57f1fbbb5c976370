//~ expect: fail data_race
//! A lock made by hand lets one thread in at a time, but its `Relaxed` unlock does not hand on what was written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static mut COUNTER: u32 = 0;
static TAKEN: AtomicBool = AtomicBool::new(false);

fn lock() {
    while TAKEN.swap(true, Ordering::Acquire) {
        thread::yield_now();
    }
}

fn unlock() {
    TAKEN.store(false, Ordering::Relaxed);
}

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        lock();
        unsafe { COUNTER += 1 };
        unlock();
    }
}

pub fn counted() -> u32 {
    lock();
    let counted = unsafe { COUNTER };
    unlock();
    counted
}

fn main() {}
