//! N threads wait until they are told to go. The flag is looked at before the lock is taken: who is told in between waits for ever.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

const N: usize = 2;

#[derive(Default)]
struct Gate {
    open: AtomicBool,
    lock: Mutex<()>,
    told: Condvar,
}

fn main() {
    let gate = Arc::new(Gate::default());
    let mut threads = Vec::new();
    for _ in 0..N {
        let gate = Arc::clone(&gate);
        threads.push(thread::spawn(move || {
            if !gate.open.load(SeqCst) {
                let lock = gate.lock.lock().unwrap();
                drop(gate.told.wait(lock).unwrap());
            }
        }));
    }
    gate.open.store(true, SeqCst);
    gate.told.notify_all();
    for thread in threads {
        thread.join().unwrap();
    }
}
