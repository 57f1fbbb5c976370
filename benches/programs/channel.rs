//! One thread sends N messages to another: however they interleave, it is the same, 1.

use std::sync::mpsc;
use std::thread;

const N: usize = 3;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let sending = thread::spawn(move || {
        for item in 0..N {
            sender.send(item).unwrap();
        }
    });
    let receiving = thread::spawn(move || {
        for item in 0..N {
            assert_eq!(receiver.recv().unwrap(), item);
        }
    });
    sending.join().unwrap();
    receiving.join().unwrap();
}
