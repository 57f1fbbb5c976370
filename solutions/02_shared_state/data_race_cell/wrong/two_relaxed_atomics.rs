//~ expect: fail wrong_result
//! No plain memory is left to race on, but a camera can still see the flag before it sees the number.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub struct Board {
    number: AtomicUsize,
    shown: AtomicBool,
}

impl Board {
    pub fn new() -> Self {
        Board {
            number: AtomicUsize::new(0),
            shown: AtomicBool::new(false),
        }
    }

    pub fn show(&self, number: usize) {
        self.number.store(number, Ordering::Relaxed);
        self.shown.store(true, Ordering::Relaxed);
    }

    pub fn read(&self) -> Option<usize> {
        if self.shown.load(Ordering::Relaxed) {
            Some(self.number.load(Ordering::Relaxed))
        } else {
            None
        }
    }
}

fn main() {}
