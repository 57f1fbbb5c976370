//! A ring of two slots between one producer and one consumer.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const SLOTS: usize = 2;
const ITEMS: usize = 4;

#[derive(Default)]
struct Ring {
    slots: [UnsafeCell<u64>; SLOTS],
    written: AtomicUsize,
    read: AtomicUsize,
}

// SAFETY: a slot is the producer's until it is counted as written, and the consumer's until it is counted as read.
unsafe impl Sync for Ring {}

impl Ring {
    fn push(&self, item: u64) {
        let written = self.written.load(Ordering::Relaxed);
        while written - self.read.load(Ordering::Acquire) == SLOTS {
            thread::yield_now();
        }
        // SAFETY: the consumer has read the slot.
        unsafe { *self.slots[written % SLOTS].get() = item };
        self.written.store(written + 1, Ordering::Release);
    }

    fn pop(&self) -> u64 {
        let read = self.read.load(Ordering::Relaxed);
        while self.written.load(Ordering::Acquire) == read {
            thread::yield_now();
        }
        // SAFETY: the producer has written the slot.
        let item = unsafe { *self.slots[read % SLOTS].get() };
        self.read.store(read + 1, Ordering::Release);
        item
    }
}

fn main() {
    let ring = Arc::new(Ring::default());
    let producer = Arc::clone(&ring);
    let producer = thread::spawn(move || (0..ITEMS as u64).for_each(|item| producer.push(item)));
    for item in 0..ITEMS as u64 {
        assert_eq!(ring.pop(), item);
    }
    producer.join().unwrap();
}
