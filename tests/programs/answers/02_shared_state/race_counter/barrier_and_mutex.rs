//! The doors wait for each other before they open.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;

pub struct Counter {
    value: Mutex<u64>,
}

impl Counter {
    pub fn new() -> Self {
        Counter {
            value: Mutex::new(0),
        }
    }

    pub fn increment(&self) {
        *self.value.lock().unwrap() += 1;
    }

    pub fn get(&self) -> u64 {
        *self.value.lock().unwrap()
    }
}

pub fn run(threads: usize, times: u64) -> u64 {
    let counter = Arc::new(Counter::new());
    let gate = Arc::new(Barrier::new(threads));
    let doors: Vec<_> = (0..threads)
        .map(|_| {
            let (counter, gate) = (Arc::clone(&counter), Arc::clone(&gate));
            thread::spawn(move || {
                gate.wait();
                for _ in 0..times {
                    counter.increment();
                }
            })
        })
        .collect();
    for door in doors {
        door.join().unwrap();
    }
    counter.get()
}

fn main() {}
