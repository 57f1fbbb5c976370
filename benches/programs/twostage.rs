//! N threads: most set a value under one lock, and then a second that follows from it under another; the others look at both in the
//! same way, and must not come between the two stages. After the programs of this name in SCTBench.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 20;
/// As in SCTBench.
const LOOKING: usize = if N == 20 { 10 } else { 1 };

fn main() {
    let stages = Arc::new((Mutex::new(0), Mutex::new(0)));
    let mut threads = Vec::new();
    for _ in LOOKING..N {
        let stages = Arc::clone(&stages);
        threads.push(thread::spawn(move || {
            *stages.0.lock().unwrap() = 1;
            // Nobody sets the first stage to anything else.
            *stages.1.lock().unwrap() = 2;
        }));
    }
    for _ in 0..LOOKING {
        let stages = Arc::clone(&stages);
        threads.push(thread::spawn(move || {
            let first = *stages.0.lock().unwrap();
            if first == 0 {
                return;
            }
            let second = *stages.1.lock().unwrap();
            assert_eq!(second, first + 1);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
