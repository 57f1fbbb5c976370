//! The number itself is atomic; 0 stands for an empty board.

use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Board {
    number: AtomicUsize,
}

impl Board {
    pub fn new() -> Self {
        Board {
            number: AtomicUsize::new(0),
        }
    }

    pub fn show(&self, number: usize) {
        self.number.store(number, Ordering::Relaxed);
    }

    pub fn read(&self) -> Option<usize> {
        Some(self.number.load(Ordering::Relaxed)).filter(|&number| number != 0)
    }
}

fn main() {}
