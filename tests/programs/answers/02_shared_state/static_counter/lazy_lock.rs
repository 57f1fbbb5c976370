//! A mutex that is made when it is first needed.

use std::sync::{LazyLock, Mutex};

static COUNTER: LazyLock<Mutex<u32>> = LazyLock::new(|| Mutex::new(0));

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        *COUNTER.lock().unwrap() += 1;
    }
}

pub fn counted() -> u32 {
    *COUNTER.lock().unwrap()
}

fn main() {}
