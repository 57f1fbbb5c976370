//! Each of two threads adds one under a lock, N times: (2N)! / (N!)² orders.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let count = Arc::new(Mutex::new(0));
    let mut threads = Vec::new();
    for _ in 0..2 {
        let count = Arc::clone(&count);
        threads.push(thread::spawn(move || {
            for _ in 0..N {
                *count.lock().unwrap() += 1;
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(*count.lock().unwrap(), 2 * N);
}
