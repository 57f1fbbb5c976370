//! N threads hand two items through one place, with a lock and two condvars, to two others that take one each: 8 and 56
//! for N = 1 and 2, if waiters are woken in turn and never for no reason.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

const N: usize = 2;

struct Queue {
    place: Mutex<Option<usize>>,
    filled: Condvar,
    emptied: Condvar,
}

impl Queue {
    fn put(&self, item: usize) {
        let mut place = self.place.lock().unwrap();
        while place.is_some() {
            place = self.emptied.wait(place).unwrap();
        }
        *place = Some(item);
        self.filled.notify_one();
    }

    fn take(&self) -> usize {
        let mut place = self.place.lock().unwrap();
        while place.is_none() {
            place = self.filled.wait(place).unwrap();
        }
        self.emptied.notify_one();
        place.take().unwrap()
    }
}

fn main() {
    let queue = Arc::new(Queue {
        place: Mutex::new(None),
        filled: Condvar::new(),
        emptied: Condvar::new(),
    });
    let mut threads = Vec::new();
    for _ in 0..N {
        let queue = Arc::clone(&queue);
        threads.push(thread::spawn(move || {
            for item in 0..2 / N {
                queue.put(item);
            }
        }));
    }
    for _ in 0..2 {
        let queue = Arc::clone(&queue);
        threads.push(thread::spawn(move || assert!(queue.take() < 2)));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
