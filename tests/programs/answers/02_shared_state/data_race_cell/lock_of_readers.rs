//! Cameras may film at the same time, but not while the painter is at work.

use std::cell::UnsafeCell;
use std::sync::RwLock;

pub struct Board {
    number: UnsafeCell<Option<usize>>,
    studio: RwLock<()>,
}

unsafe impl Sync for Board {}

impl Board {
    pub fn new() -> Self {
        Board {
            number: UnsafeCell::new(None),
            studio: RwLock::new(()),
        }
    }

    pub fn show(&self, number: usize) {
        let _key = self.studio.write().unwrap();
        unsafe { *self.number.get() = Some(number) };
    }

    pub fn read(&self) -> Option<usize> {
        let _key = self.studio.read().unwrap();
        unsafe { *self.number.get() }
    }
}

fn main() {}
