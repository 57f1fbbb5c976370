//! N producers, N consumers, and a place for one item. All wait at the same condvar, and none looks again when it is woken.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;

const N: usize = 2;

#[derive(Default)]
struct Place {
    items: Mutex<usize>,
    changed: Condvar,
}

impl Place {
    fn put(&self) {
        let mut items = self.items.lock().unwrap();
        if *items == 1 {
            items = self.changed.wait(items).unwrap();
        }
        assert_eq!(*items, 0, "there is no room");
        *items = 1;
        self.changed.notify_one();
    }

    fn take(&self) {
        let mut items = self.items.lock().unwrap();
        if *items == 0 {
            items = self.changed.wait(items).unwrap();
        }
        assert_eq!(*items, 1, "there is nothing");
        *items = 0;
        self.changed.notify_one();
    }
}

fn main() {
    let place = Arc::new(Place::default());
    let mut threads = Vec::new();
    for _ in 0..N {
        let (to, from) = (Arc::clone(&place), Arc::clone(&place));
        threads.push(thread::spawn(move || to.put()));
        threads.push(thread::spawn(move || from.take()));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
