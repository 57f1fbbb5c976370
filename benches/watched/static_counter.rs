//! Seven threads add to a global number that a mutex protects.

use std::sync::Mutex;
use std::thread;

const THREADS: u64 = 7;

static mut COUNT: u64 = 0;
static LOCK: Mutex<()> = Mutex::new(());

fn main() {
    let add = || {
        let _guard = LOCK.lock().unwrap();
        // SAFETY: the lock is held.
        unsafe { COUNT += 1 };
    };
    let threads: Vec<_> = (0..THREADS).map(|_| thread::spawn(add)).collect();
    for thread in threads {
        thread.join().unwrap();
    }
    // SAFETY: no other thread is left.
    assert_eq!(unsafe { COUNT }, THREADS);
}
