//! Each thread adds one under a lock: N! orders.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let count = Arc::new(Mutex::new(0));
    let mut threads = Vec::new();
    for _ in 0..N {
        let count = Arc::clone(&count);
        threads.push(thread::spawn(move || *count.lock().unwrap() += 1));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    let count = Arc::try_unwrap(count).unwrap();
    assert_eq!(count.into_inner().unwrap(), N);
}
