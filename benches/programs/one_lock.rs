//! Each thread changes a number of its own, all under one lock: N! orders, though no two of them differ in the end.

use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

fn main() {
    let numbers = Arc::new(Mutex::new(vec![0; N]));
    let mut threads = Vec::new();
    for own in 0..N {
        let numbers = Arc::clone(&numbers);
        threads.push(thread::spawn(move || numbers.lock().unwrap()[own] = own));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
