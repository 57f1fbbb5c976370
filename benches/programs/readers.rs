//! One thread writes a number, N threads read it: each read comes before or after, 2^N.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 3;

fn main() {
    let number = Arc::new(AtomicUsize::new(0));
    let mut threads = Vec::new();
    for reader in 0..=N {
        let number = Arc::clone(&number);
        threads.push(thread::spawn(move || {
            if reader == N {
                number.store(1, Ordering::SeqCst);
            } else {
                assert!(number.load(Ordering::SeqCst) <= 1);
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
