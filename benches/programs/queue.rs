//! One thread hands N items to another through one place, with a lock and two condvars.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

const N: usize = 3;

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
    let producer = {
        let queue = Arc::clone(&queue);
        thread::spawn(move || {
            for item in 0..N {
                queue.put(item);
            }
        })
    };
    let consumer = thread::spawn(move || {
        for item in 0..N {
            assert_eq!(queue.take(), item);
        }
    });
    producer.join().unwrap();
    consumer.join().unwrap();
}
