//! The table of operations: the only boundary between a program under test and its runner.
//!
//! A program is compiled against this crate into a shared library; the runner (another binary, with a `std`
//! of its own) loads it and exchanges the two tables below once. After that every concurrent operation of
//! the program is one call of [`Runner::perform`], made on the coroutine of the program's thread. Nothing
//! here is generic, allocates, or panics across the boundary.
//!
//! Runner and program share these types by compiling the same file, so a change here changes [`VERSION`].

use core::cell::{Cell, UnsafeCell};
use core::panic::Location;
use core::sync::atomic::AtomicUsize;

/// Number of this layout. The runner refuses a program that was compiled against another one.
pub const VERSION: u32 = 5;

/// Name of the symbol a program exports: an [`EntryPoint`].
pub const ENTRY_SYMBOL: &str = "threadlings_entry";

/// Exchanges the tables: the program keeps the runner's, the runner keeps the program's.
pub type EntryPoint = unsafe extern "C" fn(runner: *const Runner) -> *const Program;

/// What the program asks for. The comment gives the meaning of the fields of [`Operation`] that are used.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `object`: address of the atomic; `width` bytes. `other`: the lock that the atomic is a part of, or null (for
    /// every atomic kind). Replies the value.
    AtomicLoad,
    /// `a`: the value.
    AtomicStore,
    /// `rmw`, `a`: the operand. Replies the old value.
    AtomicRmw,
    /// `a`: expected, `b`: new. Replies the old value; `flag` is 1 on success.
    AtomicCas,
    /// Like [`Kind::AtomicCas`], but may fail although the value is the expected one.
    AtomicCasWeak,
    /// `ordering` only.
    Fence,

    /// `object`: an [`Identity`]; payload fields describe the protected data.
    MutexLock,
    /// `flag` of the reply is 1 when the lock was taken.
    MutexTryLock,
    /// Releases.
    MutexUnlock,

    /// Shared lock of an `RwLock`.
    RwRead,
    /// Exclusive lock of an `RwLock`.
    RwWrite,
    /// `flag` is 1 when taken.
    RwTryRead,
    /// `flag` is 1 when taken.
    RwTryWrite,
    /// Releases a shared lock.
    RwReadUnlock,
    /// Releases the exclusive lock.
    RwWriteUnlock,

    /// `object`: the condvar, `other`: the mutex, which is released and held again on return.
    CondvarWait,
    /// The same with a timeout of `a` nanoseconds; `flag` is 1 when it ran out.
    CondvarWaitTimeout,
    /// Wakes one waiter, any of them.
    NotifyOne,
    /// Wakes all waiters.
    NotifyAll,

    /// `a`: number of threads. `flag` is 1 for the leader.
    BarrierWait,

    /// Replies 1 when the caller must run the initialiser (and then announce [`Kind::OnceEnd`]), 0 when it
    /// has completed, 2 when an earlier run panicked. `a`: 1 to run again after a panic.
    OnceBegin,
    /// `a`: 1 completed, 0 panicked.
    OnceEnd,
    /// Replies 1 when completed.
    OnceIsCompleted,
    /// Waits for an initialiser; replies 1 when one has completed, 0 when the last one panicked (unless `a` is 1:
    /// then it waits on).
    OnceWait,

    /// `object`: the channel's [`Identity`]; `a`: capacity + 1, or 0 when unbounded (for every channel kind).
    /// Replies 0 sent, 1 disconnected. Blocks while a bounded channel is full.
    ChannelSend,
    /// Without a buffer (`a` = 1): waits until the message that the caller has just sent is taken. Replies 0 taken,
    /// 1 disconnected.
    ChannelSendTaken,
    /// Replies 0 sent, 1 disconnected, 2 full.
    ChannelTrySend,
    /// Replies 0 received, 1 disconnected. Blocks while empty.
    ChannelRecv,
    /// Replies 0 received, 1 disconnected, 2 empty.
    ChannelTryRecv,
    /// Replies 0 received, 1 disconnected, 2 timed out. `b`: nanoseconds.
    ChannelRecvTimeout,
    /// A sender is cloned.
    SenderClone,
    /// A sender is dropped.
    SenderDrop,
    /// The receiver is dropped.
    ReceiverDrop,

    /// A reference count of an `Arc` is about to change: a clone, a drop, a weak pointer. `object`: an address in its
    /// block, as for an atomic; `ordering`; `a`: 1 if it is that of the weak pointers; `b`: 1 when it can be told which thread
    /// drops the value. The two that hold a thread's result, the thread and its handle, are counted in the same way.
    /// With `b` 2 nothing changes, and `a` is a [`CountOrder`] that releases.
    CountChange,
    /// The reference counts of an `Arc` are looked at. `object`, `ordering`: as above; `a`: 1 when this may change them too.
    /// With `b` 1 nothing is looked at, and `a` is a [`CountOrder`] that does not release.
    CountLook,

    /// Blocks until the caller's token is there, and takes it.
    Park,
    /// `a`: nanoseconds. Takes the token if there is one.
    ParkTimeout,
    /// `a`: the thread.
    Unpark,

    /// `a`: a pointer that [`Program::run_thread`] gets; `text`: the thread's name, or null. Replies the thread.
    Spawn,
    /// `a`: the thread. Blocks until it has ended.
    Join,
    /// `a`: the thread. Replies 1 when it has ended.
    IsFinished,
    /// A scope waits until `a` of its threads have left: all that were spawned in it so far. `object`: the scope's
    /// [`Identity`]. Announced again when the scope's threads have spawned more.
    ScopeWait,
    /// The last thing a scoped thread does for its scope. `object`: the scope's [`Identity`].
    ScopeLeave,
    /// The caller gives way.
    Yield,
    /// `hint::spin_loop`.
    SpinHint,
    /// `a`: nanoseconds. Orders nothing.
    Sleep,
    /// Replies virtual nanoseconds since the execution began.
    Now,

    /// `text`: what is printed; `a`: 1 standard output, 2 standard error. Waits while another thread holds
    /// the stream's lock.
    Print,
    /// `a`: the stream. Re-entrant, as in std.
    ConsoleLock,
    /// `a`: the stream.
    ConsoleUnlock,

    /// `a`: the exit code. Does not return.
    Exit,
    /// Does not return.
    Abort,
    /// `text`: the message; `site`: where. Sent by the panic hook, before unwinding.
    Panicked,
    /// `text`: the part of std that is not modelled. Does not return.
    Unmodelled,
    /// `text`: the name of a goal that this execution has reached.
    Reach,
}

/// What follows for happens-before from counts of an `Arc` that were just seen, or changed. None of these is a step that
/// others can come before or after.
#[repr(u64)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountOrder {
    /// There was one strong pointer: the givings-up of the others come before all that the thread does from now on.
    AcquireStrong,
    /// There was one pointer, and none that is weak: the same for all others.
    AcquireAll,
    /// The thread gives up a strong pointer.
    ReleaseStrong,
    /// It drops the value: the givings-up of all strong pointers come before what it does until [`CountOrder::Restore`].
    BeginValue,
    /// It gives up the weak pointer that all strong ones have in common, or one of its own, and may give the block back:
    /// the givings-up of all pointers come before what it does until [`CountOrder::Restore`].
    BeginBlock,
    /// Ends the last of the two above that has not ended.
    Restore,
}

impl Kind {
    /// The last kind, for checks of a raw number.
    pub const LAST: Kind = Kind::Reach;
}

/// The read-modify-write operations of the atomic types.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rmw {
    /// `swap`
    Swap,
    /// `fetch_add`, wrapping in `width` bytes
    Add,
    /// `fetch_sub`, wrapping
    Sub,
    /// `fetch_and`
    And,
    /// `fetch_nand`
    Nand,
    /// `fetch_or`
    Or,
    /// `fetch_xor`
    Xor,
    /// `fetch_max`, unsigned
    Max,
    /// `fetch_min`, unsigned
    Min,
    /// `fetch_max`, signed in `width` bytes
    MaxSigned,
    /// `fetch_min`, signed in `width` bytes
    MinSigned,
}

/// A memory ordering, by strength.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MemoryOrdering {
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

/// An object's identity, kept inside the object, so that it moves with it.
///
/// `id` is zero until the first use; the runner then writes a number that does not depend on the schedule.
#[repr(C)]
pub struct Identity {
    /// 0: not registered yet.
    pub id: UnsafeCell<u64>,
    /// Where the object was made.
    pub site: &'static Location<'static>,
}

// SAFETY: only the runner touches `id`, and it runs one thread of the program at a time.
unsafe impl Sync for Identity {}

impl Identity {
    /// An unregistered identity that remembers its caller.
    #[track_caller]
    #[must_use]
    pub const fn new() -> Self {
        Identity {
            id: UnsafeCell::new(0),
            site: Location::caller(),
        }
    }
}

impl Default for Identity {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

/// A string that crosses the boundary; valid during the call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// UTF-8, or null.
    pub data: *const u8,
    /// Bytes.
    pub len: usize,
}

impl Text {
    /// No text.
    pub const NONE: Text = Text {
        data: core::ptr::null(),
        len: 0,
    };

    /// Borrows `text` for the duration of a call.
    #[must_use]
    pub const fn of(text: &str) -> Text {
        Text {
            data: text.as_ptr(),
            len: text.len(),
        }
    }
}

/// The data that a lock protects: enough to show an integer's value in a report.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Payload {
    /// Where the data is, or null.
    pub data: *const u8,
    /// Its size in bytes.
    pub size: usize,
    /// `core::any::type_name`.
    pub type_name: Text,
}

impl Payload {
    /// Nothing to show.
    pub const NONE: Payload = Payload {
        data: core::ptr::null(),
        size: 0,
        type_name: Text::NONE,
    };
}

/// One announced operation. Fields that a kind does not name are zero.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// What is asked for.
    pub kind: Kind,
    /// The (success) ordering of an atomic operation.
    pub ordering: MemoryOrdering,
    /// The failure ordering of a compare-exchange.
    pub failure: MemoryOrdering,
    /// Which read-modify-write.
    pub rmw: Rmw,
    /// Size of an atomic in bytes: 1, 2, 4 or 8.
    pub width: u32,
    /// An [`Identity`], or the address of an atomic, or null.
    pub object: *const u8,
    /// The mutex of a condvar operation, or see [`Kind::AtomicLoad`].
    pub other: *const u8,
    /// See [`Kind`].
    pub a: u64,
    /// See [`Kind`].
    pub b: u64,
    /// See [`Kind`].
    pub text: Text,
    /// See [`Payload`].
    pub payload: Payload,
    /// The caller in the program, or null (a guard's drop).
    pub site: *const Location<'static>,
    /// The frame pointer of the announcing function, from which the call stack is read; null where unknown.
    pub frame: *const u8,
}

/// The answer to an operation.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// See [`Kind`].
    pub value: u64,
    /// See [`Kind`].
    pub flag: u64,
}

/// What the runner offers.
#[repr(C)]
pub struct Runner {
    /// [`VERSION`].
    pub version: u32,
    /// Performs one operation of the current thread; returns when the schedule lets it happen. Does not return
    /// in an execution that is abandoned: the thread's stack is then dropped without unwinding, and all of the
    /// program's memory is put back to its initial state.
    pub perform: unsafe extern "C" fn(*const Operation) -> Reply,
    /// First byte of the memory from which the program allocates.
    pub heap_start: *mut u8,
    /// Size of that memory in bytes: the program's memory limit.
    pub heap_size: usize,
    /// Called when the heap is used up, with the size asked for. Does not return.
    pub out_of_memory: unsafe extern "C" fn(usize) -> !,
    /// While it is there: hears of each allocation.
    pub allocated: Cell<Option<Allocated>>,
    /// While it is there: hears of each block that is given back, before it is.
    pub freed: Cell<Option<Allocated>>,
    /// Hears of accesses to memory, if the program was compiled to tell. Read once, when the tables are exchanged.
    pub listener: Cell<Option<&'static Listener>>,
}

/// In what [`Accessed`] is told: the stand-in makes the access for the program.
pub const FOR_PROGRAM: usize = 1 << (usize::BITS - 1);

/// Hears of a block: its first byte, its size in bytes, and the frame pointer of the allocator, from which the call
/// stack is read.
pub type Allocated = unsafe extern "C" fn(start: *const u8, size: usize, frame: *const u8);

/// Hears of an access: the first byte, twice the size in bytes plus 1 for a write (and [`FOR_PROGRAM`]), the return address
/// of the instrumented code, and its frame pointer.
pub type Accessed =
    unsafe extern "C" fn(address: *const u8, what: usize, caller: usize, frame: *const u8);

/// Who hears of accesses, and of which ones not. The runner changes it while no code of the program runs, or while it hears.
#[repr(C)]
pub struct Listener {
    /// Memory whose accesses are of no interest: the first address, and how many.
    pub quiet: AtomicUsize,
    /// See `quiet`.
    pub quiet_bytes: AtomicUsize,
    /// A multiple of [`LONG`]: only what is marked with it is [`Known`].
    pub turn: AtomicUsize,
    /// Hears of all others.
    pub accessed: Accessed,
    /// Accesses that need not be told of, each in the place that [`Known::place`] says.
    pub known: [Known; PLACES],
}

/// An access that need not be told of again.
#[repr(C)]
pub struct Known {
    /// The first argument of [`Accessed`].
    pub address: AtomicUsize,
    /// The third.
    pub caller: AtomicUsize,
    /// The second, which is less than [`LONG`], and [`Listener::turn`].
    pub what_and_turn: AtomicUsize,
    _size: usize,
}

/// Places in [`Listener::known`].
pub const PLACES: usize = 256;

/// No access that [`Accessed`] is told of as so much or more is ever [`Known`].
pub const LONG: usize = 256;

impl Known {
    /// None.
    #[must_use]
    pub const fn none() -> Known {
        Known {
            address: AtomicUsize::new(0),
            caller: AtomicUsize::new(0),
            what_and_turn: AtomicUsize::new(0),
            _size: 0,
        }
    }

    /// Where an access is, if it is known.
    #[must_use]
    pub const fn place(address: usize, caller: usize) -> usize {
        address.wrapping_add(2 * caller) % PLACES
    }
}

/// Hears of a range of memory: what [`Program::used`] was given, the first byte, and how many there are.
pub type Visit = unsafe extern "C" fn(context: *mut u8, start: *const u8, size: usize);

/// A thread's state on the program's side. The runner treats it as opaque but for the fields named here.
#[repr(C)]
pub struct ThreadBlock {
    /// The runner's number of the thread, 0 for `main`; schedule-independent.
    pub thread: u64,
    /// Allocations made by this thread in this execution.
    pub allocations: u64,
    /// The program's own part (allocator lists, thread locals, handle), zeroed at the start of the thread.
    pub own: [u64; 62],
}

/// A source location, with the file's name as bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// The file as rustc was given it.
    pub file: Text,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// Where an address of the heap belongs: schedule-independent.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Allocation {
    /// First byte, 0 when the address is not in a block of the heap.
    pub start: u64,
    /// Bytes that were asked for.
    pub size: u64,
    /// The allocating thread ([`ThreadBlock::thread`]).
    pub thread: u64,
    /// Which allocation of that thread, from 1.
    pub number: u64,
}

/// What the program offers.
#[repr(C)]
pub struct Program {
    /// [`VERSION`].
    pub version: u32,
    /// How many entry points there are: `main`, or the scenarios of a check.
    pub entries: usize,
    /// The name of an entry point (valid for ever).
    pub entry_name: extern "C" fn(usize) -> Text,
    /// Runs an entry point as the main thread, catching a panic. Replies 0 returned, 1 panicked,
    /// 2 returned an error (`main` that returns `Err`).
    pub run_main: unsafe extern "C" fn(entry: usize) -> u64,
    /// Runs a spawned thread to its end, including its thread-local destructors. Replies 0 returned, 1 panicked.
    pub run_thread: unsafe extern "C" fn(pointer: u64) -> u64,
    /// Where the program finds the running thread: the runner writes the thread's block here at every switch.
    pub current: *mut *mut ThreadBlock,
    /// Resolves a location.
    pub describe: unsafe extern "C" fn(*const Location<'static>) -> Site,
    /// The block of the heap that holds an address.
    pub allocation: unsafe extern "C" fn(*const u8) -> Allocation,
    /// Visits the parts of the heap that are or were in use in this execution, in an order that depends on nothing else.
    pub used: unsafe extern "C" fn(context: *mut u8, visit: Visit),
    /// Called once, before the program's memory is recorded as its initial state: warms up what must not
    /// differ between executions (hash seeds, the panic hook).
    pub prepare: unsafe extern "C" fn(),
    /// True while the running thread is unwinding: the runner then keeps the program's native
    /// thread-local storage apart for this thread.
    pub panicking: extern "C" fn() -> u64,
}
