//! Each thread adds one under a lock that spins: N! orders in which it is taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

const N: usize = 2;

fn main() {
    let taken = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));
    let mut threads = Vec::new();
    for _ in 0..N {
        let taken = Arc::clone(&taken);
        let count = Arc::clone(&count);
        threads.push(thread::spawn(move || {
            while taken.swap(true, Ordering::SeqCst) {
                thread::yield_now();
            }
            let seen = count.load(Ordering::SeqCst);
            count.store(seen + 1, Ordering::SeqCst);
            taken.store(false, Ordering::SeqCst);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(count.load(Ordering::SeqCst), N);
}
