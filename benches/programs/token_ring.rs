//! N threads in a ring, each copies the token of the one before it once; the first adds one to it. Another thread thinks that when all
//! have had their turn, all tokens are the same: they are only if the turns came in order. After the program of this name in SCTBench.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let ring = Arc::new(Mutex::new(([1, 2, 1], [false; N])));
    let mut threads = Vec::new();
    for me in 0..N {
        let ring = Arc::clone(&ring);
        threads.push(thread::spawn(move || {
            let mut ring = ring.lock().unwrap();
            let before = ring.0[(me + N - 1) % N];
            ring.0[me] = if me == 0 { (before + 1) % 4 } else { before };
            ring.1[me] = true;
        }));
    }
    threads.push(thread::spawn(move || {
        let ring = ring.lock().unwrap();
        if ring.1 == [true; N] {
            assert!(ring.0.iter().all(|&token| token == ring.0[0]));
        }
    }));
    for thread in threads {
        thread.join().unwrap();
    }
}
