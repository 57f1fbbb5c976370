//~ expect: fail data_race
//! Volatile accesses are made for devices: the compiler keeps them, but they order nothing between threads.

use std::cell::UnsafeCell;

pub struct Board {
    number: UnsafeCell<Option<usize>>,
}

unsafe impl Sync for Board {}

impl Board {
    pub fn new() -> Self {
        Board {
            number: UnsafeCell::new(None),
        }
    }

    pub fn show(&self, number: usize) {
        unsafe { self.number.get().write_volatile(Some(number)) };
    }

    pub fn read(&self) -> Option<usize> {
        unsafe { self.number.get().read_volatile() }
    }
}

fn main() {}
