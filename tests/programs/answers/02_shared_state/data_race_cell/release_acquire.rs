//! The cell is published with a flag.

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
        self.shown.store(true, Ordering::Release);
    }

    pub fn read(&self) -> Option<usize> {
        let shown = self.shown.load(Ordering::Acquire);
        shown.then(|| unsafe { *self.number.get() })
    }
}

fn main() {}
