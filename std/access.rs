//! Where the program's own loads and stores are heard of, if it was compiled to tell.
//!
//! LLVM puts a call before every load and store of an instrumented program, and in place of every copy and fill (the
//! pass `asan`). These are the functions that it calls. They hand the address, what is done, who asks and its frame on to
//! the runner, if it does not know what it would hear.

use crate::abi::{FOR_PROGRAM, Known, Listener, PLACES, Runner};
use crate::runner::Single;
use core::mem::offset_of;
use core::ptr;
use core::sync::atomic::Ordering::Relaxed;

/// The runner's, if it wants to hear of accesses.
static LISTENER: Single<Option<&Listener>> = Single::new(None);

/// What [`super::abi::Accessed`] is told of a write, beside the size.
const WRITE: usize = 1;

/// Hands all accesses to the runner from now on, if it wants them.
pub fn attach(runner: &Runner) {
    // SAFETY: called before any thread of the program runs.
    unsafe { *LISTENER.get() = runner.listener.get() }
}

/// Tells the runner of an access, unless it wants to hear nothing of that memory.
unsafe extern "C" fn tell(address: *const u8, what: usize, caller: usize, frame: *const u8) {
    // SAFETY: set before any thread runs.
    let Some(listener) = (unsafe { *LISTENER.get() }) else {
        return;
    };
    let into = (address as usize).wrapping_sub(listener.quiet.load(Relaxed));
    if into >= listener.quiet_bytes.load(Relaxed) {
        // SAFETY: the arguments are those that it is to be told of.
        unsafe { (listener.accessed)(address, what, caller, frame) }
    }
}

/// Tells the runner of a write that the stand-in has made for the program, which has handed it the value.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub extern "C" fn wrote(_start: *const u8, _size: usize) {
    core::arch::naked_asm!(
        "lea rsi, [rsi + rsi + {write}]",
        "bts rsi, {for_program}",
        "mov rdx, [rsp]",
        "mov rcx, rbp",
        "jmp {tell}",
        write = const WRITE,
        for_program = const FOR_PROGRAM.trailing_zeros(),
        tell = sym tell,
    )
}

/// As on x86-64, where accesses are told of.
#[cfg(not(target_arch = "x86_64"))]
pub extern "C" fn wrote(_start: *const u8, _size: usize) {}

/// A load or store of `$size` bytes. Most end here: they are of no interest, or known.
#[cfg(target_arch = "x86_64")]
macro_rules! access {
    ($($name:ident = $size:literal, $write:literal;)*) => { $(
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        unsafe extern "C" fn $name(_address: *const u8) {
            core::arch::naked_asm!(
                "mov rax, qword ptr [rip + {listener}]",
                "test rax, rax",
                "jz 3f",
                "mov rcx, rdi",
                "sub rcx, qword ptr [rax + {quiet}]",
                "cmp rcx, qword ptr [rax + {quiet_bytes}]",
                "jb 3f",
                "mov rdx, qword ptr [rsp]",
                "lea rcx, [rdi + 2 * rdx]",
                "and ecx, {places} - 1",
                "shl ecx, {known_size}",
                "mov rsi, qword ptr [rax + {turn}]",
                "add rsi, {what}",
                "cmp qword ptr [rax + rcx + {known} + {known_address}], rdi",
                "jne 2f",
                "cmp qword ptr [rax + rcx + {known} + {known_caller}], rdx",
                "jne 2f",
                "cmp qword ptr [rax + rcx + {known} + {known_what_and_turn}], rsi",
                "jne 2f",
                "3:",
                "ret",
                "2:",
                "mov esi, {what}",
                "mov rcx, rbp",
                "jmp qword ptr [rax + {accessed}]",
                listener = sym LISTENER,
                what = const $size << 1 | $write,
                quiet = const offset_of!(Listener, quiet),
                quiet_bytes = const offset_of!(Listener, quiet_bytes),
                turn = const offset_of!(Listener, turn),
                accessed = const offset_of!(Listener, accessed),
                known = const offset_of!(Listener, known),
                known_address = const offset_of!(Known, address),
                known_caller = const offset_of!(Known, caller),
                known_what_and_turn = const offset_of!(Known, what_and_turn),
                known_size = const size_of::<Known>().trailing_zeros(),
                places = const PLACES,
            )
        }
    )* };
}

/// A copy, fill or comparison, with the caller's return address and frame as further arguments.
#[cfg(target_arch = "x86_64")]
macro_rules! block {
    ($($name:ident => $inner:ident;)*) => { $(
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        unsafe extern "C" fn $name(_to: usize, _from: usize, _size: usize) -> usize {
            core::arch::naked_asm!(
                "mov rcx, [rsp]",
                "mov r8, rbp",
                "jmp {inner}",
                inner = sym $inner,
            )
        }
    )* };
}

#[cfg(target_arch = "x86_64")]
access! {
    __asan_load1 = 1, 0;
    __asan_load2 = 2, 0;
    __asan_load4 = 4, 0;
    __asan_load8 = 8, 0;
    __asan_load16 = 16, 0;
    __asan_store1 = 1, 1;
    __asan_store2 = 2, 1;
    __asan_store4 = 4, 1;
    __asan_store8 = 8, 1;
    __asan_store16 = 16, 1;
}

#[cfg(target_arch = "x86_64")]
block! {
    __asan_memcpy => copy;
    __asan_memmove => copy;
    __asan_memset => fill;
}

// Where comparisons of slices end, also those of std's own code: the linker puts these in the place of C's functions.
#[cfg(target_arch = "x86_64")]
block! {
    __wrap_memcmp => compare;
    __wrap_bcmp => compare;
}

/// A load or store of any other size, which is handed on as above.
#[cfg(target_arch = "x86_64")]
macro_rules! odd_access {
    ($($name:ident = $write:literal;)*) => { $(
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        unsafe extern "C" fn $name(_address: *const u8, _size: usize) {
            core::arch::naked_asm!(
                "mov rax, qword ptr [rip + {listener}]",
                "test rax, rax",
                "jz 3f",
                "lea rsi, [rsi + rsi + {write}]",
                "mov rdx, [rsp]",
                "mov rcx, rbp",
                "jmp qword ptr [rax + {accessed}]",
                "3:",
                "ret",
                write = const $write,
                listener = sym LISTENER,
                accessed = const offset_of!(Listener, accessed),
            )
        }
    )* };
}

#[cfg(target_arch = "x86_64")]
odd_access! {
    __asan_loadN = 0;
    __asan_storeN = 1;
}

/// Called before what does not return, which is of no interest here.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
extern "C" fn __asan_handle_no_return() {}

unsafe extern "C" fn copy(
    to: *mut u8,
    from: *const u8,
    size: usize,
    caller: usize,
    frame: *const u8,
) -> *mut u8 {
    // SAFETY: set before any thread runs; the arguments are those of a valid `memmove`.
    unsafe {
        tell(from, size << 1, caller, frame);
        tell(to, size << 1 | WRITE, caller, frame);
        ptr::copy(from, to, size);
    }
    to
}

unsafe extern "C" fn compare(
    one: *const u8,
    other: *const u8,
    size: usize,
    caller: usize,
    frame: *const u8,
) -> i32 {
    // SAFETY: as in `copy`, but for those of `memcmp`. A function of the library would come back here.
    unsafe {
        tell(one, size << 1, caller, frame);
        tell(other, size << 1, caller, frame);
        for at in 0..size {
            let (a, b) = (one.add(at).read(), other.add(at).read());
            if a != b {
                return i32::from(a) - i32::from(b);
            }
        }
    }
    0
}

#[expect(clippy::cast_possible_truncation, reason = "as in C: the low byte")]
unsafe extern "C" fn fill(
    to: *mut u8,
    byte: usize,
    size: usize,
    caller: usize,
    frame: *const u8,
) -> *mut u8 {
    // SAFETY: as in `copy`.
    unsafe {
        tell(to, size << 1 | WRITE, caller, frame);
        ptr::write_bytes(to, byte as u8, size);
    }
    to
}
