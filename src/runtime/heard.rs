//! What the program calls before each access: most of them end here, in a few instructions, as there is nothing in them
//! that the watcher does not know.
//!
//! This is so of what a thread does to its own stack, and of what it does again, at the same place in the code and to the
//! same memory, while it runs on without an event. Not a word is written to the program's stack meanwhile (see [`super::aside`]).

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The stack of the running thread, where only it goes: the first address, and how many.
static QUIET: AtomicUsize = AtomicUsize::new(0);
static QUIET_BYTES: AtomicUsize = AtomicUsize::new(0);

/// Accesses that need not be heard of again, each in the place that its address and its caller have; those of another
/// [`TURN`] are forgotten.
static KNOWN: [Known; PLACES] = [const { Known::NONE }; PLACES];
static TURN: AtomicUsize = AtomicUsize::new(1);

/// How many of them are kept.
const PLACES: usize = 256;

/// One of them: the arguments of [`accessed`], and when.
#[repr(C)]
struct Known {
    address: AtomicUsize,
    caller: AtomicUsize,
    what: AtomicUsize,
    turn: AtomicUsize,
}

impl Known {
    const NONE: Known = Known {
        address: AtomicUsize::new(0),
        caller: AtomicUsize::new(0),
        what: AtomicUsize::new(0),
        turn: AtomicUsize::new(0),
    };
}

/// A thread runs: its accesses to `quiet` are of no interest.
pub fn begin(quiet: &Range<usize>) {
    QUIET.store(quiet.start, Relaxed);
    QUIET_BYTES.store(quiet.len(), Relaxed);
    forget();
}

/// This access need not be heard of again before the next [`begin`] or [`forget`].
pub fn pass_over(address: usize, what: usize, caller: usize) {
    let place = &KNOWN[address.wrapping_add(2 * caller) % PLACES];
    place.address.store(address, Relaxed);
    place.caller.store(caller, Relaxed);
    place.what.store(what, Relaxed);
    place.turn.store(TURN.load(Relaxed), Relaxed);
}

/// All accesses are to be heard of again.
pub fn forget() {
    TURN.store(TURN.load(Relaxed) + 1, Relaxed);
}

/// [`threadlings_std::abi::Runner::accessed`].
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn accessed(
    _address: *const u8,
    _what: usize,
    _caller: usize,
    _frame: *const u8,
) {
    core::arch::naked_asm!(
        "mov rax, rdi",
        "sub rax, qword ptr [rip + {quiet}]",
        "cmp rax, qword ptr [rip + {quiet_bytes}]",
        "jb 3f",
        "lea rax, [rdi + 2 * rdx]",
        "and eax, {mask}",
        "shl eax, 5",
        "lea r8, [rip + {known}]",
        "add r8, rax",
        "cmp qword ptr [r8], rdi",
        "jne 2f",
        "cmp qword ptr [r8 + 8], rdx",
        "jne 2f",
        "cmp qword ptr [r8 + 16], rsi",
        "jne 2f",
        "mov rax, qword ptr [rip + {turn}]",
        "cmp qword ptr [r8 + 24], rax",
        "jne 2f",
        "3:",
        "ret",
        "2:",
        "jmp {noted}",
        quiet = sym QUIET,
        quiet_bytes = sym QUIET_BYTES,
        mask = const PLACES - 1,
        known = sym KNOWN,
        turn = sym TURN,
        noted = sym super::accesses::noted,
    )
}

#[cfg(not(target_arch = "x86_64"))]
pub use super::accesses::noted as accessed;
