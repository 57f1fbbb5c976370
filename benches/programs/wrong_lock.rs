//! N threads count under a lock, and one under another lock: it looks whether only it has counted. After the program `wronglock` of SCTBench.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

const N: usize = 3;

#[derive(Default)]
struct Count {
    right: Mutex<()>,
    wrong: Mutex<()>,
    value: AtomicUsize,
}

fn main() {
    let count = Arc::new(Count::default());
    let mut threads = Vec::new();
    threads.push({
        let count = Arc::clone(&count);
        thread::spawn(move || {
            let _alone = count.wrong.lock().unwrap();
            let before = count.value.load(SeqCst);
            count.value.store(before + 1, SeqCst);
            assert_eq!(count.value.load(SeqCst), before + 1);
        })
    });
    for _ in 0..N {
        let count = Arc::clone(&count);
        threads.push(thread::spawn(move || {
            let _alone = count.right.lock().unwrap();
            let before = count.value.load(SeqCst);
            count.value.store(before + 1, SeqCst);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
