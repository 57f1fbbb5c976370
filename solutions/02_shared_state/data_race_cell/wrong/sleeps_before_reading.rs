//~ expect: fail data_race
//! The camera waits a while, so that the painter can finish. Who says that the painter has begun by then?

use std::cell::UnsafeCell;
use std::thread;
use std::time::Duration;

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
        unsafe { *self.number.get() = Some(number) };
    }

    pub fn read(&self) -> Option<usize> {
        thread::sleep(Duration::from_millis(10));
        unsafe { *self.number.get() }
    }
}

fn main() {}
