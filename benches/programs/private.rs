//! Each of N threads counts to ten in a number of its own: one interleaving is all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 3;

fn main() {
    let numbers = Arc::new((0..N).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    let mut threads = Vec::new();
    for own in 0..N {
        let numbers = Arc::clone(&numbers);
        threads.push(thread::spawn(move || {
            for _ in 0..10 {
                numbers[own].fetch_add(1, Ordering::SeqCst);
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(numbers[N - 1].load(Ordering::SeqCst), 10);
}
