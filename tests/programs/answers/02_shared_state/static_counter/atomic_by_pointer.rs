//! The `static mut` stays, and every access to it is made atomic.

use std::sync::atomic::{AtomicU32, Ordering};

static mut COUNTER: u32 = 0;

fn counter() -> &'static AtomicU32 {
    unsafe { AtomicU32::from_ptr(&raw mut COUNTER) }
}

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        counter().fetch_add(1, Ordering::Relaxed);
    }
}

pub fn counted() -> u32 {
    counter().load(Ordering::Relaxed)
}

fn main() {}
