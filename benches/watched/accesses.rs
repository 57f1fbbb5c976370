//! Seven threads that make a thousand accesses each to memory of their own, and then take a lock.

use std::cell::UnsafeCell;
use std::sync::Mutex;
use std::thread;

const THREADS: usize = 7;

struct Cells([UnsafeCell<u64>; THREADS]);

// SAFETY: each thread has a cell of its own.
unsafe impl Sync for Cells {}

static CELLS: Cells = Cells([const { UnsafeCell::new(0) }; THREADS]);
static SUM: Mutex<u64> = Mutex::new(0);

fn main() {
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            thread::spawn(move || {
                let cell = CELLS.0[number].get();
                let mut turn = 0;
                while turn < 500 {
                    // SAFETY: no other thread touches this cell.
                    unsafe { *cell += 1 };
                    turn += 1;
                }
                // SAFETY: as above.
                *SUM.lock().unwrap() += unsafe { *cell };
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(*SUM.lock().unwrap(), 500 * THREADS as u64);
}
