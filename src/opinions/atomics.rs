//! The atomics of a program as those of another library.
//!
//! A library with weak memory must see an atomic made before the threads that use it, but the table of operations tells
//! of an atomic only when it is used. So the first value of each is learnt: an execution that meets an atomic
//! which was not foreseen is given up, and the search begins again, with that atomic made at the start.
//!
//! A value that no atomic operation has left in the program's memory was written by someone who had the atomic to
//! himself: from then on it is another atomic, with that first value.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::library::Library;
use crate::operation::{ObjectId, Operation};

/// What tells one atomic from the others over all executions: its object, how often it was written as plain memory
/// before, its width, and its first value.
type Key = (ObjectId, u32, u32, u64);

/// The atomics of one search.
pub struct Atomics<L: Library> {
    known: BTreeSet<Key>,
    /// Something was learnt that the running search does not have.
    learnt: bool,
    /// Made at the start of this execution.
    made: FxHashMap<Key, Rc<L::Atomic>>,
    /// In use in this execution.
    used: FxHashMap<ObjectId, Used<L>>,
}

struct Used<L: Library> {
    atomic: Rc<L::Atomic>,
    generation: u32,
    /// What the program's memory must hold.
    value: u64,
}

impl<L: Library> Default for Atomics<L> {
    fn default() -> Self {
        Atomics {
            known: BTreeSet::new(),
            learnt: false,
            made: FxHashMap::default(),
            used: FxHashMap::default(),
        }
    }
}

impl<L: Library> Atomics<L> {
    /// How many are known.
    pub fn known(&self) -> usize {
        self.known.len()
    }

    /// Whether the search must begin again.
    pub fn has_learnt(&self) -> bool {
        self.learnt
    }

    /// A search begins.
    pub fn begin_search(&mut self) {
        self.learnt = false;
    }

    /// An execution begins: makes what is known.
    pub fn begin(&mut self) {
        self.end();
        let make = |key: &Key| (*key, Rc::new(L::atomic(key.2, key.3)));
        if L::FORESEES_ATOMICS {
            self.made = self.known.iter().map(make).collect();
        }
    }

    /// An execution ends.
    pub fn end(&mut self) {
        self.made.clear();
        self.used.clear();
    }

    /// The atomic of `operation`, whose memory holds `now`; `None` if it was not foreseen.
    pub fn find(&mut self, operation: &Operation, now: u64) -> Option<Rc<L::Atomic>> {
        let generation = match self.used.get(&operation.object) {
            Some(used) if used.value == now => return Some(used.atomic.clone()),
            Some(used) => used.generation + 1,
            None => 0,
        };
        let key = (operation.object, generation, operation.width, now);
        let atomic = match self.made.get(&key) {
            Some(atomic) => atomic.clone(),
            None if L::FORESEES_ATOMICS => {
                self.known.insert(key);
                self.learnt = true;
                return None;
            }
            None => Rc::new(L::atomic(operation.width, now)),
        };
        let used = Used {
            atomic: atomic.clone(),
            generation,
            value: now,
        };
        self.used.insert(operation.object, used);
        Some(atomic)
    }

    /// An atomic operation has left `value` in the program's memory.
    pub fn written(&mut self, operation: &Operation, value: u64) {
        if let Some(used) = self.used.get_mut(&operation.object) {
            used.value = value;
        }
    }
}
