//! The board in the lottery studio. It is painted while the camera is running.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::thread;

/// Shows the number that was drawn.
pub struct Board {
    number: UnsafeCell<Option<usize>>,
}

// TODO: this promises that several threads may use a board at the same time. What makes it true?
unsafe impl Sync for Board {}

impl Board {
    /// An empty board.
    pub fn new() -> Self {
        Board {
            number: UnsafeCell::new(None),
        }
    }

    /// Shows the number that was drawn. It is called at most once.
    pub fn show(&self, number: usize) {
        unsafe { *self.number.get() = Some(number) };
    }

    /// What is on the board: `None` before the number is drawn.
    pub fn read(&self) -> Option<usize> {
        unsafe { *self.number.get() }
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
