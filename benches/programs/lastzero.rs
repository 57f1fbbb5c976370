//! N threads fill an array, each from its neighbour; one looks for the last zero: (N + 3) · 2^(N − 2).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 3;

fn main() {
    let array = Arc::new((0..=N).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    let mut threads = Vec::new();
    for own in 0..=N {
        let array = Arc::clone(&array);
        threads.push(thread::spawn(move || {
            if own == 0 {
                let mut at = N;
                while array[at].load(Ordering::SeqCst) != 0 {
                    at -= 1;
                }
            } else {
                let neighbour = array[own - 1].load(Ordering::SeqCst);
                array[own].store(neighbour + 1, Ordering::SeqCst);
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(array[0].load(Ordering::SeqCst), 0);
}
