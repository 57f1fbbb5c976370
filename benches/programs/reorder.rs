//! N − 1 threads set `a` and then `b`; one looks at both, and must not find one set without the other. It has to come between the
//! two steps of every thread that has begun. After the program of this name in SCTBench.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::SeqCst};
use std::thread;

const N: usize = 10;

fn main() {
    let pair = Arc::new((AtomicI32::new(0), AtomicI32::new(0)));
    let mut threads = Vec::new();
    for _ in 1..N {
        let pair = Arc::clone(&pair);
        threads.push(thread::spawn(move || {
            pair.0.store(1, SeqCst);
            pair.1.store(-1, SeqCst);
        }));
    }
    threads.push(thread::spawn(move || {
        let seen = (pair.0.load(SeqCst), pair.1.load(SeqCst));
        assert!(seen == (0, 0) || seen == (1, -1));
    }));
    for thread in threads {
        thread.join().unwrap();
    }
}
