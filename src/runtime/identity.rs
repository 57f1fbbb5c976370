//! Names for objects that are the same in every execution, whatever the schedule and the addresses.

use rustc_hash::FxHashMap;

use crate::operation::ObjectId;

/// The memory that an object lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    /// The library's statics.
    Static,
    /// A heap allocation, named by who made it and which of its allocations it was.
    Heap {
        /// The allocating thread.
        thread: u64,
        /// From 1.
        number: u64,
    },
    /// A thread's stack.
    Stack {
        /// Whose.
        thread: u64,
    },
    /// Memory that the program got in another way (thread-local storage, a mapping): by address.
    Other,
}

/// What names an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Where it was at its first use.
    pub block: Block,
    /// Bytes from the block's start (from the base, downwards, for a stack).
    pub offset: u64,
    /// Its constructor call, as an offset in the library; 0 for an atomic.
    pub site: u64,
    /// How many objects had this key before in the same execution.
    pub generation: u32,
}

const FIRST: u32 = ObjectId::FIRST.0;

/// All objects ever seen; numbers are kept over executions.
#[derive(Default)]
pub struct Identities {
    numbers: FxHashMap<Key, ObjectId>,
    keys: Vec<Known>,
    execution: u64,
}

/// A named object.
#[derive(Clone, Copy)]
struct Known {
    key: Key,
    /// The execution that last gave it to an object.
    taken: u64,
}

impl Identities {
    /// Forgets which names are taken.
    pub fn start(&mut self) {
        self.execution += 1;
    }

    /// The number of the object at a place without a header of its own: an atomic.
    pub fn at(&mut self, block: Block, offset: u64) -> ObjectId {
        self.intern(Key {
            block,
            offset,
            site: 0,
            generation: 0,
        })
    }

    /// A number for an object that has none yet in this execution.
    pub fn register(&mut self, block: Block, offset: u64, site: u64) -> ObjectId {
        let mut key = Key {
            block,
            offset,
            site,
            generation: 0,
        };
        loop {
            let object = self.intern(key);
            let known = &mut self.keys[(object.0 - FIRST) as usize];
            if known.taken != self.execution {
                known.taken = self.execution;
                return object;
            }
            key.generation += 1;
        }
    }

    /// What names `object`.
    pub fn key(&self, object: ObjectId) -> Option<Key> {
        Some(self.keys.get(object.0.checked_sub(FIRST)? as usize)?.key)
    }

    fn intern(&mut self, key: Key) -> ObjectId {
        *self.numbers.entry(key).or_insert_with(|| {
            let next = u32::try_from(self.keys.len()).expect("fewer than 2^32 objects");
            self.keys.push(Known { key, taken: 0 });
            ObjectId(FIRST + next)
        })
    }
}
