//! Two shepherds bring the sheep home, and count them on one slate.

use std::thread;

/// What the slate says: how many sheep are home.
static mut COUNTER: u32 = 0;

/// Brings in a flock, and counts each sheep when it is home.
pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        // TODO: two shepherds may want to write on the slate at the same moment.
        unsafe { COUNTER += 1 };
    }
}

/// How many sheep are home.
pub fn counted() -> u32 {
    unsafe { COUNTER }
}

fn main() {
    let flock = 1_000_000;
    let gates = [(); 2].map(|()| thread::spawn(move || bring_in(flock)));
    for gate in gates {
        gate.join().unwrap();
    }
    println!("{} sheep are home, {} were counted", 2 * flock, counted());
}
