//! Two threads add to each other's number in turn, N times (SV-COMP's fib_bench): 19, 141, 1107, 8953 for N = 2 to 5.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 2;

fn add(to: &AtomicUsize, other: &AtomicUsize) {
    for _ in 0..N {
        let sum = to.load(Ordering::SeqCst) + other.load(Ordering::SeqCst);
        to.store(sum, Ordering::SeqCst);
    }
}

fn main() {
    let numbers = Arc::new([AtomicUsize::new(1), AtomicUsize::new(1)]);
    let mut threads = Vec::new();
    for own in 0..2 {
        let numbers = Arc::clone(&numbers);
        threads.push(thread::spawn(move || add(&numbers[own], &numbers[1 - own])));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
