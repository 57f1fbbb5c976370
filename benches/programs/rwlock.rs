//! N threads read under a lock, two write: 2 · 3^N.

use std::sync::{Arc, RwLock};
use std::thread;

const N: usize = 2;

fn main() {
    let number = Arc::new(RwLock::new(0));
    let mut threads = Vec::new();
    for _ in 0..N {
        let number = Arc::clone(&number);
        threads.push(thread::spawn(move || assert!(*number.read().unwrap() <= 2)));
    }
    for _ in 0..2 {
        let number = Arc::clone(&number);
        threads.push(thread::spawn(move || *number.write().unwrap() += 1));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
