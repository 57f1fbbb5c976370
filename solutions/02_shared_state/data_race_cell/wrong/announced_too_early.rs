//~ expect: fail data_race
//! The orderings are right, but the number is announced before it is there.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Board {
    number: UnsafeCell<usize>,
    shown: AtomicBool,
}

unsafe impl Sync for Board {}

impl Board {
    pub fn new() -> Self {
        Board {
            number: UnsafeCell::new(0),
            shown: AtomicBool::new(false),
        }
    }

    pub fn show(&self, number: usize) {
        self.shown.store(true, Ordering::Release);
        unsafe { *self.number.get() = number };
    }

    pub fn read(&self) -> Option<usize> {
        if self.shown.load(Ordering::Acquire) {
            Some(unsafe { *self.number.get() })
        } else {
            None
        }
    }
}

fn main() {}
