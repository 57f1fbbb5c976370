//! N threads set two numbers, one thread looks at them (the benchmark reorder, without its assertion):
//! (N! · (N + 1))² traces.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 2;

fn main() {
    let pair = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let mut threads = Vec::new();
    for setter in 0..=N {
        let pair = Arc::clone(&pair);
        threads.push(thread::spawn(move || {
            if setter < N {
                pair[0].store(1, Ordering::SeqCst);
                pair[1].store(1, Ordering::SeqCst);
            } else {
                let [a, b] = [0, 1].map(|i| pair[i].load(Ordering::SeqCst));
                assert!(a + b <= 2);
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
