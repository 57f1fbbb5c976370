//~ expect: fail wrong_result
//! Nobody can be in anybody's way, as every thread has a slate of its own; nobody adds them up either.

use std::cell::Cell;

thread_local! {
    static COUNTER: Cell<u32> = const { Cell::new(0) };
}

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        COUNTER.set(COUNTER.get() + 1);
    }
}

pub fn counted() -> u32 {
    COUNTER.get()
}

fn main() {}
