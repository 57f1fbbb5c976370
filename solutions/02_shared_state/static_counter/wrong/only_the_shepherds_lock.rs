//~ expect: fail data_race
//! The shepherds take turns, but the farmer looks without waiting for hers: a read is an access too.

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
    unsafe { COUNTER }
}

fn main() {}
