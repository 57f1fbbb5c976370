use std::sync::atomic::{AtomicU32, Ordering::*};
use std::thread;
static X: AtomicU32 = AtomicU32::new(0);
fn main() {
    let a = thread::spawn(|| { X.store(1, Relaxed); X.load(Relaxed) });
    let b = thread::spawn(|| { X.store(2, Relaxed); X.fetch_add(10, Relaxed) });
    println!("{:?} {:?} {}", a.join().unwrap(), b.join().unwrap(), X.load(Relaxed));
}
