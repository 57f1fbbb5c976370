//! N threads write in two stages, each under a lock of its own, N others look (the benchmark twostage, without its
//! assertion): 3 and 472 for N = 1 and 2.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 2;

struct Stages {
    locks: [Mutex<()>; 2],
    values: [AtomicUsize; 2],
}

fn write(stages: &Stages) {
    {
        let _held = stages.locks[0].lock().unwrap();
        stages.values[0].store(1, Ordering::SeqCst);
    }
    let _held = stages.locks[1].lock().unwrap();
    let first = stages.values[0].load(Ordering::SeqCst);
    stages.values[1].store(first + 1, Ordering::SeqCst);
}

fn look(stages: &Stages) {
    let first = {
        let _held = stages.locks[0].lock().unwrap();
        stages.values[0].load(Ordering::SeqCst)
    };
    if first != 0 {
        let _held = stages.locks[1].lock().unwrap();
        assert!(stages.values[1].load(Ordering::SeqCst) <= first + 1);
    }
}

fn main() {
    let stages = Arc::new(Stages {
        locks: [Mutex::new(()), Mutex::new(())],
        values: [AtomicUsize::new(0), AtomicUsize::new(0)],
    });
    let mut threads = Vec::new();
    for role in [write, look] {
        for _ in 0..N {
            let stages = Arc::clone(&stages);
            threads.push(thread::spawn(move || role(&stages)));
        }
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
