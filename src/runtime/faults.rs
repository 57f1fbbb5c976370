//! The child's last words: what killed it, and where it was, noted on the shared page.
//!
//! The handlers run on a stack of their own, because the program's may be used up. They only read memory
//! that is known to be mapped, and store to the page.

use std::cell::Cell;
use std::io;
use std::ops::Range;
use std::ptr;

use super::aside;
use super::page::{MOST_FRAMES, Page};
use super::unwind;
use crate::trace::Crash;

/// The exit status of a child that has noted its death.
pub const STATUS: i32 = 86;

const CAUSES: [(u32, Crash); 6] = [
    (1, Crash::Abort),
    (2, Crash::StackOverflow),
    (3, Crash::Segfault),
    (4, Crash::OutOfMemory),
    (5, Crash::EndlessLoop),
    (6, Crash::Other),
];

/// The cause behind a number on the page.
pub fn cause(number: u32) -> Option<Crash> {
    CAUSES
        .iter()
        .find(|(n, _)| *n == number)
        .map(|(_, crash)| *crash)
}

fn number(crash: Crash) -> u32 {
    CAUSES
        .iter()
        .find(|(_, c)| *c == crash)
        .map_or(0, |(n, _)| *n)
}

/// Bytes of the handlers' stack.
const HANDLER_STACK: usize = 64 << 10;

thread_local! {
    static PAGE: Cell<Option<&'static Page>> = const { Cell::new(None) };
    /// The library's base, its first byte and the one past its last.
    static LIBRARY: Cell<(usize, usize, usize)> = const { Cell::new((0, 0, 0)) };
    /// The usable stack of the thread that runs, and its guard's length below it.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// Tells where the running thread's stack is.
#[inline]
pub fn on_stack(stack: &Range<usize>) {
    STACK.set((stack.start, stack.end));
}

/// The running thread's stack.
pub fn running_stack() -> Range<usize> {
    let (start, end) = STACK.get();
    start..end
}

/// Tells where the library is, whose addresses are noted.
pub fn in_library(base: usize, span: &Range<usize>) {
    LIBRARY.set((base, span.start, span.end));
}

/// Installs the handlers for this process, in which only the calling thread runs the program.
///
/// # Errors
/// When the system refuses.
pub fn install(page: &'static Page) -> io::Result<()> {
    PAGE.set(Some(page));
    let stack = Box::leak(vec![0u8; HANDLER_STACK].into_boxed_slice());
    let alternate = libc::stack_t {
        ss_sp: stack.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: stack.len(),
    };
    // SAFETY: the stack is leaked, so it lives as long as the handlers.
    if unsafe { libc::sigaltstack(&raw const alternate, ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let signals = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGTRAP,
        libc::SIGABRT,
        libc::SIGSYS,
        libc::SIGXCPU,
        libc::SIGUSR1,
    ];
    for signal in signals {
        // SAFETY: all-zero is a valid `sigaction`; the handler has the type that SA_SIGINFO asks for.
        let result = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handle as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigaction(signal, &raw const action, ptr::null_mut())
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// [`threadlings_std::abi::Runner::out_of_memory`].
pub extern "C" fn out_of_memory(_size: usize) -> ! {
    die(Crash::OutOfMemory, calls_from(0, frame_pointer()))
}

/// The frame pointer now; 0 where it is not known.
fn frame_pointer() -> usize {
    let frame: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack));
    }
    frame
}

/// The place `pc` and the calls that the frame at `frame` leads to, innermost first.
fn calls_from(pc: usize, frame: usize) -> impl Iterator<Item = usize> {
    let (start, end) = STACK.get();
    std::iter::once(pc).chain(Calls::new(frame, start..end))
}

/// Notes the death and ends the process.
fn die(crash: Crash, calls: impl Iterator<Item = usize>) -> ! {
    if let Some(page) = PAGE.get() {
        let (base, first, last) = LIBRARY.get();
        let calls = calls
            .filter(|address| (first..last).contains(address))
            .map(|address| (address - base) as u64);
        page.note_death(number(crash), calls.take(MOST_FRAMES));
    }
    // SAFETY: no preconditions; nothing of this process is to be run again.
    unsafe { libc::_exit(STATUS) }
}

unsafe extern "C" fn handle(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    // SAFETY: the kernel passes a valid record; the address is meaningful for the memory signals only.
    let address = unsafe { (*info).si_addr() } as usize;
    let (start, _) = STACK.get();
    let guard = start.saturating_sub(super::stack::GUARD_SIZE)..start;
    let crash = match signal {
        libc::SIGSEGV | libc::SIGBUS if guard.contains(&address) => Crash::StackOverflow,
        libc::SIGSEGV | libc::SIGBUS => Crash::Segfault,
        libc::SIGABRT | libc::SIGILL | libc::SIGTRAP => Crash::Abort,
        libc::SIGXCPU | libc::SIGUSR1 => Crash::EndlessLoop,
        _ => Crash::Other,
    };
    // SAFETY: with SA_SIGINFO the third argument is the interrupted context.
    let (pc, frame, pointer) = unsafe { registers(&*context.cast::<libc::ucontext_t>()) };
    let (_, first, last) = LIBRARY.get();
    if let Some(frame) = aside::left_at(pointer) {
        die(crash, calls_from(0, frame));
    }
    if crash == Crash::EndlessLoop {
        // It may be anywhere, also where a frame is only half made, or in code that makes none.
        let mut calls = [0; MOST_FRAMES];
        let count = unwind::calls(&mut calls, first..last);
        if count > 0 {
            die(crash, calls.into_iter().take(count));
        }
    }
    let frame = if (first..last).contains(&pc) {
        frame
    } else {
        first_frame(pointer)
    };
    die(crash, calls_from(pc, frame))
}

/// The innermost call record at or above `pointer` that leads back into the library: code of the system
/// (`abort`) uses the frame pointer for something else.
fn first_frame(pointer: usize) -> usize {
    let (_, first, last) = LIBRARY.get();
    let (start, end) = STACK.get();
    let word = size_of::<usize>();
    let mut at = pointer.next_multiple_of(word);
    while at >= start && at + 2 * word <= end {
        // SAFETY: both words are in the running thread's stack, aligned.
        let (next, back) = unsafe { (*(at as *const usize), *((at + word) as *const usize)) };
        if (at + 1..end).contains(&next) && (first..last).contains(&back) {
            return at;
        }
        at += word;
    }
    0
}

/// Program counter, frame pointer and stack pointer.
#[cfg(target_arch = "x86_64")]
fn registers(context: &libc::ucontext_t) -> (usize, usize, usize) {
    let registers = &context.uc_mcontext.gregs;
    let at = |register: libc::c_int| {
        usize::try_from(register).map_or(0, |index| registers[index].cast_unsigned() as usize)
    };
    (at(libc::REG_RIP), at(libc::REG_RBP), at(libc::REG_RSP))
}

/// As on x86-64.
#[cfg(target_arch = "aarch64")]
fn registers(context: &libc::ucontext_t) -> (usize, usize, usize) {
    let registers = &context.uc_mcontext;
    (
        registers.pc as usize,
        registers.regs[29] as usize,
        registers.sp as usize,
    )
}

/// The return addresses of the calls on a stack, innermost first, each less one: inside the call.
pub struct Calls {
    frame: usize,
    stack: Range<usize>,
}

impl Calls {
    /// Walks from the frame at `frame`, within `stack`, which is readable while this lives.
    pub fn new(frame: usize, stack: Range<usize>) -> Calls {
        Calls { frame, stack }
    }

    /// The frame of the function that the last call was made by.
    pub fn frame(&self) -> usize {
        self.frame
    }
}

impl Iterator for Calls {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let word = size_of::<usize>();
        let fits = self.frame.is_multiple_of(word)
            && self.frame >= self.stack.start
            && self.frame.checked_add(2 * word)? <= self.stack.end;
        if !fits {
            return None;
        }
        // SAFETY: both words are in the stack, aligned.
        let (next, back) = unsafe {
            let frame = self.frame as *const usize;
            (*frame, *frame.add(1))
        };
        // Frames lie upwards; anything else is not a frame.
        self.frame = if next > self.frame { next } else { 0 };
        back.checked_sub(1)
    }
}
