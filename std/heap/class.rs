//! Blocks up to 16 KiB: slots of a few sizes.

use super::large::take_row;
use super::{Record, SPAN, Span, records, words};
use crate::abi::ThreadBlock;
use core::alloc::Layout;

/// 16 to 128 in steps of 16, then two sizes for each doubling up to 16 KiB.
pub const CLASSES: usize = 8 + 14;

/// The class of a block, or none if it is a large one.
pub fn of(layout: Layout) -> Option<usize> {
    let size = if layout.align() <= 16 {
        layout.size().max(1)
    } else {
        // A power of two, whose slots are aligned to their size.
        layout
            .size()
            .max(layout.align())
            .checked_next_power_of_two()?
    };
    if size <= 128 {
        return Some((size - 1) / 16);
    }
    let doubling = (size - 1).ilog2() as usize;
    let class = 8 + 2 * (doubling - 7) + ((size - 1) >> (doubling - 1) & 1);
    (class < CLASSES).then_some(class)
}

/// Bytes of a slot.
const fn size_of_class(class: usize) -> usize {
    if class < 8 {
        (class + 1) * 16
    } else {
        (128 << ((class - 8) / 2)) / 2 * (3 + (class - 8) % 2)
    }
}

/// A free slot and its record.
pub unsafe fn take(block: *mut ThreadBlock, class: usize) -> (*mut u8, *mut Record) {
    // SAFETY: the words hold what `give` and this function put there.
    unsafe {
        let (free, fresh) = words(block, class);
        if *free != 0 {
            let slot = *free as *mut u8;
            *free = *(slot.cast::<usize>());
            return (slot, record_of(slot));
        }
        if *fresh == 0 {
            *fresh = fresh_span(class);
        }
        let slot = *fresh as *mut u8;
        let span = (slot as usize & !(SPAN - 1)) as *mut Span;
        (*span).slots += 1;
        *fresh = if (*span).slots < (*span).room {
            slot as usize + (*span).slot
        } else {
            0
        };
        (slot, record_of(slot))
    }
}

/// Takes a slot back.
pub unsafe fn give(block: *mut ThreadBlock, class: usize, slot: *mut u8) {
    // SAFETY: the slot is free, and at least a word large.
    unsafe {
        let (free, _) = words(block, class);
        *slot.cast::<usize>() = *free;
        *free = slot as usize;
    }
}

unsafe fn record_of(slot: *mut u8) -> *mut Record {
    // SAFETY: a slot of a span, whose header and records are there.
    unsafe {
        let span = (slot as usize & !(SPAN - 1)) as *mut Span;
        let index = (slot as usize - span as usize - (*span).first) / (*span).slot;
        records(span).add(index)
    }
}

/// The first slot of a new span.
unsafe fn fresh_span(class: usize) -> usize {
    let slot = size_of_class(class);
    let align = if slot.is_power_of_two() { slot } else { 16 };
    let header = size_of::<Span>();
    let mut slots = (SPAN - header) / (slot + size_of::<Record>());
    let mut first = (header + slots * size_of::<Record>()).next_multiple_of(align);
    while first + slots * slot > SPAN {
        slots -= 1;
        first = (header + slots * size_of::<Record>()).next_multiple_of(align);
    }
    // SAFETY: the span is new and large enough for its header, its records and its slots.
    unsafe {
        let span = take_row(1, slot);
        (*span).slot = slot;
        (*span).first = first;
        (*span).room = slots;
        span as usize + first
    }
}
