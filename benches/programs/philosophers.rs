//! N philosophers take the lower of their two forks first, and eat: 2^N − 2.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let forks = Arc::new((0..N).map(|_| Mutex::new(())).collect::<Vec<_>>());
    let mut threads = Vec::new();
    for seat in 0..N {
        let forks = Arc::clone(&forks);
        threads.push(thread::spawn(move || {
            let next = (seat + 1) % N;
            let first = forks[seat.min(next)].lock().unwrap();
            let second = forks[seat.max(next)].lock().unwrap();
            drop(second);
            drop(first);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
