//! The flag is relaxed, and fences order what is around it.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, Ordering, fence};

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
        fence(Ordering::Release);
        self.shown.store(true, Ordering::Relaxed);
    }

    pub fn read(&self) -> Option<usize> {
        if !self.shown.load(Ordering::Relaxed) {
            return None;
        }
        fence(Ordering::Acquire);
        Some(unsafe { *self.number.get() })
    }
}

fn main() {}
