//! Solution: a mutex keeps the promise, so nobody has to make it any more.
//!
//! In the starter one thread writes the cell while another may be reading it, and nothing says which comes first. This is a
//! data race: the reader can see one half of the old value and one half of the new one, and the compiler, which relies
//! on there being none, can do stranger things still. `unsafe impl Sync` did not prevent it; it only silenced the compiler, which
//! had noticed.
//!
//! With a mutex, whoever is at the board is alone there: both sides lock it, and it is the same lock. `Mutex` is `Sync` by
//! itself, so every `unsafe` is gone, and a function that forgets the lock does not compile.
//!
//! As `show` is called once, the board can also be published without a lock: `show` writes the cell and *then* stores `true` in an
//! `AtomicBool` with `Release`; `read` loads the flag with `Acquire` and touches the cell only if it is set. What was written before a
//! `Release` store is seen after an `Acquire` load that sees this store; with `Relaxed` on either side it need not be.
//! `OnceLock<usize>` is exactly this, ready made. And an `AtomicUsize` that is 0 while the board is empty needs no flag, as the
//! number is all there is to see.

use std::sync::{Arc, Mutex};
use std::thread;

/// Shows the number that was drawn.
pub struct Board {
    number: Mutex<Option<usize>>,
}

impl Board {
    /// An empty board.
    pub fn new() -> Self {
        Board {
            number: Mutex::new(None),
        }
    }

    /// Shows the number that was drawn. It is called at most once.
    pub fn show(&self, number: usize) {
        *self.number.lock().unwrap() = Some(number);
    }

    /// What is on the board: `None` before the number is drawn.
    pub fn read(&self) -> Option<usize> {
        *self.number.lock().unwrap()
    }
}

fn main() {
    for week in 1..=1_000 {
        let board = Arc::new(Board::new());
        let painted = Arc::clone(&board);
        let painter = thread::spawn(move || painted.show(7));
        let seen = (0..100_000).find_map(|_| board.read());
        painter.join().unwrap();
        if let Some(number) = seen.filter(|&number| number != 7) {
            println!("week {week}: 7 was drawn, but the camera saw {number}");
        }
    }
    println!("1000 weeks are over");
}
