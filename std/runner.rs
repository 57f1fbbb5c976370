//! The one way out: every concurrent operation is built and announced here, on the stack of its own thread.

use crate::abi::{
    Identity, Kind, MemoryOrdering, Operation, Payload, Reply, Rmw, Runner, Text, ThreadBlock,
};
use core::cell::UnsafeCell;
use core::panic::{Location, RefUnwindSafe};
use core::ptr;

/// Where an operation stands in the program's source.
pub type Caller = &'static Location<'static>;

/// A place that only the running thread of the program uses: there is never more than one.
pub struct Single<T>(UnsafeCell<T>);

// SAFETY: all threads of a program under test take turns on one thread of the system.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    /// Holds `value`.
    pub const fn new(value: T) -> Self {
        Single(UnsafeCell::new(value))
    }

    /// The place itself.
    pub const fn get(&self) -> *mut T {
        self.0.get()
    }
}

static RUNNER: Single<*const Runner> = Single::new(ptr::null());
static CURRENT: Single<*mut ThreadBlock> = Single::new(ptr::null_mut());
static NO_THREAD: Single<ThreadBlock> = Single::new(ThreadBlock {
    thread: u64::MAX,
    allocations: 0,
    own: [0; 62],
});

// An object is as safe across an unwind as std's: that its value is whole is for poisoning to say.
impl RefUnwindSafe for Identity {}

/// Remembers the runner's table.
pub fn attach(runner: *const Runner) {
    // SAFETY: called once, before any thread of the program runs.
    unsafe { *RUNNER.get() = runner }
}

/// The runner's table, once there is one.
pub fn table() -> Option<&'static Runner> {
    // SAFETY: the runner keeps its table for as long as the program is loaded.
    unsafe { (*RUNNER.get()).as_ref() }
}

/// Where the runner writes which thread runs.
pub const fn current_slot() -> *mut *mut ThreadBlock {
    CURRENT.get()
}

/// The running thread's block; a block of its own while no thread runs, with `u64::MAX` for its number.
pub fn block() -> *mut ThreadBlock {
    // SAFETY: the runner writes a valid block or null, and nobody writes meanwhile.
    let current = unsafe { *CURRENT.get() };
    if current.is_null() {
        NO_THREAD.get()
    } else {
        current
    }
}

/// An operation of `kind` with every field zero.
pub const fn operation(kind: Kind) -> Operation {
    Operation {
        kind,
        ordering: MemoryOrdering::SeqCst,
        failure: MemoryOrdering::SeqCst,
        rmw: Rmw::Swap,
        width: 0,
        object: ptr::null(),
        other: ptr::null(),
        a: 0,
        b: 0,
        text: Text::NONE,
        payload: Payload::NONE,
        site: ptr::null(),
        frame: ptr::null(),
    }
}

/// Announces `operation`, and returns when the schedule lets it happen.
#[inline(never)]
pub fn perform(mut operation: Operation) -> Reply {
    operation.frame = frame_pointer();
    let Some(runner) = table() else {
        // Nothing can be modelled, and nothing may run unmodelled.
        ::std::eprintln!("threadlings: {:?} outside of a runner", operation.kind);
        ::std::process::abort();
    };
    // SAFETY: the operation is complete and lives on this thread's stack until the reply.
    unsafe { (runner.perform)(&raw const operation) }
}

/// Announces an operation on an object with an identity.
#[inline(never)]
pub fn on(kind: Kind, object: &Identity, site: Option<Caller>) -> Reply {
    with(kind, object, 0, 0, site)
}

/// The same with the kind's two numbers.
#[inline(never)]
pub fn with(kind: Kind, object: &Identity, a: u64, b: u64, site: Option<Caller>) -> Reply {
    perform(Operation {
        object: ptr::from_ref(object).cast(),
        a,
        b,
        site: site_pointer(site),
        ..operation(kind)
    })
}

/// Announces an operation on a lock, showing the data that it protects.
#[inline(never)]
pub fn lock(kind: Kind, object: &Identity, payload: Payload, site: Option<Caller>) -> Reply {
    perform(Operation {
        object: ptr::from_ref(object).cast(),
        payload,
        site: site_pointer(site),
        ..operation(kind)
    })
}

/// Announces an operation that has no object.
#[inline(never)]
pub fn plain(kind: Kind, a: u64, site: Option<Caller>) -> Reply {
    perform(Operation {
        a,
        site: site_pointer(site),
        ..operation(kind)
    })
}

/// Announces an operation that carries a text.
#[inline(never)]
pub fn text(kind: Kind, a: u64, text: &str, site: Option<Caller>) -> Reply {
    perform(Operation {
        a,
        text: Text::of(text),
        site: site_pointer(site),
        ..operation(kind)
    })
}

/// Ends the execution: `what` is a part of std that this crate does not model.
#[inline(never)]
pub fn unmodelled(what: &str, site: Caller) -> ! {
    text(Kind::Unmodelled, 0, what, Some(site));
    unreachable()
}

/// After an operation that does not return.
pub fn unreachable() -> ! {
    ::std::process::abort()
}

/// What a lock protects, for reports.
pub fn payload<T: ?Sized>(data: *const T) -> Payload {
    Payload {
        data: data.cast(),
        // SAFETY: `data` is where a lock keeps its value, for as long as the lock exists.
        size: unsafe { size_of_val(&*data) },
        type_name: Text::of(core::any::type_name::<T>()),
    }
}

/// Nanoseconds, as far as they fit.
pub fn nanoseconds(duration: core::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn site_pointer(site: Option<Caller>) -> *const Location<'static> {
    site.map_or(ptr::null(), ptr::from_ref)
}

/// The frame of the function that this is inlined into; null where unknown.
#[inline(always)]
pub fn frame_pointer() -> *const u8 {
    let frame: *const u8;
    // SAFETY: reads one register.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    // SAFETY: reads one register.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        frame = ptr::null();
    }
    frame
}
