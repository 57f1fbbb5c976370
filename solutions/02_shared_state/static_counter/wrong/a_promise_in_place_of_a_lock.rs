//~ expect: fail data_race
//! `static mut` is gone and the compiler is content, as `unsafe impl Sync` promises it what nobody keeps.

use std::cell::UnsafeCell;

struct Slate(UnsafeCell<u32>);

unsafe impl Sync for Slate {}

static COUNTER: Slate = Slate(UnsafeCell::new(0));

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        unsafe { *COUNTER.0.get() += 1 };
    }
}

pub fn counted() -> u32 {
    unsafe { *COUNTER.0.get() }
}

fn main() {}
