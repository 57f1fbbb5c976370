//! What the explorer needs of a program: threads that run from one operation to the next.
//!
//! The loaded plug-in is one implementation (`runtime`); the tests' interpreted programs are another.

use crate::operation::{ObjectId, Operation, Reply, ThreadId};
use crate::trace::Step;

/// Where a thread stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announced {
    /// It announces its next operation and waits for the reply.
    Operation(Operation),
    /// Its closure has returned.
    Returned,
    /// Its closure has panicked (the panic was caught at its root).
    Panicked,
    /// It was stopped at an access to plain memory, for what that has shown ([`Guest::shown`]), or because it is known
    /// to make such accesses for ever.
    Stopped,
}

/// What the accesses of a thread to plain memory have shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// One that is unordered to an earlier one by another thread, and one of them writes.
    Race,
    /// One to the stack of another thread, whose own accesses were not watched.
    LentStack,
}

/// A program under test. Deterministic: the same replies make the same announcements.
pub trait Guest {
    /// Puts all memory back to the initial state. Thread 0 exists, and has not run.
    fn start(&mut self);

    /// Creates a thread that has not run. `pointer` is the `a` of its [`Spawn`](crate::operation::Kind::Spawn).
    fn spawn(&mut self, thread: ThreadId, pointer: u64);

    /// Runs `thread` to its next announcement. `reply` answers its last one (default at its start).
    fn advance(&mut self, thread: ThreadId, reply: Reply) -> Announced;

    /// Hears of a decision before it is carried out, so that it is known even if the program then dies.
    fn decided(&mut self, _step: Step) {}

    /// The value now in the atomic of `operation`.
    fn read(&self, operation: &Operation) -> u64;

    /// Puts a value into the atomic of `operation`.
    fn write(&mut self, operation: &Operation, value: u64);

    /// Whether it watches accesses to plain memory for data races.
    fn watches_accesses(&self) -> bool {
        false
    }

    /// Hears, before it runs a thread, what that thread knows: for each thread, how many of its events happen before.
    fn knows(&mut self, _thread: ThreadId, _clock: &[u32]) {}

    /// What the accesses of the thread that has just run have shown. Only where races are looked for.
    fn shown(&mut self) -> Option<Shown> {
        None
    }

    /// Watches what threads do to their own stacks too, from the next execution on, where others were seen to touch them.
    fn watch_lent_stacks(&mut self) {}

    /// What the program has printed in this execution, each thread by itself.
    fn printed(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// A hash of everything local to a suspended thread (its stack). Equal hashes at the same place mean that
    /// the thread is about to repeat itself.
    fn local_state(&self, thread: ThreadId) -> u64;

    /// Whether `object` lives on the stack of `thread`: then a change of what it protects looks like any other
    /// change of that stack.
    fn is_on_stack(&self, _object: ObjectId, _thread: ThreadId) -> bool {
        false
    }

    /// A hash of all memory of the program that is not a thread's stack (the used part of its heap, its
    /// statics). Called where a thread may be spinning, so it should cost a microsecond, not more.
    fn shared_state(&self) -> u64;
}
