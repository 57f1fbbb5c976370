//! What the instrumented code of `accesses.rs` calls: writes down what is read and written of one block of memory.

use std::cell::RefCell;
use std::fmt::Write;
use std::hint::black_box;

thread_local! {
    /// The block, what is read and what is written of it; `None` while nobody asks.
    static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
}

struct Log {
    start: usize,
    read: Vec<bool>,
    written: Vec<bool>,
}

/// Prints which bytes of the `size` at `start` are read and written by `work`, as far as its code tells.
pub fn tell<R>(name: &str, start: *const u8, size: usize, work: impl FnOnce() -> R) {
    let empty = vec![false; size];
    LOG.set(Some(Log {
        start: start as usize,
        read: empty.clone(),
        written: empty,
    }));
    black_box(work());
    let log = LOG.take().unwrap();
    let mut line = format!("{name}:");
    for (word, bytes) in [("reads", &log.read), ("writes", &log.written)] {
        let mut at = 0;
        for run in bytes.chunk_by(|a, b| a == b) {
            if run[0] {
                write!(line, " {word} {at}..{}", at + run.len()).unwrap();
            }
            at += run.len();
        }
    }
    println!("{line}");
}

fn note(address: *const u8, size: usize, writes: bool) {
    // Where memory is that nobody watches, the log may be in use.
    LOG.with(|log| {
        let Ok(mut log) = log.try_borrow_mut() else { return };
        let Some(log) = &mut *log else { return };
        let from = (address as usize).wrapping_sub(log.start);
        let bytes = if writes { &mut log.written } else { &mut log.read };
        for at in from..from.saturating_add(size).min(bytes.len()) {
            bytes[at] = true;
        }
    });
}

macro_rules! access {
    ($($name:ident = $size:literal, $writes:literal;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $name(address: *const u8) {
            note(address, $size, $writes);
        }
    )* };
}

access! {
    __asan_load1 = 1, false;
    __asan_load2 = 2, false;
    __asan_load4 = 4, false;
    __asan_load8 = 8, false;
    __asan_load16 = 16, false;
    __asan_store1 = 1, true;
    __asan_store2 = 2, true;
    __asan_store4 = 4, true;
    __asan_store8 = 8, true;
    __asan_store16 = 16, true;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __asan_memcpy(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    note(from, size, false);
    note(to, size, true);
    // SAFETY: the arguments are those of a `memcpy`.
    unsafe { std::ptr::copy(from, to, size) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __asan_memmove(to: *mut u8, from: *const u8, size: usize) -> *mut u8 {
    // SAFETY: the arguments are those of a `memmove`.
    unsafe { __asan_memcpy(to, from, size) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __asan_memset(to: *mut u8, byte: i32, size: usize) -> *mut u8 {
    note(to, size, true);
    // SAFETY: the arguments are those of a `memset`.
    unsafe { std::ptr::write_bytes(to, byte as u8, size) };
    to
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_memcmp(one: *const u8, other: *const u8, size: usize) -> i32 {
    note(one, size, false);
    note(other, size, false);
    let pairs = (0..size).map(|at| {
        // SAFETY: the arguments are those of a `memcmp`.
        unsafe { (*one.add(at), *other.add(at)) }
    });
    let first = pairs.into_iter().find(|(a, b)| a != b);
    first.map_or(0, |(a, b)| i32::from(a) - i32::from(b))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_bcmp(one: *const u8, other: *const u8, size: usize) -> i32 {
    // SAFETY: the arguments are those of a `bcmp`, which is as those of a `memcmp`.
    unsafe { __wrap_memcmp(one, other, size) }
}

#[unsafe(no_mangle)]
extern "C" fn __asan_loadN(address: *const u8, size: usize) {
    note(address, size, false);
}

#[unsafe(no_mangle)]
extern "C" fn __asan_storeN(address: *const u8, size: usize) {
    note(address, size, true);
}

#[unsafe(no_mangle)]
extern "C" fn __asan_handle_no_return() {}
