//! N transfers between two accounts, and one thread that adds the two up: it locks one after the other, and may miss money that is on its way.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let accounts = Arc::new([Mutex::new(100), Mutex::new(100)]);
    let mut threads = Vec::new();
    for _ in 0..N {
        let accounts = Arc::clone(&accounts);
        threads.push(thread::spawn(move || {
            let mut from = accounts[0].lock().unwrap();
            let mut to = accounts[1].lock().unwrap();
            *from -= 10;
            *to += 10;
        }));
    }
    threads.push(thread::spawn(move || {
        let first = *accounts[0].lock().unwrap();
        let second = *accounts[1].lock().unwrap();
        assert_eq!(first + second, 200);
    }));
    for thread in threads {
        thread.join().unwrap();
    }
}
