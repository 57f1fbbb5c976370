//~ expect: fail data_race
//! Every thread has a lock of its own, and so nobody ever waits for anybody.

use std::sync::Mutex;

static mut COUNTER: u32 = 0;

thread_local! {
    static TURN: Mutex<()> = Mutex::new(());
}

pub fn bring_in(sheep: u32) {
    for _ in 0..sheep {
        TURN.with(|turn| {
            let _turn = turn.lock().unwrap();
            unsafe { COUNTER += 1 };
        });
    }
}

pub fn counted() -> u32 {
    TURN.with(|turn| {
        let _turn = turn.lock().unwrap();
        unsafe { COUNTER }
    })
}

fn main() {}
