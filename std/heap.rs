//! The program's allocator: everything comes from the runner's arena, and every block knows who made it.
//!
//! The arena is cut into spans of 64 KiB. A span holds slots of one size class and a record for each; a block
//! that is larger than the largest class has a row of spans of its own. Each thread fills spans of its own and
//! keeps the slots that it frees, so that addresses hardly depend on the schedule; a block's name, which is
//! *(thread, n-th allocation of that thread)*, never does.
//!
//! All bookkeeping lives in the arena, in statics and in the thread's block: restoring these bytes resets it.

mod class;
mod large;

use crate::abi::{Allocation, ThreadBlock};
use crate::runner::{self, Single};
use class::CLASSES;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

/// Words of a thread's block that belong to the allocator: a list of free slots and a fresh slot for each class.
pub const WORDS: usize = 2 * CLASSES;

/// Bytes of a span, and what it is aligned to.
const SPAN: usize = 64 * 1024;

/// The allocator of a program under test.
pub struct Heap;

#[cfg(threadlings_plugin)]
#[global_allocator]
static HEAP: Heap = Heap;

// The runner shares this crate for its types only, and keeps its own allocator.
#[cfg(not(threadlings_plugin))]
const _: Heap = Heap;

/// What is at the start of every span; of a row of spans, only at the start of the first.
#[repr(C)]
struct Span {
    /// Bytes of a slot, or of a large block's room.
    slot: usize,
    /// Offset of the first slot.
    first: usize,
    /// How many slots there is room for (1: perhaps a large block).
    room: usize,
    /// How many of them have been taken, from the first one; only these have a record.
    slots: usize,
    /// How many spans the row has.
    row: usize,
    /// The next free row, while this one is free.
    next_free: *mut Span,
}

/// Who made a block.
#[repr(C)]
struct Record {
    /// From 1; 0 while the slot is free.
    number: u64,
    thread: u64,
    /// Bytes that were asked for.
    size: usize,
}

/// The arena.
struct Arena {
    /// First span; null until the first use.
    start: usize,
    /// Spans in the arena.
    spans: usize,
    /// Spans in use, from the start.
    used: usize,
    /// For each span, how many spans before it its row starts.
    back: *mut u32,
    free_rows: *mut Span,
}

static ARENA: Single<Arena> = Single::new(Arena {
    start: 0,
    spans: 0,
    used: 0,
    back: ptr::null_mut(),
    free_rows: ptr::null_mut(),
});

// SAFETY: blocks are disjoint, aligned and large enough by construction (see `class` and `large`).
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the arena is this allocator's, and one thread runs at a time.
        unsafe {
            if !ready() {
                return ::std::alloc::System.alloc(layout);
            }
            let block = runner::block();
            let (start, record) = match class::of(layout) {
                Some(class) => class::take(block, class),
                None => large::take(layout),
            };
            (*block).allocations += 1;
            *record = Record {
                number: (*block).allocations,
                thread: (*block).thread,
                size: layout.size(),
            };
            tell(start, layout.size());
            start
        }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: `start` comes from `alloc` with this layout.
        unsafe {
            let Some((span, record, _)) = locate(start) else {
                return ::std::alloc::System.dealloc(start, layout);
            };
            tell_freed(start, (*record).size);
            (*record).number = 0;
            match class::of(layout) {
                Some(class) => class::give(runner::block(), class, start),
                None => large::give(span),
            }
        }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe {
            let new = Layout::from_size_align_unchecked(new_size, layout.align());
            if let Some((span, record, _)) = locate(start)
                && class::of(layout) == class::of(new)
                && (new_size <= 128 || ((*span).slot / 2..=(*span).slot).contains(&new_size))
            {
                // Another allocator would have moved it: whoever still uses the old block uses what is gone.
                tell_freed(start, (*record).size);
                tell_grown(start, (*record).size, new_size);
                (*record).size = new_size;
                return start;
            }
            let moved = self.alloc(new);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(start, moved, layout.size().min(new_size));
                self.dealloc(start, layout);
            }
            moved
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: promised by the caller.
        unsafe {
            let start = self.alloc(layout);
            if !start.is_null() {
                // Spans are recycled by later executions, so they are dirty.
                ptr::write_bytes(start, 0, layout.size());
            }
            start
        }
    }
}

/// The block that holds `address`.
pub fn allocation(address: *const u8) -> Allocation {
    // SAFETY: `locate` gives a record of this heap.
    unsafe {
        match locate(address) {
            Some((_, record, start)) if (*record).number != 0 => Allocation {
                start: start as u64,
                size: (*record).size as u64,
                thread: (*record).thread,
                number: (*record).number,
            },
            _ => Allocation::default(),
        }
    }
}

/// Visits the bookkeeping and the slots of every span, as far as they were ever taken in this execution.
pub fn used(mut visit: impl FnMut(*const u8, usize)) {
    // SAFETY: below `used` there are rows, each with its header, its records and its slots.
    unsafe {
        let arena = ARENA.get();
        let mut index = 0;
        while index < (*arena).used {
            let span = ((*arena).start + index * SPAN) as *mut Span;
            let slots = (*span).slots;
            visit(span.cast(), size_of::<Span>() + slots * size_of::<Record>());
            let large = (*span).room == 1;
            let length = if large {
                (*records(span)).size
            } else {
                slots * (*span).slot
            };
            if slots > 0 {
                visit((span as usize + (*span).first) as *const u8, length);
            }
            index += (*span).row;
        }
    }
}

/// Tells the runner of an allocation, if it wants to know.
#[inline(always)]
fn tell(start: *mut u8, size: usize) {
    if let Some(allocated) = runner::table().and_then(|runner| runner.allocated.get()) {
        // SAFETY: the runner's function, which only reads the stack above the frame.
        unsafe { allocated(start, size, runner::frame_pointer()) };
    }
}

/// Tells the runner of a block that is given back, if it wants to know.
#[inline(always)]
fn tell_freed(start: *mut u8, size: usize) {
    if let Some(freed) = runner::table().and_then(|runner| runner.freed.get()) {
        // SAFETY: as in `tell`.
        unsafe { freed(start, size, runner::frame_pointer()) };
    }
}

/// Tells the runner that a block has changed its size where it is.
#[inline(always)]
fn tell_grown(start: *mut u8, old: usize, new: usize) {
    if new > old {
        tell(start.wrapping_add(old), new - old);
    }
}

/// The span, the record and the start of the slot that holds `address`.
unsafe fn locate(address: *const u8) -> Option<(*mut Span, *mut Record, usize)> {
    // SAFETY: below `used` every span has its header and its entry in `back`.
    unsafe {
        let arena = ARENA.get();
        let offset = (address as usize).checked_sub((*arena).start)?;
        let index = offset / SPAN;
        if (*arena).start == 0 || index >= (*arena).used {
            return None;
        }
        let head = index - *(*arena).back.add(index) as usize;
        let span = ((*arena).start + head * SPAN) as *mut Span;
        let slot = (address as usize).checked_sub(span as usize + (*span).first)? / (*span).slot;
        if slot >= (*span).slots {
            return None;
        }
        let start = span as usize + (*span).first + slot * (*span).slot;
        Some((span, records(span).add(slot), start))
    }
}

/// The records of a span, right behind its header.
unsafe fn records(span: *mut Span) -> *mut Record {
    // SAFETY: `first` leaves room for them.
    unsafe { span.add(1).cast() }
}

fn out_of_memory(size: usize) -> ! {
    match runner::table() {
        // SAFETY: the runner's function, called with the size asked for.
        Some(runner) => unsafe { (runner.out_of_memory)(size) },
        None => ::std::process::abort(),
    }
}

/// False while there is no runner.
unsafe fn ready() -> bool {
    // SAFETY: called by the running thread.
    unsafe { (*ARENA.get()).start != 0 || prepare() }
}

#[cold]
unsafe fn prepare() -> bool {
    let Some(runner) = runner::table() else {
        return false;
    };
    let first = runner.heap_start as usize;
    let end = first + runner.heap_size;
    let back = first.next_multiple_of(align_of::<u32>());
    // The table first, with an entry for every span that the arena could have.
    let start = (back + runner.heap_size / SPAN * size_of::<u32>()).next_multiple_of(SPAN);
    // SAFETY: the arena is the program's, and nothing has been taken from it.
    unsafe {
        *ARENA.get() = Arena {
            start,
            spans: end.saturating_sub(start) / SPAN,
            used: 0,
            back: back as *mut u32,
            free_rows: ptr::null_mut(),
        };
    }
    true
}

/// The two words of a class in a thread's block: its free slots, its fresh slot.
unsafe fn words(block: *mut ThreadBlock, class: usize) -> (*mut usize, *mut usize) {
    // SAFETY: the first words of a block are the allocator's.
    unsafe {
        let words: *mut usize = (&raw mut (*block).own).cast();
        (words.add(2 * class), words.add(2 * class + 1))
    }
}
