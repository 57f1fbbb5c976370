//! Each thread takes a number, one more than the last: N! orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 3;

fn main() {
    let next = Arc::new(AtomicUsize::new(0));
    let mut threads = Vec::new();
    for _ in 0..N {
        let next = Arc::clone(&next);
        threads.push(thread::spawn(move || next.fetch_add(1, Ordering::SeqCst)));
    }
    let sum: usize = threads.into_iter().map(|t| t.join().unwrap()).sum();
    assert_eq!(sum, N * (N - 1) / 2);
}
