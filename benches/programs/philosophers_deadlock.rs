//! N philosophers take their left fork first: they deadlock, and the search ends there.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let forks = Arc::new((0..N).map(|_| Mutex::new(())).collect::<Vec<_>>());
    let mut threads = Vec::new();
    for seat in 0..N {
        let forks = Arc::clone(&forks);
        threads.push(thread::spawn(move || {
            let left = forks[seat].lock().unwrap();
            let right = forks[(seat + 1) % N].lock().unwrap();
            drop(right);
            drop(left);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
