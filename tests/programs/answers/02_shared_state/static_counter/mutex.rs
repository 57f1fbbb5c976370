//! The number lives in a mutex.

use std::sync::Mutex;

static COUNTER: Mutex<u32> = Mutex::new(0);

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        *COUNTER.lock().unwrap() += 1;
    }
}

pub fn counted() -> u32 {
    *COUNTER.lock().unwrap()
}

fn main() {}
