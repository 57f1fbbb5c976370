//! What an atomic operation does, once it is known which store it takes.

use super::location::{Author, Store};
use crate::explore::model::atomic::{combine, truncate};
use crate::operation::{Kind, MemoryOrdering, Operation};

/// What an atomic operation does if it takes the store of a given value.
pub struct Intent {
    /// Whether it reads it.
    pub reads: bool,
    /// Whether it adds a store right after it.
    pub writes: bool,
    /// With which ordering.
    pub ordering: MemoryOrdering,
    /// It was announced as one that writes.
    pub exclusive: bool,
}

impl Intent {
    /// What `operation` does if the store has `value`; `spuriously`: if it fails for no reason.
    pub fn of(operation: &Operation, value: u64, spuriously: bool) -> Intent {
        let (reads, writes) = match operation.kind {
            Kind::AtomicLoad => (true, false),
            Kind::AtomicStore => (false, true),
            Kind::AtomicRmw => (true, true),
            _ => {
                let equal = value == truncate(operation.a, operation.width);
                (true, equal && !spuriously)
            }
        };
        let exchange = matches!(operation.kind, Kind::AtomicCas | Kind::AtomicCasWeak);
        Intent {
            reads,
            writes,
            ordering: if exchange && !writes {
                operation.failure
            } else {
                operation.ordering
            },
            exclusive: operation.kind != Kind::AtomicLoad,
        }
    }
}

/// The accesses of a store and its readers that do not commute with `step`.
pub fn conflicts<'a>(store: &'a Store, step: &'a Intent) -> impl Iterator<Item = &'a Author> {
    let readers = store
        .readers
        .iter()
        .filter(|reader| step.exclusive || reader.exclusive);
    store
        .event
        .iter()
        .chain(readers.map(|reader| &reader.author))
}

/// The value that is stored.
pub fn written(operation: &Operation, old: u64) -> u64 {
    match operation.kind {
        Kind::AtomicStore => truncate(operation.a, operation.width),
        Kind::AtomicRmw => combine(operation, old),
        _ => truncate(operation.b, operation.width),
    }
}
