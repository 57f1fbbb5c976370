//! The page that a child shares with its parent: where the child is, so that its sudden death leaves a record.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::trace::Step;

/// Decisions of one execution that are kept. A longer execution is reported without its schedule.
const MOST_STEPS: usize = 1 << 18;
/// Calls of a dying thread that are kept.
pub const MOST_FRAMES: usize = 64;

/// No thread of the program is running.
const NOBODY: u32 = u32::MAX;

#[repr(C)]
struct Shared {
    /// Counts the program's turns: while it stands still inside a turn, the program runs on its own.
    beats: AtomicU64,
    executions: AtomicU64,
    /// The round of a hunt that runs now, and how many the child has begun that count as its own.
    round: AtomicU64,
    rounds: AtomicU64,
    /// The turns of this execution.
    turns: AtomicU64,
    /// Decisions of this execution so far.
    steps: AtomicU32,
    /// The thread that runs now, in the order of spawning, or [`NOBODY`].
    running: AtomicU32,
    /// Why the child is about to die; 0 unknown.
    cause: AtomicU32,
    /// Frames noted.
    frames: AtomicU32,
    /// Addresses in the library, innermost first.
    addresses: [AtomicU64; MOST_FRAMES],
    /// `thread << 32 | alternative`.
    schedule: [AtomicU64; MOST_STEPS],
}

/// A mapping of the shared page.
pub struct Page {
    shared: &'static Shared,
    file: File,
}

impl Page {
    /// A new page, all zero.
    ///
    /// # Errors
    /// When the system refuses the memory.
    pub fn create() -> io::Result<Page> {
        // SAFETY: a valid C string.
        let fd = unsafe { libc::memfd_create(c"threadlings".as_ptr(), libc::MFD_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just made and is nobody else's.
        let file = unsafe { File::from_raw_fd(fd) };
        file.set_len(size_of::<Shared>() as u64)?;
        let page = Page::open(file)?;
        page.shared.running.store(NOBODY, Relaxed);
        Ok(page)
    }

    /// Maps the page behind `file`.
    ///
    /// # Errors
    /// When it is not a page of the right size.
    pub fn open(file: File) -> io::Result<Page> {
        if file.metadata()?.len() != size_of::<Shared>() as u64 {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        // SAFETY: a fresh mapping of a file of this size.
        let mapping = unsafe {
            libc::mmap(
                ptr::null_mut(),
                size_of::<Shared>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if mapping == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: mapped, of this size, page aligned; atomics allow the other process to write at any time.
        let shared = unsafe { &*mapping.cast::<Shared>() };
        Ok(Page { shared, file })
    }

    /// What a child inherits.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Forgets the schedule of the last execution.
    pub fn begin_execution(&self) {
        self.shared.steps.store(0, Relaxed);
        self.shared.turns.store(0, Relaxed);
        let executions = self.shared.executions.load(Relaxed);
        self.shared.executions.store(executions + 1, Relaxed);
    }

    /// Notes that a round of a hunt begins, which counts for this child or for another.
    pub fn begin_round(&self, number: u64, is_own: bool) {
        self.shared.round.store(number, Relaxed);
        let rounds = self.shared.rounds.load(Relaxed);
        self.shared
            .rounds
            .store(rounds + u64::from(is_own), Relaxed);
    }

    /// Appends a decision.
    pub fn decide(&self, step: Step) {
        let steps = self.shared.steps.load(Relaxed);
        if let Some(slot) = self.shared.schedule.get(steps as usize) {
            slot.store(
                u64::from(step.thread) << 32 | u64::from(step.alternative),
                Relaxed,
            );
        }
        self.shared.steps.store(steps.saturating_add(1), Relaxed);
    }

    /// A thread of the program runs from here to [`Page::leave`]. The number of the turn in this execution, from 1.
    pub fn enter(&self, thread: Option<u32>) -> u64 {
        let turn = self.shared.turns.load(Relaxed) + 1;
        self.shared.turns.store(turn, Relaxed);
        let beats = self.shared.beats.load(Relaxed);
        self.shared.beats.store(beats.wrapping_add(1), Relaxed);
        self.shared.running.store(thread.unwrap_or(0), Relaxed);
        turn
    }

    /// See [`Page::enter`].
    pub fn leave(&self) {
        self.shared.running.store(NOBODY, Relaxed);
    }

    /// Notes why and where the process is about to die. Only stores: callable in a signal handler.
    pub fn note_death(&self, cause: u32, addresses: impl Iterator<Item = u64>) {
        let mut frames = 0;
        for (slot, address) in self.shared.addresses.iter().zip(addresses) {
            slot.store(address, Relaxed);
            frames += 1;
        }
        self.shared.frames.store(frames, Relaxed);
        self.shared.cause.store(cause, Relaxed);
    }

    /// Turns so far, and the thread in whose turn the program is.
    pub fn pulse(&self) -> (u64, Option<u32>) {
        let running = self.shared.running.load(Relaxed);
        (
            self.shared.beats.load(Relaxed),
            (running != NOBODY).then_some(running),
        )
    }

    /// The turns of the current execution so far.
    pub fn turns(&self) -> u64 {
        self.shared.turns.load(Relaxed)
    }

    /// Executions begun.
    pub fn executions(&self) -> u64 {
        self.shared.executions.load(Relaxed)
    }

    /// The round of a hunt that runs now: all rounds of this child below it are over.
    pub fn round(&self) -> u64 {
        self.shared.round.load(Relaxed)
    }

    /// Rounds begun that count for this child.
    pub fn rounds(&self) -> u64 {
        self.shared.rounds.load(Relaxed)
    }

    /// The noted cause, 0 if there is none.
    pub fn cause(&self) -> u32 {
        self.shared.cause.load(Relaxed)
    }

    /// Where the dying thread was: addresses in the library.
    pub fn addresses(&self) -> Vec<u64> {
        let frames = self.shared.frames.load(Relaxed) as usize;
        let addresses = self.shared.addresses.iter().take(frames);
        addresses.map(|address| address.load(Relaxed)).collect()
    }

    /// The decisions of the current execution; `None` if there were more than are kept.
    pub fn schedule(&self) -> Option<Vec<Step>> {
        let steps = self.shared.steps.load(Relaxed) as usize;
        let decisions = self.shared.schedule.get(..steps)?;
        let step = |decision: &AtomicU64| {
            let decision = decision.load(Relaxed);
            Step {
                thread: (decision >> 32) as u32,
                alternative: (decision & u64::from(u32::MAX)) as u32,
            }
        };
        Some(decisions.iter().map(step).collect())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let start = ptr::from_ref(self.shared).cast_mut();
        // SAFETY: mapped by `open`, and the reference goes with `self`.
        unsafe { libc::munmap(start.cast(), size_of::<Shared>()) };
    }
}
