//! Two threads send N messages each to a third: (2N)! / (N!)² orders.

use std::sync::mpsc;
use std::thread;

const N: usize = 2;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let mut threads = Vec::new();
    for from in 0..2 {
        let sender = sender.clone();
        threads.push(thread::spawn(move || {
            for item in 0..N {
                sender.send((from, item)).unwrap();
            }
        }));
    }
    threads.push(thread::spawn(move || {
        let mut expected = [0, 0];
        for _ in 0..2 * N {
            let (from, item): (usize, usize) = receiver.recv().unwrap();
            assert_eq!(item, expected[from]);
            expected[from] += 1;
        }
    }));
    for thread in threads {
        thread.join().unwrap();
    }
}
