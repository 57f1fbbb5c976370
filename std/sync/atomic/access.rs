//! What all atomic types come down to: an address, a width, and the runner's answer.

use super::Ordering;
use crate::abi::{Kind, MemoryOrdering, Operation, Payload, Rmw, Text};
use crate::runner::{self, Caller};
use core::ptr;

/// An atomic, without its type.
#[derive(Clone, Copy)]
pub struct Cell {
    pub address: *const u8,
    pub width: u32,
    /// As in Rust: `u64`, `bool`, `*mut Node`.
    pub type_name: &'static str,
}

#[inline(never)]
#[track_caller]
pub fn load(cell: Cell, order: Ordering, site: Caller) -> u64 {
    match order {
        Ordering::Release => panic!("there is no such thing as a release load"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release load"),
        _ => announce(cell, Kind::AtomicLoad, order, 0, site),
    }
}

#[inline(never)]
#[track_caller]
pub fn store(cell: Cell, value: u64, order: Ordering, site: Caller) {
    match order {
        Ordering::Acquire => panic!("there is no such thing as an acquire store"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release store"),
        _ => announce(cell, Kind::AtomicStore, order, value, site),
    };
}

#[inline(never)]
pub fn rmw(cell: Cell, rmw: Rmw, value: u64, order: Ordering, site: Caller) -> u64 {
    runner::perform(Operation {
        rmw,
        a: value,
        ..of(cell, Kind::AtomicRmw, order, site)
    })
    .value
}

/// An attempt to replace `old` by `new`.
#[derive(Clone, Copy)]
pub struct Exchange {
    pub old: u64,
    pub new: u64,
    pub success: Ordering,
    pub failure: Ordering,
    pub weak: bool,
}

/// The value before: `Ok` when it was replaced.
#[inline(never)]
#[track_caller]
pub fn compare_exchange(cell: Cell, exchange: Exchange, site: Caller) -> Result<u64, u64> {
    match exchange.failure {
        Ordering::Release => panic!("there is no such thing as a release failure ordering"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release failure ordering"),
        _ => {}
    }
    let kind = if exchange.weak {
        Kind::AtomicCasWeak
    } else {
        Kind::AtomicCas
    };
    let reply = runner::perform(Operation {
        failure: ordering(exchange.failure),
        a: exchange.old,
        b: exchange.new,
        ..of(cell, kind, exchange.success, site)
    });
    if reply.flag == 1 {
        Ok(reply.value)
    } else {
        Err(reply.value)
    }
}

#[inline(never)]
pub fn fence(kind: Kind, order: Ordering, site: Caller) {
    runner::perform(Operation {
        ordering: ordering(order),
        site: ptr::from_ref(site),
        ..runner::operation(kind)
    });
}

/// The strongest failure ordering that goes with a success ordering.
pub fn failure_of(order: Ordering) -> Ordering {
    match order {
        Ordering::Release | Ordering::Relaxed => Ordering::Relaxed,
        Ordering::Acquire | Ordering::AcqRel => Ordering::Acquire,
        _ => Ordering::SeqCst,
    }
}

fn announce(cell: Cell, kind: Kind, order: Ordering, value: u64, site: Caller) -> u64 {
    runner::perform(Operation {
        a: value,
        ..of(cell, kind, order, site)
    })
    .value
}

fn of(cell: Cell, kind: Kind, order: Ordering, site: Caller) -> Operation {
    Operation {
        ordering: ordering(order),
        width: cell.width,
        object: cell.address,
        payload: Payload {
            data: cell.address,
            size: cell.width as usize,
            type_name: Text::of(cell.type_name),
        },
        site: ptr::from_ref(site),
        ..runner::operation(kind)
    }
}

fn ordering(order: Ordering) -> MemoryOrdering {
    match order {
        Ordering::Relaxed => MemoryOrdering::Relaxed,
        Ordering::Acquire => MemoryOrdering::Acquire,
        Ordering::Release => MemoryOrdering::Release,
        Ordering::AcqRel => MemoryOrdering::AcqRel,
        _ => MemoryOrdering::SeqCst,
    }
}
