//! Solution: the slate is an atomic, so counting a sheep is one step.
//!
//! `COUNTER += 1` reads, adds and writes. Two shepherds can read the same number and write the same sum; then a sheep
//! is lost. For a plain variable it is worse: when one thread writes it and nothing keeps another away meanwhile, the
//! language promises nothing at all about what either of them gets. This is a data race, and it is what `unsafe` was
//! asked about here: "are you sure that nobody else is at the slate?" Nobody was.
//!
//! A `static` need not be `mut` to change. An atomic (and a `Mutex<u32>` just as well) changes through a shared
//! reference, and makes sure itself that this is safe. So `unsafe` is gone, and the compiler would refuse a place
//! that was forgotten. `Relaxed` is enough: the number announces nothing about other memory.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

/// What the slate says: how many sheep are home.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Brings in a flock, and counts each sheep when it is home.
pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        COUNTER.fetch_add(1, Ordering::Relaxed);
    }
}

/// How many sheep are home.
pub fn counted() -> u32 {
    COUNTER.load(Ordering::Relaxed)
}

fn main() {
    let flock = 1_000_000;
    let gates = [(); 2].map(|()| thread::spawn(move || bring_in(flock)));
    for gate in gates {
        gate.join().unwrap();
    }
    println!("{} sheep are home, {} were counted", 2 * flock, counted());
}
