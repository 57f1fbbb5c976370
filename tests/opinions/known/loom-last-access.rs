use std::sync::atomic::{AtomicU32, Ordering::*};
use std::thread;
static X: AtomicU32 = AtomicU32::new(0);
fn main() {
    let writer = thread::spawn(|| { X.load(SeqCst); X.store(1, SeqCst); });
    println!("{}", X.load(SeqCst));
    writer.join().unwrap();
}
