//! The program's threads: coroutines that run from one announcement to the next.

use std::cell::Cell;
use std::io;
use std::ops::Range;
use std::ptr;

use corosensei::{Coroutine, CoroutineResult, Yielder};
use threadlings_std::abi;

use super::memory::{Image, bytes};
use super::stack::{Lent, MAIN_SIZE, Stack, THREAD_SIZE};
use crate::operation::MAX_THREADS;

/// Where the stacks go if that is free, and how far from one to the next.
const STACKS_HINT: usize = 0x3000_0000_0000;
const STACKS_APART: usize = 16 << 20;

/// Where a thread stopped.
#[derive(Clone, Copy)]
pub struct Suspension {
    /// What it announces; valid until the thread is resumed.
    pub operation: *const abi::Operation,
    /// Its registers and, above them, its stack.
    pub pointer: usize,
}

/// What a thread runs.
#[derive(Clone, Copy)]
pub enum Body {
    /// An entry point of the program.
    Main(usize),
    /// A spawned closure.
    Spawned(u64),
}

/// The outcome of a turn.
pub enum Turn {
    /// The thread announces an operation.
    Suspended(Suspension),
    /// An access to memory was its last: it cannot go on ([`stop`]).
    Stopped,
    /// It ended, with the number that [`abi::Program::run_thread`] or `run_main` replied.
    Ended(u64),
}

type Routine = Coroutine<abi::Reply, Suspension, u64, Lent>;

struct Thread {
    // Before `stack`: it must be gone when its memory is unmapped.
    routine: Option<Routine>,
    suspension: Option<Suspension>,
    block: Box<abi::ThreadBlock>,
    /// The thread-local storage of a thread that is unwinding.
    own: Option<Box<[u8]>>,
    stack: Stack,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl Thread {
    fn new(number: usize) -> io::Result<Thread> {
        let size = if number == 0 { MAIN_SIZE } else { THREAD_SIZE };
        Ok(Thread {
            routine: None,
            suspension: None,
            block: Box::new(abi::ThreadBlock {
                thread: number as u64,
                allocations: 0,
                own: [0; 62],
            }),
            own: None,
            stack: Stack::new(size, STACKS_HINT + number * STACKS_APART)?,
        })
    }

    /// Forgets the coroutine, wherever it stands.
    fn abandon(&mut self) {
        if let Some(mut routine) = self.routine.take() {
            // SAFETY: what is on the stack belongs to the program, whose memory is put back as a whole.
            unsafe { routine.force_reset() };
        }
        self.suspension = None;
        self.own = None;
        self.block.allocations = 0;
    }
}

/// All threads of the program; index = number.
pub struct Threads {
    program: &'static abi::Program,
    threads: Vec<Thread>,
    thread_local: Range<usize>,
    initial: Box<[u8]>,
    /// Where the common thread-local storage waits while an unwinding thread's own is in its place.
    common: Box<[u8]>,
}

impl Threads {
    /// Where all stacks are.
    pub fn room() -> Range<usize> {
        STACKS_HINT..STACKS_HINT + MAX_THREADS * STACKS_APART
    }

    /// The thread whose stack would be at `address`, which is in [`room`](Threads::room).
    pub fn owner_of(address: usize) -> usize {
        (address - STACKS_HINT) / STACKS_APART
    }

    /// No threads yet. `thread_local` is the program's block on this thread.
    pub fn new(program: &'static abi::Program, thread_local: Range<usize>, image: &Image) -> Self {
        Threads {
            program,
            threads: Vec::new(),
            thread_local,
            initial: image.thread_local().into(),
            common: image.thread_local().into(),
        }
    }

    /// Abandons every thread, and cleans the stacks they used.
    pub fn reset(&mut self) {
        for thread in &mut self.threads {
            thread.abandon();
            thread.stack.clean();
        }
    }

    /// Makes a thread that has not run.
    ///
    /// # Errors
    /// When there is no memory for another stack.
    pub fn create(&mut self, number: usize, body: Body) -> io::Result<()> {
        if number >= MAX_THREADS {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory));
        }
        while self.threads.len() <= number {
            self.threads.push(Thread::new(self.threads.len())?);
        }
        let thread = &mut self.threads[number];
        thread.abandon();
        thread.block.allocations = 0;
        thread.block.own = [0; 62];
        let program = self.program;
        let start = move |yielder: &Yielder<abi::Reply, Suspension>, _: abi::Reply| {
            YIELDER.set(yielder);
            match body {
                // SAFETY: the table is that of a loaded program, and `entry` was checked against it.
                Body::Main(entry) => unsafe { (program.run_main)(entry) },
                // SAFETY: the pointer is the one that the program announced with this spawn.
                Body::Spawned(pointer) => unsafe { (program.run_thread)(pointer) },
            }
        };
        thread.routine = Some(Coroutine::with_stack(thread.stack.lend(), start));
        Ok(())
    }

    /// Runs a thread to its next announcement or its end. `None` if it does not exist or has ended.
    pub fn resume(&mut self, number: usize, reply: abi::Reply) -> Option<Turn> {
        let thread = self.threads.get_mut(number)?;
        let routine = thread.routine.as_mut()?;
        // SAFETY: `current` is the program's own variable, and its block lives as long as the thread.
        unsafe { *self.program.current = &raw mut *thread.block };
        if let Some(own) = &mut thread.own {
            // SAFETY: no code of the program runs now; the block is its, of this size, on this OS thread.
            unsafe {
                exchange(&self.thread_local, &mut self.common, own);
            }
        }
        let turn = routine.resume(reply);
        // A thread that is unwinding says so in thread-local storage, which all threads would see.
        if (self.program.panicking)() != 0 {
            let own = thread.own.get_or_insert_with(|| {
                self.common.copy_from_slice(&self.initial);
                self.initial.clone()
            });
            // SAFETY: as above.
            unsafe { exchange(&self.thread_local, own, &self.common) };
        } else if thread.own.take().is_some() {
            // SAFETY: as above.
            unsafe { put(&self.thread_local, &self.common) };
        }
        // Who ran last must not look like a change of the program's memory.
        // SAFETY: as at the beginning; no code of the program runs until the next turn.
        unsafe { *self.program.current = std::ptr::null_mut() };
        match turn {
            CoroutineResult::Yield(suspension) => {
                thread.stack.note(suspension.pointer);
                if suspension.operation.is_null() {
                    thread.suspension = None;
                    return Some(Turn::Stopped);
                }
                thread.suspension = Some(suspension);
                Some(Turn::Suspended(suspension))
            }
            CoroutineResult::Return(code) => {
                thread.suspension = None;
                thread.own = None;
                thread.routine = None;
                Some(Turn::Ended(code))
            }
        }
    }

    /// Where `number` is suspended.
    pub fn suspension(&self, number: usize) -> Option<Suspension> {
        self.threads.get(number)?.suspension
    }

    /// Allocations that `number` has made in this execution.
    pub fn allocations(&self, number: usize) -> u64 {
        self.threads.get(number).map_or(0, |t| t.block.allocations)
    }

    /// Registers and stack of a suspended thread.
    pub fn local(&self, number: usize) -> &[u8] {
        let Some((thread, at)) = self
            .threads
            .get(number)
            .and_then(|thread| Some((thread, thread.suspension?.pointer)))
        else {
            return &[];
        };
        // SAFETY: the thread is suspended, so its stack above the pointer is initialised and does not change.
        unsafe { bytes(at..thread.stack.base()) }
    }

    /// The usable bytes of a thread's stack.
    pub fn stack(&self, number: usize) -> Range<usize> {
        self.threads
            .get(number)
            .map_or(0..0, |thread| thread.stack.limit()..thread.stack.base())
    }

    /// The thread on whose stack `address` is, and how far below its base.
    pub fn owner(&self, address: usize) -> Option<(usize, u64)> {
        let number = self
            .threads
            .iter()
            .position(|thread| thread.stack.contains(address))?;
        Some((number, (self.threads[number].stack.base() - address) as u64))
    }

    /// Whether some thread has not ended.
    pub fn any_left(&self) -> bool {
        self.threads.iter().any(|thread| thread.routine.is_some())
    }
}

/// Saves the thread-local block to `out` and fills it from `into`.
unsafe fn exchange(block: &Range<usize>, out: &mut [u8], into: &[u8]) {
    // SAFETY: the caller's promise.
    unsafe {
        out.copy_from_slice(bytes(block.clone()));
        put(block, into);
    }
}

unsafe fn put(block: &Range<usize>, from: &[u8]) {
    // SAFETY: the caller's promise: a writable block of exactly this size.
    unsafe { ptr::copy_nonoverlapping(from.as_ptr(), block.start as *mut u8, from.len()) };
}

thread_local! {
    /// The way out of the running coroutine; null outside.
    static YIELDER: Cell<*const Yielder<abi::Reply, Suspension>> = const { Cell::new(ptr::null()) };
}

/// [`abi::Runner::perform`]: keeps the registers that belong to the caller in memory, where
/// [`Threads::local`] sees them (optimised code keeps a loop's counter there), and suspends.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn perform(_operation: *const abi::Operation) -> abi::Reply {
    core::arch::naked_asm!(
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov rsi, rsp",
        "sub rsp, 8",
        "call {suspend}",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        suspend = sym suspend,
    )
}

/// Suspends the running thread for good, wherever it is.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
pub unsafe extern "C" fn stop() {
    core::arch::naked_asm!("xor edi, edi", "jmp {perform}", perform = sym perform)
}

/// As on x86-64.
#[cfg(not(target_arch = "x86_64"))]
pub unsafe extern "C" fn stop() {
    // SAFETY: nothing looks for the operation of a thread that has stopped.
    unsafe { perform(ptr::null()) };
}

/// As on x86-64.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
pub unsafe extern "C" fn perform(_operation: *const abi::Operation) -> abi::Reply {
    core::arch::naked_asm!(
        "sub sp, sp, #160",
        "stp x29, x30, [sp, #0]",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x1, sp",
        "bl {suspend}",
        "ldp x29, x30, [sp, #0]",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "add sp, sp, #160",
        "ret",
        suspend = sym suspend,
    )
}

/// The caller's frame pointer, as [`perform`] has saved it.
pub fn saved_frame(suspension: Suspension) -> usize {
    let slot = if cfg!(target_arch = "x86_64") { 5 } else { 0 };
    // SAFETY: `pointer` is where `perform` keeps the registers while the thread is suspended.
    unsafe { *(suspension.pointer as *const usize).add(slot) }
}

unsafe extern "C" fn suspend(operation: *const abi::Operation, pointer: usize) -> abi::Reply {
    let yielder = YIELDER.get();
    if yielder.is_null() {
        // An operating-system thread that the program made behind our back, or a constructor.
        std::process::abort();
    }
    // SAFETY: set by the coroutine that is running, whose root frame holds the yielder.
    let reply = unsafe { (*yielder).suspend(Suspension { operation, pointer }) };
    YIELDER.set(yielder);
    reply
}
