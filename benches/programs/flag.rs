//! N threads spin until another one has raised a flag: nobody can tell the interleavings apart, 1.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

const N: usize = 1;

fn main() {
    let flag = Arc::new(AtomicBool::new(false));
    let mut threads = Vec::new();
    for _ in 0..N {
        let flag = Arc::clone(&flag);
        threads.push(thread::spawn(move || {
            while !flag.load(Ordering::SeqCst) {
                thread::yield_now();
            }
        }));
    }
    threads.push(thread::spawn(move || flag.store(true, Ordering::SeqCst)));
    for thread in threads {
        thread.join().unwrap();
    }
}
