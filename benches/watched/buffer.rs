//! Seven threads fill their shares of a buffer of 64 numbers, and add them up again under a mutex.

use std::sync::{Arc, Mutex};
use std::thread;

const THREADS: usize = 7;
const SHARE: usize = 64 / THREADS;

#[derive(Clone, Copy)]
struct Start(*mut u64);

// SAFETY: each thread has a share of its own.
unsafe impl Send for Start {}

impl Start {
    fn get(self) -> *mut u64 {
        self.0
    }
}

fn main() {
    let mut buffer = vec![0_u64; 64];
    let start = Start(buffer.as_mut_ptr());
    let sum = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let sum = Arc::clone(&sum);
            thread::spawn(move || {
                let first = start.get().wrapping_add(number * SHARE);
                for at in 0..SHARE {
                    // SAFETY: in this thread's share of the buffer.
                    unsafe { *first.add(at) = 1 };
                }
                let mut sum = sum.lock().unwrap();
                for at in 0..SHARE {
                    // SAFETY: as above.
                    *sum += unsafe { *first.add(at) };
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(*sum.lock().unwrap(), (THREADS * SHARE) as u64);
}
