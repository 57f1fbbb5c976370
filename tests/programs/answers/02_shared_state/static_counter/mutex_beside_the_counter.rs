//! The `static mut` stays, and everybody takes the same lock before touching it.

use std::sync::Mutex;

static mut COUNTER: u32 = 0;
static TURN: Mutex<()> = Mutex::new(());

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        let _turn = TURN.lock().unwrap();
        unsafe { COUNTER += 1 };
    }
}

pub fn counted() -> u32 {
    let _turn = TURN.lock().unwrap();
    unsafe { COUNTER }
}

fn main() {}
