//! A trace: one execution as data. Everything a report says is computed from it.
//!
//! This is the wire format between the child process that explores and the parent that judges, and the format
//! of the stored traces that `replay` reads. A change of meaning is a new [`FORMAT`].

mod whole;

use serde::{Deserialize, Serialize};

/// Number of this format.
pub const FORMAT: u32 = 1;

/// One execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// [`FORMAT`].
    pub format: u32,
    /// The entry point: `main`, or the name of a scenario.
    pub entry: String,
    /// Threads by number; events name them by their index.
    pub threads: Vec<ThreadRecord>,
    /// Objects; events name them by their index.
    pub objects: Vec<ObjectRecord>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What each unfinished thread was about to do at the end.
    pub pending: Vec<Event>,
    /// How it ended.
    pub ending: Ending,
    /// The decisions that lead here.
    pub schedule: Vec<Step>,
    /// The goals reached.
    pub reached: Vec<String>,
    /// What the program printed, in the order of this execution.
    pub output: String,
    /// The memory model under which it happened.
    #[serde(default)]
    pub memory: Memory,
    /// The two accesses of an [`Ending::DataRace`].
    #[serde(default)]
    pub race: Option<Race>,
    /// Where an old value was read: the fewest stronger orderings that rule this execution out. Empty where no
    /// ordering does.
    #[serde(default)]
    pub remedy: Vec<Strengthening>,
}

/// Two unordered accesses to the same memory, one of them a write. They are the last step that each thread is shown to
/// make on it: [`Action::Read`], [`Action::Write`], [`Action::Free`], or an operation of an atomic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Race {
    /// Their events, in the order in which they happened in this execution. The second one ends it.
    pub accesses: [usize; 2],
    /// How many bytes each touches.
    pub sizes: [u64; 2],
    /// The memory, an object of kind [`ObjectKind::Memory`]: its `offset` is that of the first byte that both touch.
    pub object: usize,
    /// The thread on whose stack that is.
    pub on_stack_of: Option<usize>,
    /// Bytes of the block of the heap in which it is.
    pub block_size: Option<u64>,
    /// What debug information tells of it; its type is that of the object.
    #[serde(default)]
    pub variable: Option<Variable>,
}

/// Which part of a variable some memory is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// The local variable, for memory on a stack and for what a closure has taken along. For the rest of the heap it is not
    /// known, and for a static see [`ObjectRecord::static_name`].
    pub name: Option<String>,
    /// Fields and indices from there: `.slots[3].len`, or nothing for all of it.
    pub path: String,
    /// The same as a part of the program's own type: `Ring::slots[3].len`.
    pub member: Option<String>,
}

/// A memory model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Memory {
    /// Sequential consistency: a load reads the last store.
    #[default]
    Sc,
    /// The model of C++20 and Rust: a load may read an older store where nothing forbids it.
    C11,
}

/// A stronger ordering at the place of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strengthening {
    /// The index of an event; all events of its place are meant.
    pub event: usize,
    /// What it would have to be.
    pub ordering: Ordering,
}

/// One decision of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Step {
    /// Which thread performs its announced operation.
    pub thread: u32,
    /// Which of the operation's alternatives happens (which waiter is woken…); 0 where there is one, from [`AWAIT`] on where
    /// a thread that went round a loop to no effect finds that something has changed, [`QUEUE`] where a writer
    /// begins to wait.
    #[serde(default)]
    pub alternative: u32,
}

/// The first alternative of a [`Action::AwaitChange`]: a replay can tell by it that it is on the way.
pub const AWAIT: u32 = u32::MAX - 63;
/// The alternative of a [`Action::QueueToWrite`], likewise.
pub const QUEUE: u32 = AWAIT - 1;

/// A place in the source. Lines and columns count from 1, in characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The path as it was given to the compiler.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1; 0 where only the line is known.
    pub column: u32,
}

/// A call on a thread's stack, in the program's own files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The function's name, demangled, without the crate and hashes (`transfer`, `Account::deposit`, `main::{closure}`).
    pub function: String,
    /// The line that is being executed in it.
    pub place: Place,
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadRecord {
    /// The name given with `thread::Builder`.
    pub name: Option<String>,
    /// The thread that spawned it.
    pub parent: Option<usize>,
    /// The index of the spawning event.
    pub spawned_by: Option<usize>,
    /// How it ended.
    pub end: ThreadEnd,
    /// Whether another thread has waited for its end (`join`, the end of a scope).
    pub joined: bool,
}

/// How a thread ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadEnd {
    /// Its function returned.
    Returned,
    /// It panicked.
    Panicked,
    /// It waits for something that never comes.
    Blocked,
    /// It could have gone on when the execution ended.
    CutOff,
    /// It never exists in this execution (numbers are shared by all executions).
    Absent,
}

/// A concurrent object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRecord {
    /// What it is.
    pub kind: ObjectKind,
    /// The call of its constructor, where the object knows it (all but atomics).
    pub created: Option<Place>,
    /// Calls that were active when the memory it lives in was allocated, innermost first; empty for statics
    /// and for objects on a stack.
    pub allocated: Vec<Frame>,
    /// The symbol of the static it lives in.
    pub static_name: Option<String>,
    /// Bytes from the start of its memory block (heap, static).
    pub offset: u64,
    /// A number for the memory block it lives in (heap allocation, static, or a thread's stack), equal for
    /// objects in one block.
    pub block: u64,
    /// The Rust type of its value or protected data, where known (`u64`, `bool`, `alloc::vec::Vec<i32>`).
    pub type_name: Option<String>,
}

/// The kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// An atomic.
    Atomic,
    /// `Mutex`
    Mutex,
    /// `RwLock`
    RwLock,
    /// `Condvar`
    Condvar,
    /// `Barrier`
    Barrier,
    /// `Once`, `OnceLock`, `LazyLock`
    Once,
    /// `mpsc`
    Channel,
    /// The reference counts of an `Arc`
    Arc,
    /// A thread's park token, or its end
    Thread,
    /// A `thread::scope`
    Scope,
    /// Standard output or error
    Console,
    /// Plain memory
    Memory,
}

/// One step of one thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Index of the thread.
    pub thread: usize,
    /// What it did.
    pub action: Action,
    /// Whether a decision of the schedule performed it: the k-th such event is the k-th [`Step`]. Other events
    /// happen on their own as soon as their thread gets there.
    #[serde(default)]
    pub scheduled: bool,
    /// Index of the object.
    pub object: Option<usize>,
    /// Index of the mutex of a condvar operation.
    pub other: Option<usize>,
    /// The ordering of an atomic operation.
    pub ordering: Option<Ordering>,
    /// The value seen: an atomic's value, the protected integer when a lock was taken, `-` for opaque data.
    pub read: Option<String>,
    /// The value left: an atomic's new value, the protected integer when the lock was released.
    pub written: Option<String>,
    /// An atomic operation that reads: the index of the event whose store it read; `None` for a value from before
    /// the first store, and under sequential consistency.
    #[serde(default)]
    pub reads_from: Option<usize>,
    /// An atomic operation: the events before it whose stores it did not see, as it read (or wrote) what comes before
    /// them in modification order; in that order. Always empty under sequential consistency.
    #[serde(default)]
    pub passed_over: Vec<usize>,
    /// How it went, where an operation can go more than one way.
    pub outcome: Outcome,
    /// The other thread of a spawn, join, unpark; the thread woken by a notify.
    pub peer: Option<usize>,
    /// A message: the panic's, the printed text, the goal, the unmodelled name.
    pub text: Option<String>,
    /// Where, in the program's own file; innermost call first. Empty where unknown.
    pub stack: Vec<Frame>,
    /// The exact place of the call in the source (`None` for the drop of a guard).
    pub place: Option<Place>,
    /// Happens-before: how many events of each thread precede this one or are this one. Enabling edges and
    /// conflicts are included: every order that respects these clocks is the same trace.
    pub clock: Vec<u32>,
}

/// How an operation went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As always.
    #[default]
    Done,
    /// A `try_` or compare-exchange did not succeed.
    Failed,
    /// A wait ended by its timeout.
    TimedOut,
    /// A condvar wait ended without a notification, or a weak compare-exchange failed without a reason.
    Spurious,
    /// The other side of a channel is gone.
    Disconnected,
    /// A channel was full.
    Full,
    /// A channel was empty.
    Empty,
    /// This thread must run the initialiser, or is the barrier's leader.
    Chosen,
}

/// A memory ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ordering {
    /// `Relaxed`
    Relaxed,
    /// `Acquire`
    Acquire,
    /// `Release`
    Release,
    /// `AcqRel`
    AcqRel,
    /// `SeqCst`
    SeqCst,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names say it; steps with two halves are described"
)]
pub enum Action {
    Load,
    Store,
    /// `swap`, `fetch_…`
    ReadModifyWrite,
    CompareExchange,
    Fence,
    Lock,
    TryLock,
    Unlock,
    ReadLock,
    WriteLock,
    /// `RwLock`: a writer begins to wait, and keeps new readers out.
    QueueToWrite,
    TryReadLock,
    TryWriteLock,
    ReadUnlock,
    WriteUnlock,
    /// Condvar: releases the mutex and begins to wait, in one step.
    Wait,
    /// Condvar: has been woken and holds the mutex again.
    Reacquire,
    NotifyOne,
    NotifyAll,
    /// Barrier: arrives.
    Arrive,
    /// Barrier: all have arrived.
    Pass,
    OnceBegin,
    OnceEnd,
    OnceGet,
    Send,
    TrySend,
    /// A rendezvous send whose message has been taken.
    SendTaken,
    Receive,
    TryReceive,
    /// A rendezvous receiver says that it is ready.
    ReceiveReady,
    CloneSender,
    DropSender,
    DropReceiver,
    /// Clones or drops a pointer to an `Arc`'s value.
    ChangeCount,
    /// Asks how many pointers to an `Arc`'s value there are.
    LookAtCount,
    Park,
    Unpark,
    Spawn,
    Join,
    IsFinished,
    ScopeWait,
    ScopeLeave,
    Yield,
    SpinHint,
    Sleep,
    /// Waits until something it has read in a loop changes.
    AwaitChange,
    Print,
    ConsoleLock,
    ConsoleUnlock,
    /// The panic hook ran; `text` is the message.
    Panic,
    /// The thread's function has ended.
    End,
    Exit,
    Abort,
    Unmodelled,
    Reach,
    /// Reads plain memory. This and the next two are events only where they are part of a [`Race`].
    Read,
    /// Writes plain memory.
    Write,
    /// Gives a block of the heap back.
    Free,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Ending {
    /// `main` returned and every thread ended, or only threads that nobody waits for were left.
    Completed,
    /// `main` panicked, or returned an error.
    MainFailed,
    /// A thread panicked and nobody looked at its result.
    ThreadPanicked {
        /// Index of the thread.
        thread: usize,
    },
    /// `main` has not ended and no thread can go on.
    Stuck,
    /// No thread can go on but by repeating a loop in which nothing changes.
    Livelock,
    /// `process::exit`.
    Exited {
        /// The code.
        code: i32,
    },
    /// `process::abort`, a second panic during a panic, a crash: the process died.
    Crashed {
        /// What killed it.
        how: Crash,
        /// The thread that was running.
        thread: usize,
    },
    /// Two accesses to plain memory, one of them a write, are unordered: see [`Trace::race`].
    DataRace,
    /// Something that is not modelled was used.
    Unmodelled {
        /// Its name (`std::sync::mpmc::channel`).
        what: String,
    },
    /// More steps than one execution may have.
    TooLong,
}

/// How a child process died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crash {
    /// `abort`, or a panic while panicking.
    Abort,
    /// The stack of a thread is used up.
    StackOverflow,
    /// A read or write of memory that is not there.
    Segfault,
    /// The memory limit.
    OutOfMemory,
    /// A loop without any concurrent operation.
    EndlessLoop,
    /// The process ended itself in another way (a real `exit` behind the model's back, a signal).
    Other,
}
