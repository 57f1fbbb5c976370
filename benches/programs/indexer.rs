//! N threads put four words each into a table with 128 places (Flanagan and Godefroid, 2005): 1 up to 11 threads, then
//! 8^(N − 11).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const N: usize = 11;

const PLACES: usize = 128;

fn insert(table: &[AtomicUsize], thread: usize) {
    for number in 1..=4 {
        let word = number * 11 + thread;
        let mut place = word * 7 % PLACES;
        while table[place]
            .compare_exchange(0, word, Ordering::SeqCst, Ordering::SeqCst)
            .is_err()
        {
            place = (place + 1) % PLACES;
        }
    }
}

fn main() {
    let table = Arc::new((0..PLACES).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    let mut threads = Vec::new();
    for thread in 0..N {
        let table = Arc::clone(&table);
        threads.push(thread::spawn(move || insert(&table, thread)));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
