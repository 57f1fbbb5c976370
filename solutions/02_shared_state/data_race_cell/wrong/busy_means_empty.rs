//~ expect: fail wrong_result
//! Every access is locked, but a camera that finds the board taken, be it by another camera, reports an empty one.

use std::sync::Mutex;

pub struct Board {
    number: Mutex<Option<usize>>,
}

impl Board {
    pub fn new() -> Self {
        Board {
            number: Mutex::new(None),
        }
    }

    pub fn show(&self, number: usize) {
        *self.number.lock().unwrap() = Some(number);
    }

    pub fn read(&self) -> Option<usize> {
        let number = self.number.try_lock().ok()?;
        *number
    }
}

fn main() {}
