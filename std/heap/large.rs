//! Rows of spans: one for each block that is larger than any class, or aligned more.
//!
//! Free rows are merged with their free neighbours and cut to size, as vectors grow through many sizes.

use super::{ARENA, Record, SPAN, Span, records};
use core::alloc::Layout;
use core::ptr;

/// A block in a row of its own.
pub unsafe fn take(layout: Layout) -> (*mut u8, *mut Record) {
    let header = size_of::<Span>() + size_of::<Record>();
    let align = layout.align().max(16);
    // A span is aligned to its size, so the place of a block with a larger alignment is only known then.
    let slack = if align > SPAN { align } else { 0 };
    let first = header.next_multiple_of(align.min(SPAN));
    let total = first
        .checked_add(layout.size())
        .and_then(|n| n.checked_add(slack));
    let Some(total) = total else {
        super::out_of_memory(layout.size());
    };
    // SAFETY: the row has room for the header, one record and the block.
    unsafe {
        let span = take_row(total.div_ceil(SPAN), layout.size());
        let start = (span as usize + header).next_multiple_of(align);
        (*span).first = start - span as usize;
        (*span).slot = (*span).row * SPAN - (*span).first;
        (*span).room = 1;
        (*span).slots = 1;
        (start as *mut u8, records(span))
    }
}

/// Takes a row of `row` spans, with nothing in it. `size` is what was asked for.
pub unsafe fn take_row(row: usize, size: usize) -> *mut Span {
    // SAFETY: the arena is ready.
    unsafe {
        if let Some(span) = free_row(row) {
            return span;
        }
        let arena = ARENA.get();
        if row > (*arena).spans - (*arena).used {
            super::out_of_memory(size);
        }
        let span = ((*arena).start + (*arena).used * SPAN) as *mut Span;
        (*arena).used += row;
        head(span, row);
        span
    }
}

/// Takes a row back, and merges it with the free rows on both sides.
pub unsafe fn give(mut span: *mut Span) {
    // SAFETY: the row is free, and so are those in the list.
    unsafe {
        let mut row = (*span).row;
        let mut link = &raw mut (*ARENA.get()).free_rows;
        while !(*link).is_null() {
            let other = *link;
            if end(other, (*other).row) == span as usize {
                *link = (*other).next_free;
                row += (*other).row;
                span = other;
            } else if end(span, row) == other as usize {
                *link = (*other).next_free;
                row += (*other).row;
            } else {
                link = &raw mut (*other).next_free;
            }
        }
        push(span, row);
    }
}

/// The first free row that is long enough, without what is too much of it.
unsafe fn free_row(row: usize) -> Option<*mut Span> {
    // SAFETY: the list as `give` made it.
    unsafe {
        let mut link = &raw mut (*ARENA.get()).free_rows;
        while !(*link).is_null() {
            let span = *link;
            let rest = (*span).row.checked_sub(row);
            if let Some(rest) = rest {
                *link = (*span).next_free;
                head(span, row);
                if rest > 0 {
                    push(end(span, row) as *mut Span, rest);
                }
                return Some(span);
            }
            link = &raw mut (*span).next_free;
        }
        None
    }
}

unsafe fn push(span: *mut Span, row: usize) {
    // SAFETY: the row is free.
    unsafe {
        head(span, row);
        (*span).next_free = (*ARENA.get()).free_rows;
        (*ARENA.get()).free_rows = span;
    }
}

/// Makes `span` the first of `row` spans without any block.
unsafe fn head(span: *mut Span, row: usize) {
    // SAFETY: the row belongs to nobody else.
    unsafe {
        *span = Span {
            slot: SPAN,
            first: size_of::<Span>(),
            room: 0,
            slots: 0,
            row,
            next_free: ptr::null_mut(),
        };
        let first = (span as usize - (*ARENA.get()).start) / SPAN;
        for i in 0..row {
            *(*ARENA.get()).back.add(first + i) = i as u32;
        }
    }
}

fn end(span: *mut Span, row: usize) -> usize {
    span as usize + row * SPAN
}
