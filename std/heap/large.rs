//! Blocks that are larger than any class, or aligned more: each has a row of spans.

use super::{ARENA, Record, SPAN, Span, fresh_row, records};
use core::alloc::Layout;
use core::ptr;

/// A block in a row of its own, which may have been another block's.
pub unsafe fn take(layout: Layout) -> (*mut u8, *mut Record) {
    let header = size_of::<Span>() + size_of::<Record>();
    let align = layout.align().max(16);
    // A span is aligned to its size, so the place of a block with a larger alignment is only known then.
    let slack = if align > SPAN { align } else { 0 };
    let first = header.next_multiple_of(align.min(SPAN));
    let Some(total) = first.checked_add(layout.size()).and_then(|n| n.checked_add(slack)) else {
        super::out_of_memory(layout.size());
    };
    let row = total.div_ceil(SPAN);
    // SAFETY: the row has room for the header, one record and the block.
    unsafe {
        let span = free_row(row).unwrap_or_else(|| {
            let span = fresh_row(row, layout.size());
            (*span).row = row;
            span
        });
        let start = (span as usize + header).next_multiple_of(align);
        *span = Span {
            slot: (*span).row * SPAN - (start - span as usize),
            first: start - span as usize,
            slots: 1,
            row: (*span).row,
            next_free: ptr::null_mut(),
        };
        (start as *mut u8, records(span))
    }
}

/// Takes a row back.
pub unsafe fn give(span: *mut Span) {
    // SAFETY: the row is free.
    unsafe {
        (*span).next_free = (*ARENA.get()).free_rows;
        (*ARENA.get()).free_rows = span;
    }
}

/// The first free row that is long enough, and not much too long.
unsafe fn free_row(row: usize) -> Option<*mut Span> {
    // SAFETY: the list as `give` made it.
    unsafe {
        let mut link = &raw mut (*ARENA.get()).free_rows;
        while !(*link).is_null() {
            let span = *link;
            if (row..=2 * row).contains(&(*span).row) {
                *link = (*span).next_free;
                return Some(span);
            }
            link = &raw mut (*span).next_free;
        }
        None
    }
}
