//! Each thread loads a number, then stores one more: (N!)² traces, and nothing is asserted of the sum.

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
            let seen = count.load(Ordering::SeqCst);
            count.store(seen + 1, Ordering::SeqCst);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
