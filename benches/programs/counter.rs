//! Each thread adds one, and nobody looks at what was there before: all orders are the same, 1.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 3;

fn main() {
    let count = Arc::new(AtomicUsize::new(0));
    let mut threads = Vec::new();
    for _ in 0..N {
        let count = Arc::clone(&count);
        threads.push(thread::spawn(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(count.load(Ordering::Relaxed), N);
}
