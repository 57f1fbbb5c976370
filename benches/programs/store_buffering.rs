//! Each of N threads stores to its own number, then loads its neighbour's: 2^N − 1.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 2;

fn main() {
    let numbers = Arc::new((0..N).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    let mut threads = Vec::new();
    for own in 0..N {
        let numbers = Arc::clone(&numbers);
        threads.push(thread::spawn(move || {
            numbers[own].store(1, Ordering::SeqCst);
            numbers[(own + 1) % N].load(Ordering::SeqCst)
        }));
    }
    for thread in threads {
        assert!(thread.join().unwrap() <= 1);
    }
}
