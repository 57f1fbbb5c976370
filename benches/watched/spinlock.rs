//! Two threads add to a number behind a lock that spins, five times each.

use std::cell::UnsafeCell;
use std::hint;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

struct Spinlock {
    taken: AtomicBool,
    count: UnsafeCell<usize>,
}

// SAFETY: `count` is touched only by who has taken the lock.
unsafe impl Sync for Spinlock {}

impl Spinlock {
    fn add(&self) {
        while self.taken.swap(true, Ordering::Acquire) {
            hint::spin_loop();
        }
        // SAFETY: the lock is taken.
        unsafe { *self.count.get() += 1 };
        self.taken.store(false, Ordering::Release);
    }
}

fn main() {
    let lock = Spinlock {
        taken: AtomicBool::new(false),
        count: UnsafeCell::new(0),
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..5).for_each(|_| lock.add()));
        }
    });
    assert_eq!(lock.count.into_inner(), 10);
}
