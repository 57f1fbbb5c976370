//! Who allocated what: heard from the program's allocator, only while a schedule is replayed for its report.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::accesses;
use super::aside::beside;
use super::faults::{self, Calls};

/// Calls of one allocation that are kept.
const MOST_CALLS: usize = 64;

thread_local! {
    /// The calls that were active when the block at an address was last allocated, innermost first.
    static CALLS: RefCell<HashMap<usize, Vec<usize>>> = RefCell::default();
    /// Whether anybody wants to know.
    static WANTED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the calls of all allocations from now on.
pub fn want() {
    WANTED.set(true);
}

/// Forgets the last execution.
pub fn clear() {
    CALLS.with_borrow_mut(HashMap::clear);
}

/// The return addresses of the calls that allocated the block at `start`.
pub fn calls(start: usize) -> Vec<usize> {
    CALLS.with_borrow(|all| all.get(&start).cloned().unwrap_or_default())
}

beside! {
    /// [`threadlings_std::abi::Runner::allocated`].
    allocated => note(start: *const u8, size: usize, frame: *const u8);
}

extern "C" fn note(start: *const u8, size: usize, frame: *const u8) -> bool {
    accesses::allocated(start as usize, size);
    if !WANTED.get() {
        return false;
    }
    let calls = Calls::new(frame as usize, faults::running_stack());
    let calls = calls.take(MOST_CALLS).collect();
    CALLS.with_borrow_mut(|all| all.insert(start as usize, calls));
    false
}
