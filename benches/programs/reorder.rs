//! N threads: most set `a` and then `b`; the others look at both, and must not find one set without the other. For that they have to
//! come between the two steps of every thread that has begun. After the programs of this name in SCTBench.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::SeqCst};
use std::thread;

const N: usize = 10;
/// As in SCTBench.
const LOOKING: usize = if N == 20 { 10 } else { 1 };

fn main() {
    let pair = Arc::new((AtomicI32::new(0), AtomicI32::new(0)));
    let mut threads = Vec::new();
    for _ in LOOKING..N {
        let pair = Arc::clone(&pair);
        threads.push(thread::spawn(move || {
            pair.0.store(1, SeqCst);
            pair.1.store(-1, SeqCst);
        }));
    }
    for _ in 0..LOOKING {
        let pair = Arc::clone(&pair);
        threads.push(thread::spawn(move || {
            let (a, b) = (|| pair.0.load(SeqCst), || pair.1.load(SeqCst));
            assert!((a() == 0 && b() == 0) || (a() == 1 && b() == -1));
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
