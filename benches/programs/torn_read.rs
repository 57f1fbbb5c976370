//! One thread writes two halves of a value N times; another reads both halves between two of its writes, at the very end only.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

const N: usize = 20;

fn main() {
    let halves = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let writer = {
        let halves = Arc::clone(&halves);
        thread::spawn(move || {
            for value in 1..=N {
                halves.0.store(value, SeqCst);
                halves.1.store(value, SeqCst);
            }
        })
    };
    let (first, second) = (halves.0.load(SeqCst), halves.1.load(SeqCst));
    // Whatever else is seen, the reader can live with.
    assert!(first != N || second == N);
    writer.join().unwrap();
}
