//~ expect: fail data_race
//! One lock for painting and another one for reading: they keep painters from painters, and readers from readers.

use std::cell::UnsafeCell;
use std::sync::Mutex;

pub struct Board {
    number: UnsafeCell<Option<usize>>,
    painting: Mutex<()>,
    reading: Mutex<()>,
}

unsafe impl Sync for Board {}

impl Board {
    pub fn new() -> Self {
        Board {
            number: UnsafeCell::new(None),
            painting: Mutex::new(()),
            reading: Mutex::new(()),
        }
    }

    pub fn show(&self, number: usize) {
        let _key = self.painting.lock().unwrap();
        unsafe { *self.number.get() = Some(number) };
    }

    pub fn read(&self) -> Option<usize> {
        let _key = self.reading.lock().unwrap();
        unsafe { *self.number.get() }
    }
}

fn main() {}
