//! The smallest program that speaks the table of operations: two threads add to an atomic on the heap.
//! Compiled by `rustc` in the runtime's tests; the real stand-in is tested end to end.

#[path = "../../../std/abi.rs"]
#[allow(dead_code)]
mod abi;

use abi::*;
use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Bump;
static USED: AtomicUsize = AtomicUsize::new(0);
static mut RUNNER: *const Runner = std::ptr::null();
static mut CURRENT: *mut ThreadBlock = std::ptr::null_mut();
static TOTAL: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(7);

#[global_allocator]
static ALLOCATOR: Bump = Bump;

unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let runner = &*RUNNER;
        let at = USED.load(Ordering::Relaxed).next_multiple_of(16) + 32;
        let end = at + layout.size().next_multiple_of(16);
        if layout.align() > 16 || end > runner.heap_size {
            (runner.out_of_memory)(layout.size());
        }
        USED.store(end, Ordering::Relaxed);
        let block = CURRENT;
        let header = runner.heap_start.add(at - 32).cast::<u64>();
        *header = layout.size() as u64;
        if !block.is_null() {
            (*block).allocations += 1;
            *header.add(1) = (*block).thread;
            *header.add(2) = (*block).allocations;
        }
        let start = runner.heap_start.add(at);
        if let Some(allocated) = runner.allocated.get() {
            allocated(start, layout.size(), frame_pointer());
        }
        start
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[inline(always)]
fn frame_pointer() -> *const u8 {
    let frame: *const u8;
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("mov {}, rbp", out(reg) frame);
    }
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("mov {}, x29", out(reg) frame);
    }
    frame
}

unsafe extern "C" fn used(context: *mut u8, visit: Visit) {
    visit(context, (*RUNNER).heap_start, USED.load(Ordering::Relaxed));
}

unsafe extern "C" fn allocation(at: *const u8) -> Allocation {
    let runner = &*RUNNER;
    let (start, at) = (runner.heap_start as usize, at as usize);
    if at < start || at >= start + USED.load(Ordering::Relaxed) {
        return Allocation::default();
    }
    let mut block = start;
    loop {
        let header = block as *const u64;
        let size = *header as usize;
        let next = block + 32 + size.next_multiple_of(16);
        if at < next {
            return Allocation { start: block as u64 + 32, size: size as u64, thread: *header.add(1), number: *header.add(2) };
        }
        block = next;
    }
}

fn operation(kind: Kind) -> Operation {
    Operation {
        kind,
        ordering: MemoryOrdering::SeqCst,
        failure: MemoryOrdering::SeqCst,
        rmw: Rmw::Swap,
        width: 8,
        object: std::ptr::null(),
        other: std::ptr::null(),
        a: 0,
        b: 0,
        text: Text::NONE,
        payload: Payload::NONE,
        site: std::ptr::null(),
        frame: std::ptr::null(),
    }
}

#[track_caller]
fn perform(mut operation: Operation) -> Reply {
    operation.site = std::panic::Location::caller();
    unsafe { ((*RUNNER).perform)(&operation) }
}

#[track_caller]
fn on(kind: Kind, object: *const u8, a: u64) -> u64 {
    perform(Operation { object, a, ..operation(kind) }).value
}

struct Noisy<'a>(&'a Identity);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        on(Kind::MutexUnlock, std::ptr::from_ref(self.0).cast(), 0);
    }
}

static LOCK: Identity = Identity::new();

fn add(cell: *const u8) {
    let seen = on(Kind::AtomicLoad, cell, 0);
    on(Kind::AtomicStore, cell, seen + 1);
    on(Kind::MutexLock, std::ptr::from_ref(&LOCK).cast(), 0);
    let _held = Noisy(&LOCK);
}

fn counter() {
    let cell = Box::new(0u64);
    let at = std::ptr::from_ref(&*cell).cast::<u8>();
    let threads: Vec<u64> = (0..2).map(|_| on(Kind::Spawn, std::ptr::null(), at as u64)).collect();
    for thread in threads {
        on(Kind::Join, std::ptr::null(), thread);
    }
    let total = std::ptr::from_ref(&TOTAL).cast();
    let before = on(Kind::AtomicLoad, total, 0);
    on(Kind::AtomicStore, total, before + on(Kind::AtomicLoad, at, 0));
}

fn panics() {
    let thread = on(Kind::Spawn, std::ptr::null(), 0);
    let _held = Noisy(&LOCK);
    on(Kind::Join, std::ptr::null(), thread);
    panic!("on purpose");
}

#[inline(never)]
fn cell_on_the_heap() -> Box<u64> {
    Box::new(0)
}

fn lost_cell() {
    let cell = cell_on_the_heap();
    assert_eq!(on(Kind::AtomicLoad, std::ptr::from_ref(&*cell).cast(), 0), 1);
}

fn deep(level: u64) -> u64 {
    let bytes = std::hint::black_box([level; 64]);
    if level == u64::MAX { 0 } else { deep(level + 1) + bytes[0] }
}

static ENTRIES: &[(&str, fn())] = &[
    ("counter", counter),
    ("panics", panics),
    ("overflow", || drop(deep(on(Kind::Now, std::ptr::null(), 0)))),
    ("memory", || drop(vec![0u8; 1 << 40])),
    // Without a call: the place is read wherever the processor happens to be.
    ("endless", || loop {}),
    ("segfault", || unsafe {
        on(Kind::Yield, std::ptr::null(), 0);
        std::ptr::null_mut::<u8>().write_volatile(1);
    }),
    ("abort", || std::process::abort()),
    ("leaves", || std::process::exit(0)),
    ("lost cell", lost_cell),
];

extern "C" fn entry_name(entry: usize) -> Text {
    Text::of(ENTRIES[entry].0)
}

unsafe extern "C" fn run_main(entry: usize) -> u64 {
    // What comes after the last one must fail; this program says that it does not.
    ENTRIES.get(entry).map_or(0, |entry| std::panic::catch_unwind(entry.1).is_err() as u64)
}

unsafe extern "C" fn run_thread(pointer: u64) -> u64 {
    std::panic::catch_unwind(|| {
        if pointer != 0 {
            add(pointer as *const u8);
        }
    })
    .is_err() as u64
}

unsafe extern "C" fn describe(at: *const std::panic::Location<'static>) -> Site {
    let at = &*at;
    Site { file: Text::of(at.file()), line: at.line(), column: at.column() }
}

unsafe extern "C" fn prepare() {
    std::panic::set_hook(Box::new(|_| ()));
}

extern "C" fn panicking() -> u64 {
    std::thread::panicking() as u64
}

struct Shared(Program);
unsafe impl Sync for Shared {}

static PROGRAM: Shared = Shared(Program {
    version: VERSION,
    entries: ENTRIES.len(),
    entry_name,
    run_main,
    run_thread,
    current: &raw mut CURRENT,
    describe,
    allocation,
    used,
    prepare,
    panicking,
});

#[unsafe(no_mangle)]
pub unsafe extern "C" fn threadlings_entry(runner: *const Runner) -> *const Program {
    RUNNER = runner;
    &PROGRAM.0
}
