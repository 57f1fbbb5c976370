//! An announced operation, as the model sees it: kinds and numbers, no memory and no text.

pub use threadlings_std::abi::{CountOrder, Kind, MemoryOrdering, Reply, Rmw};

/// A thread, numbered by *(parent, n-th spawn)*: the same number in every execution. `main` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(pub u32);

impl ThreadId {
    /// The first thread of every execution.
    pub const MAIN: ThreadId = ThreadId(0);

    /// For indexing per-thread tables.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A concurrent object, numbered by where it lives (a static, or *(thread, n-th allocation)* and offset, or
/// *(thread, stack offset)*): the same number in every execution. 0 means none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// No object.
    pub const NONE: ObjectId = ObjectId(0);

    /// The first number that a guest may give to an object; the ones below are the engine's own.
    pub const FIRST: ObjectId = ObjectId(3 + 2 * MAX_THREADS as u32);

    /// The park token of a thread.
    #[must_use]
    pub fn token(thread: ThreadId) -> ObjectId {
        ObjectId(1 + thread.0)
    }

    /// The end of a thread.
    #[must_use]
    pub fn end(thread: ThreadId) -> ObjectId {
        ObjectId(1 + MAX_THREADS as u32 + thread.0)
    }

    /// Standard output (1) or error (2).
    #[must_use]
    pub fn console(stream: u64) -> ObjectId {
        ObjectId(1 + 2 * MAX_THREADS as u32 + stream as u32)
    }
}

/// The number of threads that one program may have over all its executions.
pub const MAX_THREADS: usize = 128;

/// What a thread is about to do. The meaning of the fields is that of [`threadlings_std::abi::Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What is asked for.
    pub kind: Kind,
    /// The (success) ordering.
    pub ordering: MemoryOrdering,
    /// The failure ordering of a compare-exchange.
    pub failure: MemoryOrdering,
    /// Which read-modify-write.
    pub rmw: Rmw,
    /// Bytes of an atomic.
    pub width: u32,
    /// The object operated on.
    pub object: ObjectId,
    /// The mutex of a condvar operation.
    pub other: ObjectId,
    /// The address of an atomic, for [`crate::guest::Guest::read`] and `write`.
    pub address: u64,
    /// The atomic is a part of the lock `object`: its mark of a panic.
    pub of_a_lock: bool,
    /// See [`Kind`].
    pub a: u64,
    /// See [`Kind`].
    pub b: u64,
    /// Which place in the source announced this: an opaque number, equal for equal places; 0 unknown.
    pub site: u64,
    /// The program does nothing with the result of this read-modify-write: those of one kind may change places.
    pub unused: bool,
}

impl Operation {
    /// Whether it has a memory ordering: an operation of an atomic, or a fence.
    #[must_use]
    pub fn has_ordering(&self) -> bool {
        self.kind <= Kind::Fence
    }

    /// Whether it asks for less than sequential consistency.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        let exchange = matches!(self.kind, Kind::AtomicCas | Kind::AtomicCasWeak);
        self.has_ordering()
            && (self.ordering != MemoryOrdering::SeqCst
                || exchange && self.failure != MemoryOrdering::SeqCst)
    }

    /// An operation of `kind` on `object`, everything else zero.
    #[must_use]
    pub fn new(kind: Kind, object: ObjectId) -> Self {
        Operation {
            kind,
            ordering: MemoryOrdering::SeqCst,
            failure: MemoryOrdering::SeqCst,
            rmw: Rmw::Swap,
            width: 8,
            object,
            other: ObjectId::NONE,
            address: 0,
            of_a_lock: false,
            a: 0,
            b: 0,
            site: 0,
            unused: false,
        }
    }

    /// The operation of `thread` with its object, where that has no place in the program's memory.
    #[must_use]
    pub fn placed(self, thread: ThreadId) -> Self {
        let target = ThreadId(self.a as u32);
        let object = match self.kind {
            Kind::Park | Kind::ParkTimeout => ObjectId::token(thread),
            Kind::Unpark => ObjectId::token(target),
            Kind::IsFinished | Kind::Join => ObjectId::end(target),
            Kind::Print | Kind::ConsoleLock | Kind::ConsoleUnlock => ObjectId::console(self.a),
            _ => self.object,
        };
        Operation { object, ..self }
    }
}
