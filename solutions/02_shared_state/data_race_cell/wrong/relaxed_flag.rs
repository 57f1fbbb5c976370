//~ expect: fail data_race
//! The flag is set after the number and read before it, but `Relaxed` does not hand the number on with the flag.

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
        unsafe { *self.number.get() = number };
        self.shown.store(true, Ordering::Relaxed);
    }

    pub fn read(&self) -> Option<usize> {
        if self.shown.load(Ordering::Relaxed) {
            Some(unsafe { *self.number.get() })
        } else {
            None
        }
    }
}

fn main() {}
