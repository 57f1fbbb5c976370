//! What the program need not tell of its accesses: what a thread does to its own stack, and what it does again, at the same
//! place in the code and to the same memory, while it runs on without an event.
//!
//! The program looks here before it tells, in a few instructions (`std/access.rs`), and most accesses end there.
//! Not a word is written to the program's stack meanwhile (see [`super::aside`]).

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use threadlings_std::abi::{Known, LONG, Listener, PLACES};

use super::accesses;

/// The one that programs are given.
pub static LISTENER: Listener = Listener {
    quiet: AtomicUsize::new(0),
    quiet_bytes: AtomicUsize::new(0),
    turn: AtomicUsize::new(LONG),
    accessed: accesses::noted,
    known: [const { Known::none() }; PLACES],
};

/// A thread runs: its accesses to `quiet` are of no interest.
pub fn begin(quiet: &Range<usize>) {
    LISTENER.quiet.store(quiet.start, Relaxed);
    LISTENER.quiet_bytes.store(quiet.len(), Relaxed);
    forget();
}

/// This access need not be told of again before the next [`begin`] or [`forget`].
pub fn pass_over(address: usize, what: usize, caller: usize) {
    if what < LONG {
        let known = &LISTENER.known[Known::place(address, caller)];
        known.address.store(address, Relaxed);
        known.caller.store(caller, Relaxed);
        let turn = LISTENER.turn.load(Relaxed);
        known.what_and_turn.store(what + turn, Relaxed);
    }
}

/// All accesses are to be told of again.
pub fn forget() {
    let turn = LISTENER.turn.load(Relaxed);
    LISTENER.turn.store(turn + LONG, Relaxed);
}
