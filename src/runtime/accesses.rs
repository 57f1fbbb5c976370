//! Accesses of the program to its plain memory, as it makes them: the program was compiled to call us before each.

use std::cell::RefCell;
use std::ops::Range;

use threadlings_std::abi::{self, Allocation};

use super::allocations;
use super::aside::beside;
use super::doing::Doing;
use super::faults::Calls;
use super::heard;
use super::shadow::{Access, Shadow};
use super::threads::Threads;
use crate::operation::MAX_THREADS;

/// Calls of one access that are kept.
const MOST_CALLS: usize = 64;
/// Bytes of the largest value.
const LARGEST_VALUE: usize = 16;

/// Watches the accesses of one program.
pub struct Watcher {
    shadow: Shadow,
    /// The running thread: its number, what it knows, its stack, and how many accesses each thread has made.
    thread: usize,
    clock: Vec<u32>,
    events: u32,
    stack: Range<usize>,
    made: Vec<u32>,
    memory: Memory,
    /// The threads whose stacks others touch: their own accesses to these count too. Then those that were found since.
    lent: [bool; MAX_THREADS],
    newly_lent: [bool; MAX_THREADS],
    /// What was found in this execution.
    found: Option<Found>,
    /// How many more accesses the running thread may make.
    patience: u64,
    doing: Doing,
    /// The accesses whose calls are wanted, and what they were.
    wanted: Vec<Which>,
    seen: Vec<Seen>,
}

/// What a thread's accesses have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A race.
    Race(Raced),
    /// A thread touches the stack of another, whose own accesses to it were not watched.
    LentStack,
}

/// Two unordered accesses, the first of which was made first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raced {
    /// Made first.
    pub first: Side,
    /// Made second.
    pub second: Side,
    /// The first byte that the second access touches.
    pub address: usize,
}

/// One of two racing accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// Which access it is.
    pub which: Which,
    /// Events of its thread before it.
    pub events: u32,
    /// Whether it writes.
    pub write: bool,
    /// Whether it is one of an atomic.
    pub atomic: bool,
}

/// Names an access of an execution: the n-th of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Which {
    /// Whose.
    pub thread: usize,
    /// From 0.
    pub number: u32,
}

/// An access that was wanted.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which.
    pub which: Which,
    /// Its first byte.
    pub start: usize,
    /// Bytes.
    pub size: usize,
    /// Return addresses, innermost first.
    pub calls: Vec<usize>,
    /// The frame of the function that each is in.
    pub frames: Vec<usize>,
    /// What the memory held before; empty if that is more than a value.
    pub before: Vec<u8>,
    /// What it held when its thread next did something that is watched, if it writes, and did.
    pub after: Option<Vec<u8>>,
    /// It is the end of a block: the memory was given back.
    pub frees: bool,
    /// The block of the heap in which it is: later, that may be gone.
    pub block: Option<Allocation>,
    /// The return addresses of the calls that allocated that, innermost first.
    pub allocated: Vec<usize>,
}

thread_local! {
    /// The watcher of the one program that this process runs; `None` where nobody wants to know. It stays as long as the
    /// program, which is for ever: what has no end is quicker to reach.
    static WATCHER: RefCell<Option<&'static mut Watcher>> = const { RefCell::new(None) };
}

/// Where the program's memory is.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The library, statics and all.
    pub library: Range<usize>,
    /// The heap.
    pub heap: Range<usize>,
    /// Where stacks may be.
    pub stacks: Range<usize>,
    /// The program's own look-up of blocks of its heap.
    pub allocation: unsafe extern "C" fn(*const u8) -> Allocation,
}

/// Watches the program's accesses from now on.
pub fn install(memory: Memory, doing: Doing) {
    WATCHER.set(Some(Box::leak(Box::new(Watcher {
        shadow: Shadow::default(),
        thread: NOBODY,
        clock: Vec::new(),
        events: 0,
        stack: 0..0,
        made: Vec::new(),
        memory,
        lent: [false; MAX_THREADS],
        newly_lent: [false; MAX_THREADS],
        found: None,
        patience: u64::MAX,
        doing,
        wanted: Vec::new(),
        seen: Vec::new(),
    }))));
}

/// Asks or tells the watcher, if there is one.
#[inline]
pub fn with<R>(what: impl FnOnce(&mut Watcher) -> R) -> Option<R> {
    WATCHER.with_borrow_mut(|watcher| watcher.as_deref_mut().map(what))
}

impl Watcher {
    /// Another execution begins.
    pub fn begin(&mut self) {
        self.shadow.clear();
        self.made.clear();
        self.found = None;
        self.seen.clear();
        self.thread = NOBODY;
        self.patience = u64::MAX;
    }

    /// `thread` runs now, on `stack`, and knows of `clock`: for each thread, how many of its events.
    pub fn runs(&mut self, thread: usize, stack: Range<usize>, clock: &[u32]) {
        self.thread = thread;
        self.stack = stack;
        self.clock.clear();
        self.clock.extend_from_slice(clock);
        let threads = self.clock.len().max(thread + 1);
        self.clock.resize(threads, 0);
        self.events = self.clock[thread];
        let quiet = if self.lent[thread] {
            0..0
        } else {
            self.stack.clone()
        };
        heard::begin(&quiet);
        if self.made.len() < threads {
            self.made.resize(threads, 0);
        }
    }

    /// No code of the program runs.
    pub fn rests(&mut self) {
        self.look_back();
        self.thread = NOBODY;
        self.patience = u64::MAX;
    }

    /// Until it announces something, the running thread stops after so many accesses.
    pub fn stop_after(&mut self, accesses: u64) {
        self.patience = accesses;
    }

    /// Whether some execution has touched more memory than is watched.
    pub fn was_full(&self) -> bool {
        self.shadow.was_full()
    }

    /// Whether something was found that nobody has asked for yet.
    pub fn has_found(&self) -> bool {
        self.found.is_some()
    }

    /// What was found since it was last asked.
    pub fn found(&mut self) -> Option<Found> {
        self.found.take()
    }

    /// Accesses of threads to their own stacks count from the next execution on, where others were seen to touch them.
    pub fn watch_lent_stacks(&mut self) {
        self.lent = self.newly_lent;
    }

    /// All accesses of threads to their own stacks count from the next execution on.
    pub fn watch_all_stacks(&mut self) {
        self.lent = [true; MAX_THREADS];
    }

    /// The calls of these accesses are wanted in the next execution.
    pub fn want(&mut self, accesses: &[Which]) {
        self.wanted = accesses.to_vec();
    }

    /// The accesses that were wanted.
    pub fn seen(&self) -> &[Seen] {
        &self.seen
    }

    /// An operation on an atomic, which has just happened.
    pub fn atomic(&mut self, address: usize, size: usize, write: bool, frame: usize) {
        let what = Made {
            write,
            atomic: true,
            // Its own event is counted already.
            events: self.events.saturating_sub(1),
            caller: 0,
            frame,
            frees: false,
            for_program: true,
        };
        self.access(address, size, what);
    }

    /// Takes an access in, unless it is of no interest. Whether nothing new follows from the same one before the thread's
    /// next event, whoever it is made for.
    fn access(&mut self, address: usize, size: usize, made: Made) -> bool {
        if self.thread == NOBODY || self.found.is_some() {
            return false;
        }
        let memory = &self.memory;
        if memory.stacks.contains(&address) {
            let owner = Threads::owner_of(address);
            if !self.lent[owner] {
                if owner != self.thread {
                    self.newly_lent[owner] = true;
                    self.found = Some(Found::LentStack);
                }
                return false;
            }
        } else if !memory.heap.contains(&address) && !memory.library.contains(&address) {
            return true;
        }
        if !made.for_program && !self.doing.is_programs(made.caller, made.frame, &self.stack) {
            return false;
        }
        let number = self.made[self.thread];
        self.made[self.thread] += 1;
        if !self.wanted.is_empty() {
            self.note_wanted(number, address, size, &made);
        }
        let new = Access {
            all: 0,
            bytes: 0,
            write: made.write,
            atomic: made.atomic,
            thread: self.thread as u8,
            events: made.events,
            number,
        };
        let Some(old) = self.shadow.add(address, size, new, &self.clock) else {
            return true;
        };
        self.found = Some(Found::Race(Raced {
            first: Side::of(&old),
            second: Side::of(&new),
            address,
        }));
        false
    }

    #[cold]
    fn note_wanted(&mut self, number: u32, address: usize, size: usize, made: &Made) {
        let which = Which {
            thread: self.thread,
            number,
        };
        self.look_back();
        if self.wanted.contains(&which) {
            self.look(which, address, size, made);
        }
    }

    /// Notes what is to be known of an access that is about to be made.
    fn look(&mut self, which: Which, start: usize, size: usize, made: &Made) {
        let first = (made.caller != 0).then_some((made.caller, made.frame));
        let mut calls = Calls::new(made.frame, self.stack.clone());
        let outer = std::iter::from_fn(|| {
            let call = calls.next()?;
            Some((call, calls.frame()))
        });
        let (calls, frames) = first.into_iter().chain(outer).take(MOST_CALLS).unzip();
        // SAFETY: the allocator is not at work: it is not instrumented, and tells of what it frees before it does so.
        let block = unsafe { (self.memory.allocation)(start as *const u8) };
        let block = (block.start != 0).then_some(block);
        self.seen.push(Seen {
            which,
            start,
            size,
            calls,
            frames,
            before: value(start, size),
            after: None,
            frees: made.frees,
            block,
            allocated: block
                .map_or_else(Vec::new, |block| allocations::calls(block.start as usize)),
        });
    }

    /// Notes what the last access has left, if that is to be known: since then, its thread has done nothing to it but
    /// repeat the same ([`heard`]).
    fn look_back(&mut self) {
        if let Some(last) = self.seen.last_mut()
            && last.which.thread == self.thread
            && last.after.is_none()
        {
            last.after = Some(value(last.start, last.size));
        }
    }
}

/// What memory holds that the program has just accessed, or is about to; nothing if that is more than a value.
fn value(start: usize, size: usize) -> Vec<u8> {
    if size > LARGEST_VALUE {
        return Vec::new();
    }
    // SAFETY: the program accesses the same bytes, and none of its threads runs meanwhile.
    unsafe { std::slice::from_raw_parts(start as *const u8, size) }.to_vec()
}

impl Side {
    fn of(access: &Access) -> Side {
        Side {
            which: Which {
                thread: access.thread.into(),
                number: access.number,
            },
            events: access.events,
            write: access.write,
            atomic: access.atomic,
        }
    }
}

/// An access as it is made.
struct Made {
    write: bool,
    atomic: bool,
    events: u32,
    caller: usize,
    frame: usize,
    frees: bool,
    /// It is known to be made for the program.
    for_program: bool,
}

/// No thread's number.
const NOBODY: usize = usize::MAX;

beside! {
    /// An access that [`heard::accessed`] has not passed over.
    noted => access(address: *const u8, what: usize, caller: usize, frame: *const u8);
    /// [`threadlings_std::abi::Runner::freed`]: whoever still uses the block races with its end.
    freed => free(start: *const u8, size: usize, frame: *const u8);
}

extern "C" fn access(address: *const u8, what: usize, caller: usize, frame: *const u8) -> bool {
    let stops = with(|watcher| {
        let made = Made {
            write: what & 1 == 1,
            atomic: false,
            events: watcher.events,
            // The call itself, not what comes after it.
            caller: caller - 1,
            frame: frame as usize,
            frees: false,
            for_program: what & abi::FOR_PROGRAM != 0,
        };
        let size = (what & !abi::FOR_PROGRAM) >> 1;
        let is_known = watcher.access(address as usize, size, made);
        if watcher.patience != u64::MAX {
            watcher.patience = watcher.patience.saturating_sub(1);
        } else if is_known {
            heard::pass_over(address as usize, what, caller);
        }
        watcher.has_found() || watcher.patience == 0
    });
    stops.unwrap_or(false)
}

/// [`threadlings_std::abi::Runner::allocated`]: other memory begins.
pub fn allocated(start: usize, size: usize) {
    with(|watcher| watcher.shadow.forget(start, size));
    heard::forget();
}

extern "C" fn free(start: *const u8, size: usize, frame: *const u8) -> bool {
    let stops = with(|watcher| {
        let mut calls = Calls::new(frame as usize, watcher.stack.clone());
        let made = Made {
            write: true,
            atomic: false,
            events: watcher.events,
            caller: calls.next().unwrap_or(0),
            frame: calls.frame(),
            frees: true,
            // Nothing is recorded of memory that is the stand-in's own.
            for_program: true,
        };
        watcher.access(start as usize, size, made);
        watcher.has_found()
    });
    stops.unwrap_or(false)
}
