//! Every edge of happens-before, and every order that is none: a program for each, with the verdict it must get.
//!
//! `put` writes a plain static, and `get` reads it. A program is `Ordered` where something orders every `put` before or
//! after every `get` in all executions, and `Racy` where that is missing in one. An edge that is missing is a false
//! alarm at an `Ordered` program, and one too many hides the race of a `Racy` one.
//!
//! What counts is what std documents, and what no implementation could do without.
//!
//! `ROW=barrier cargo test races::edges` runs the rows with that word in their names.

use crate::door::{self, Place};

use Verdict::{Ordered, Racy};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ordered,
    Racy,
}

/// What all programs begin with.
const BEGINNING: &str = "
#![allow(static_mut_refs, unused)]
use std::cell::UnsafeCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{self, AtomicBool, AtomicU32, AtomicU64, AtomicUsize};
use std::sync::mpsc::{channel, sync_channel, TryRecvError};
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock};
use std::thread;
use std::time::Duration;

static mut CELL: u64 = 0;
static A: AtomicU32 = AtomicU32::new(0);
static B: AtomicU32 = AtomicU32::new(0);
static M: Mutex<bool> = Mutex::new(false);
static L: RwLock<bool> = RwLock::new(false);
static ONCE: Once = Once::new();

fn put() { unsafe { CELL = 1 } }
fn get() { unsafe { std::hint::black_box(CELL); } }
";

/// What a program is about, its verdict, and what its `main` does.
type Row = (&'static str, Verdict, &'static str);

const THREADS: &[Row] = &[
    (
        "spawn",
        Ordered,
        "put(); thread::spawn(get).join().unwrap();",
    ),
    (
        "join",
        Ordered,
        "thread::spawn(put).join().unwrap(); get();",
    ),
    (
        "no join",
        Racy,
        "let t = thread::spawn(put); get(); t.join().unwrap();",
    ),
    (
        "never joined",
        Racy,
        "thread::spawn(|| { A.store(1, SeqCst); put() }); get();",
    ),
    (
        "after main's end",
        Racy,
        "get(); thread::spawn(|| { A.store(1, SeqCst); put() }); B.store(1, SeqCst); get();",
    ),
    (
        "siblings",
        Racy,
        "let t = thread::spawn(put); let u = thread::spawn(get); t.join().unwrap(); u.join().unwrap();",
    ),
    (
        "after the spawn of a sibling",
        Racy,
        "let t = thread::spawn(get); put(); t.join().unwrap();",
    ),
    (
        "a join in another thread",
        Ordered,
        "let t = thread::spawn(put);
        thread::spawn(move || t.join().unwrap()).join().unwrap(); get();",
    ),
    (
        "a join of a panic",
        Ordered,
        "let t = thread::spawn(|| { put(); panic!() }); assert!(t.join().is_err()); get();",
    ),
    (
        "is_finished",
        Racy,
        "let t = thread::spawn(put); if t.is_finished() { get() } t.join().unwrap();",
    ),
    (
        "sleep",
        Racy,
        "let t = thread::spawn(put); thread::sleep(Duration::from_secs(9)); get(); t.join().unwrap();",
    ),
    (
        "yield",
        Racy,
        "let t = thread::spawn(put); thread::yield_now(); get(); t.join().unwrap();",
    ),
    (
        "scope",
        Ordered,
        "thread::scope(|s| { s.spawn(put); }); get();",
    ),
    (
        "in a scope",
        Racy,
        "thread::scope(|s| { s.spawn(put); get(); });",
    ),
    (
        "scoped join",
        Ordered,
        "thread::scope(|s| { s.spawn(put).join().unwrap(); get(); });",
    ),
    (
        "a scope for all of its threads",
        Ordered,
        "thread::scope(|s| { s.spawn(put); s.spawn(|| A.store(1, Relaxed)); }); get();",
    ),
    (
        "a thread-local's destructor, join",
        Ordered,
        "thread::spawn(|| LOCAL.with(|_| ())).join().unwrap(); get();",
    ),
    (
        "a thread-local's destructor, scoped join",
        Ordered,
        "thread::scope(|s| { s.spawn(|| LOCAL.with(|_| ())).join().unwrap(); get(); });",
    ),
    // A scope waits for the closures only.
    (
        "a thread-local's destructor, scope",
        Racy,
        "thread::scope(|s| { s.spawn(|| LOCAL.with(|_| ())); }); get();",
    ),
];

const LOCKS: &[Row] = &[
    ("both in a mutex", Ordered, "thread::scope(|s| { s.spawn(|| { let _g = M.lock(); put() }); let _g = M.lock(); get(); });"),
    ("two mutexes", Racy, "let n = Mutex::new(());
        thread::scope(|s| { s.spawn(|| { let _g = M.lock(); put() }); let _g = n.lock(); get(); });"),
    ("before an unlock, after a lock that sees it", Ordered,
        "thread::scope(|s| { s.spawn(|| { put(); *M.lock().unwrap() = true }); if *M.lock().unwrap() { get() } });"),
    ("before an unlock, after any lock", Racy,
        "thread::scope(|s| { s.spawn(|| { put(); *M.lock().unwrap() = true }); drop(M.lock()); get() });"),
    ("a mutex that is tried", Ordered, "thread::scope(|s| { s.spawn(|| { put(); *M.lock().unwrap() = true });
        if let Ok(seen) = M.try_lock() { if *seen { get() } } });"),
    ("a mutex that is tried in vain", Racy, "thread::scope(|s| {
        s.spawn(|| { put(); let _g = M.lock(); A.store(1, Relaxed); drop(_g) });
        if A.load(Relaxed) == 1 && M.try_lock().is_err() { get() } });"),
    ("whether a mutex is poisoned", Racy, "thread::scope(|s| {
        s.spawn(|| { panic::catch_unwind(|| { put(); let _g = M.lock(); panic!() }); });
        if M.is_poisoned() { get() } });"),
    ("a writer's unlock, a reader's lock", Ordered,
        "thread::scope(|s| { s.spawn(|| { put(); *L.write().unwrap() = true }); if *L.read().unwrap() { get() } });"),
    ("a reader's unlock, a writer's lock", Ordered, "thread::scope(|s| {
        s.spawn(|| { let _r = L.read(); put(); A.store(1, Relaxed) });
        let _w = L.write(); if A.load(Relaxed) == 1 { get() } });"),
    ("a reader's unlock, a reader's lock", Racy, "thread::scope(|s| {
        s.spawn(|| { put(); drop(L.read()); A.store(1, Relaxed) });
        if A.load(Relaxed) == 1 { let _r = L.read(); get() } });"),
    ("a reader, a writer, a reader", Ordered, "thread::scope(|s| {
        s.spawn(|| { let _r = L.read(); put(); A.store(1, Relaxed); });
        s.spawn(|| { let mut w = L.write().unwrap(); *w = A.load(Relaxed) == 1; });
        if *L.read().unwrap() { get() } });"),
    ("both in readers", Racy, "thread::scope(|s| { s.spawn(|| { let _r = L.read(); put() }); let _r = L.read(); get() });"),
    ("a writer that tries in vain", Racy, "thread::scope(|s| {
        s.spawn(|| { put(); let _r = L.read(); A.store(1, Relaxed); drop(_r) });
        if A.load(Relaxed) == 1 && L.try_write().is_err() { get() } });"),
    ("a reader that tries", Ordered, "thread::scope(|s| { s.spawn(|| { put(); *L.write().unwrap() = true });
        if let Ok(seen) = L.try_read() { if *seen { get() } } });"),
    ("a condvar's mutex", Ordered, "let c = Condvar::new(); thread::scope(|s| {
        s.spawn(|| { put(); *M.lock().unwrap() = true; c.notify_one() });
        let _g = c.wait_while(M.lock().unwrap(), |done| !*done); get() });"),
    ("the mutex given up by a wait", Ordered, "let c = Condvar::new(); thread::scope(|s| {
        s.spawn(|| { let mut g = M.lock().unwrap(); put(); A.store(1, Relaxed); drop(c.wait_timeout(g, Duration::ZERO)); });
        let _g = M.lock(); if A.load(Relaxed) == 1 { drop(_g); let _g = M.lock(); get() } });"),
    ("a notification", Racy, "let c = Condvar::new(); thread::scope(|s| {
        s.spawn(|| { put(); A.store(1, Relaxed); c.notify_one() });
        let (_g, time) = c.wait_timeout(M.lock().unwrap(), Duration::ZERO).unwrap();
        if !time.timed_out() && A.load(Relaxed) == 1 { get() } });"),
    ("standard output's lock", Ordered, "thread::scope(|s| {
        s.spawn(|| { let _l = std::io::stdout().lock(); put() }); let _l = std::io::stdout().lock(); get() });"),
    ("what is printed", Racy, "thread::scope(|s| { s.spawn(|| { put(); println!() }); println!(); get() });"),
];

const MEETINGS: &[Row] = &[
    ("a barrier", Ordered, "let b = Barrier::new(2); thread::scope(|s| { s.spawn(|| { put(); b.wait() }); b.wait(); get() });"),
    ("a barrier of three", Ordered, "let b = Barrier::new(3); thread::scope(|s| {
        s.spawn(|| { put(); b.wait() }); s.spawn(|| { b.wait(); get() }); b.wait(); get() });"),
    ("a barrier's second round", Ordered, "let b = Barrier::new(2);
        thread::scope(|s| { s.spawn(|| { b.wait(); put(); b.wait() }); b.wait(); b.wait(); get() });"),
    ("after a barrier", Racy, "let b = Barrier::new(2); thread::scope(|s| { s.spawn(|| { b.wait(); put() }); b.wait(); get() });"),
    ("an initialiser", Ordered, "thread::scope(|s| { s.spawn(|| ONCE.call_once(put)); ONCE.call_once(put); get() });"),
    ("before an initialiser", Racy, "thread::scope(|s| { s.spawn(|| { put(); ONCE.call_once(|| ()) }); ONCE.call_once(|| ()); get() });"),
    ("is_completed", Ordered, "thread::scope(|s| { s.spawn(|| ONCE.call_once(put)); if ONCE.is_completed() { get() } });"),
    ("not is_completed", Racy, "thread::scope(|s| { s.spawn(|| ONCE.call_once(put)); if !ONCE.is_completed() { get() } });"),
    ("an initialiser that panicked", Ordered, "thread::scope(|s| {
        s.spawn(|| panic::catch_unwind(|| ONCE.call_once(|| { put(); panic!() })));
        ONCE.call_once_force(|state| if state.is_poisoned() { get() }) });"),
    ("a cell that is set", Ordered, "let c = OnceLock::new(); thread::scope(|s| {
        s.spawn(|| { put(); c.set(1).unwrap() }); if c.get().is_some() { get() } });"),
    ("a cell that is not set yet", Racy, "let c = OnceLock::new(); thread::scope(|s| {
        s.spawn(|| { put(); c.set(1).unwrap() }); if c.get().is_none() { get() } });"),
    ("a cell that another one has set", Ordered, "let c = OnceLock::new(); thread::scope(|s| {
        s.spawn(|| { put(); c.set(1) }); if c.set(2).is_err() { get() } });"),
    ("get_or_init", Ordered, "let c = OnceLock::new(); thread::scope(|s| {
        s.spawn(|| c.get_or_init(put)); c.get_or_init(put); get() });"),
    ("a lazy value", Ordered, "static V: LazyLock<()> = LazyLock::new(put);
        thread::scope(|s| { s.spawn(|| *V); *V; get() });"),
    ("a token", Ordered, "let main = thread::current(); thread::scope(|s| {
        s.spawn(|| { put(); A.store(1, Release); main.unpark() }); while A.load(Acquire) == 0 { thread::park() } get() });"),
    // A park may end for no reason.
    ("a park", Racy, "let main = thread::current(); thread::scope(|s| { s.spawn(|| { put(); main.unpark() }); thread::park(); get() });"),
    ("a park that times out", Racy, "let main = thread::current(); thread::scope(|s| {
        s.spawn(|| { put(); main.unpark() }); thread::park_timeout(Duration::ZERO); get() });"),
];

const CHANNELS: &[Row] = &[
    ("a message", Ordered, "let (tx, rx) = channel(); thread::spawn(move || { put(); tx.send(()).unwrap() }); rx.recv().unwrap(); get();"),
    ("after a message", Racy, "let (tx, rx) = channel(); thread::spawn(move || { tx.send(()).unwrap(); put() }); rx.recv().unwrap(); get();"),
    ("another's message", Racy, "let (tx, rx) = channel(); let other = tx.clone();
        thread::spawn(move || { put(); tx.send(1) }); thread::spawn(move || other.send(2));
        if rx.recv() == Ok(2) { get() }"),
    ("messages one after the other", Ordered, "let (tx, rx) = channel();
        thread::spawn(move || { put(); tx.send(1).unwrap(); tx.send(2).unwrap(); }); rx.iter().for_each(|_| get());"),
    ("a message that is there", Ordered, "let (tx, rx) = channel(); thread::spawn(move || { put(); tx.send(()) });
        if rx.try_recv().is_ok() { get() }"),
    ("a message that is not there", Racy, "let (tx, rx) = channel(); thread::spawn(move || { put(); tx.send(()) });
        if rx.try_recv().is_err() { get() }"),
    ("a message in time", Ordered, "let (tx, rx) = channel(); thread::spawn(move || { put(); tx.send(()) });
        if rx.recv_timeout(Duration::ZERO).is_ok() { get() }"),
    ("a message too late", Racy, "let (tx, rx) = channel(); thread::spawn(move || { put(); tx.send(()) });
        if rx.recv_timeout(Duration::ZERO).is_err() { get() }"),
    ("a message in a buffer", Racy, "let (tx, rx) = sync_channel(1); thread::spawn(move || { put(); rx.recv() }); tx.send(()); get();"),
    // The slot of a message is used again: without an order the channel itself would have a race.
    ("room in a buffer", Ordered, "let (tx, rx) = sync_channel(1);
        let t = thread::spawn(move || { put(); rx.recv().unwrap(); rx.recv().unwrap(); }); tx.send(()).unwrap(); tx.send(()).unwrap(); get(); t.join();"),
    ("room in a larger buffer", Racy, "let (tx, rx) = sync_channel(2);
        let t = thread::spawn(move || { rx.recv().unwrap(); put(); rx.recv().unwrap(); rx.recv() });
        for _ in 0..3 { tx.send(()).unwrap() } get(); drop(tx); t.join();"),
    ("room that is tried", Ordered, "let (tx, rx) = sync_channel(1); tx.send(()).unwrap();
        thread::spawn(move || { put(); rx.recv().unwrap(); rx }); if tx.try_send(()).is_ok() { get() }"),
    ("a meeting, the receiver after it", Ordered, "let (tx, rx) = sync_channel(0); thread::spawn(move || { put(); tx.send(()) }); rx.recv(); get();"),
    ("a meeting, the sender after it", Ordered, "let (tx, rx) = sync_channel(0); thread::spawn(move || { put(); rx.recv() }); tx.send(()).unwrap(); get();"),
    // std looks at the mark of the end with a relaxed load.
    ("the end of all senders", Racy, "let (tx, rx) = channel::<()>(); thread::spawn(move || { put(); drop(tx) }); rx.recv(); get();"),
    ("the end of all senders, tried", Racy, "let (tx, rx) = channel::<()>(); thread::spawn(move || { put(); drop(tx) });
        if rx.try_recv() == Err(TryRecvError::Disconnected) { get() }"),
    ("the end of the receiver", Racy, "let (tx, rx) = channel(); thread::spawn(move || { put(); drop(rx) }); if tx.send(()).is_err() { get() }"),
    ("what nobody receives", Ordered, "let (tx, rx) = channel();
        let t = thread::spawn(move || { put(); tx.send(Loud).ok(); A.store(1, SeqCst) }); if A.load(SeqCst) == 1 { drop(rx) } else { std::mem::forget(rx) } t.join();"),
    ("what nobody receives, unordered", Ordered, "let (tx, rx) = channel();
        let t = thread::spawn(move || { put(); std::mem::forget(tx.send(Loud)); }); drop(rx); t.join();"),
];

const COUNTS: &[Row] = &[
    ("the last drop", Ordered, "let a = Arc::new(Loud); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); drop(a);"),
    ("after a drop", Racy, "let a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); drop(a); get();"),
    ("after a drop that cannot be told from the other", Racy, "let a = Arc::new(5); let b = a.clone(); let t = thread::spawn(move || { drop(b); put() }); get(); drop(a); t.join().unwrap();"),
    ("after a weak pointer's drop", Racy, "let a = Arc::new(5); let w = Arc::downgrade(&a); let t = thread::spawn(move || { put(); drop(w) }); drop(a); get(); t.join().unwrap();"),
    ("a weak pointer's drop, and then the value's", Racy, "let a = Arc::new(Loud); let w = Arc::downgrade(&a); let t = thread::spawn(move || { put(); drop(w) }); drop(a); t.join().unwrap();"),
    ("get_mut after a weak pointer's drop", Ordered, "let mut a = Arc::new(5); let w = Arc::downgrade(&a); thread::spawn(move || { put(); drop(w) }); if Arc::get_mut(&mut a).is_some() { get() }"),
    ("a result that the thread drops", Racy, "drop(thread::spawn(|| Loud)); put();"),
    ("a result that the thread or its handle drops", Ordered, "let t = thread::spawn(|| Loud); put(); thread::yield_now(); drop(t);"),
    ("a result after what the thread did", Ordered, "let t = thread::spawn(|| { put(); Loud }); thread::yield_now(); drop(t);"),
    ("try_unwrap", Ordered, "let a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::try_unwrap(a).is_ok() { get() }"),
    ("try_unwrap in vain", Racy, "let a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::try_unwrap(a).is_err() { get() }"),
    ("into_inner", Ordered, "let a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::into_inner(a).is_some() { get() }"),
    ("into_inner in vain", Racy, "let a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::into_inner(a).is_none() { get() }"),
    ("get_mut", Ordered, "let mut a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::get_mut(&mut a).is_some() { get() }"),
    ("get_mut in vain", Racy, "let mut a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::get_mut(&mut a).is_none() { get() }"),
    ("strong_count", Racy, "let a = Arc::new(5); let b = a.clone(); thread::spawn(move || { put(); drop(b) }); if Arc::strong_count(&a) == 1 { get() }"),
    ("a clone", Racy, "let a = Arc::new(5); thread::scope(|s| { s.spawn(|| { put(); drop(a.clone()) }); let b = a.clone(); get(); });"),
    ("a cyclic value", Ordered, "struct Own(u64); let mut t = None;
        let a = Arc::new_cyclic(|w| { let w: std::sync::Weak<Own> = w.clone(); t = Some(thread::spawn(move || if let Some(a) = w.upgrade() { get(); a.0 } else { 0 })); put(); Own(1) });
        t.unwrap().join().unwrap();"),
];

const ATOMICS: &[Row] = &[
    ("release, acquire", Ordered, "thread::spawn(|| { put(); A.store(1, Release) }); if A.load(Acquire) == 1 { get() }"),
    ("relaxed, acquire", Racy, "thread::spawn(|| { put(); A.store(1, Relaxed) }); if A.load(Acquire) == 1 { get() }"),
    ("release, relaxed", Racy, "thread::spawn(|| { put(); A.store(1, Release) }); if A.load(Relaxed) == 1 { get() }"),
    ("SeqCst", Ordered, "thread::spawn(|| { put(); A.store(1, SeqCst) }); if A.load(SeqCst) == 1 { get() }"),
    ("the other value", Racy, "thread::spawn(|| { put(); A.store(1, SeqCst) }); if A.load(SeqCst) == 0 { get() }"),
    ("fences", Ordered, "thread::spawn(|| { put(); atomic::fence(Release); A.store(1, Relaxed) });
        if A.load(Relaxed) == 1 { atomic::fence(Acquire); get() }"),
    ("a fence too late", Racy, "thread::spawn(|| { atomic::fence(Release); put(); A.store(1, Relaxed) });
        if A.load(Relaxed) == 1 { atomic::fence(Acquire); get() }"),
    ("a fence too early", Racy, "thread::spawn(|| { put(); atomic::fence(Release); A.store(1, Relaxed) });
        atomic::fence(Acquire); if A.load(Relaxed) == 1 { get() }"),
    ("fences alone", Racy, "thread::spawn(|| { put(); atomic::fence(SeqCst) }); atomic::fence(SeqCst); get();"),
    ("a release sequence", Ordered, "thread::spawn(|| { put(); A.store(1, Release) }); thread::spawn(|| A.compare_exchange(1, 2, Relaxed, Relaxed));
        if A.load(Acquire) == 2 { get() }"),
    // Since C++20.
    ("a release sequence that a store ends", Racy, "thread::spawn(|| { put(); A.store(1, Release); A.store(2, Relaxed) }); if A.load(Acquire) == 2 { get() }"),
    ("an exchange that fails, acquire", Ordered, "thread::spawn(|| { put(); A.store(1, Release) }); if A.compare_exchange(5, 6, Relaxed, Acquire) == Err(1) { get() }"),
    ("an exchange that fails, relaxed", Racy, "thread::spawn(|| { put(); A.store(1, Release) }); if A.compare_exchange(5, 6, SeqCst, Relaxed) == Err(1) { get() }"),
    ("what an exchange that fails releases", Racy, "thread::spawn(|| { put(); A.compare_exchange(5, 6, SeqCst, SeqCst) }); A.load(SeqCst); get();"),
    ("an unused result that acquires", Racy, "thread::spawn(|| { put(); A.fetch_add(1, AcqRel); }); A.fetch_add(1, AcqRel); get();"),
    ("an unused result and a fence", Racy, "thread::spawn(|| { put(); A.fetch_add(1, Release); }); A.fetch_add(1, Relaxed); atomic::fence(Acquire); get();"),
    ("a used result", Ordered, "thread::spawn(|| { put(); A.fetch_add(1, Release); }); if A.fetch_add(1, Acquire) == 1 { get() }"),
    ("two atomics", Racy, "thread::spawn(|| { put(); A.store(1, Release) }); B.load(Acquire); get();"),
    ("plain and atomic", Racy, "thread::spawn(|| A.store(1, SeqCst)); unsafe { A.as_ptr().read() };"),
    ("plain and a failed exchange", Ordered, "thread::spawn(|| A.compare_exchange(5, 6, SeqCst, SeqCst)); unsafe { A.as_ptr().read() };"),
    ("plain and an atomic load", Racy, "thread::spawn(|| A.load(SeqCst)); unsafe { A.as_ptr().write(1) };"),
    ("an atomic made anew", Racy, "let at = Box::into_raw(Box::new(AtomicU32::new(0))) as usize; let of = move || unsafe { &*(at as *const AtomicU32) };
        let t = thread::spawn(move || { put(); of().store(1, Release); B.store(1, Relaxed); });
        if B.load(Relaxed) == 1 { unsafe { (at as *mut AtomicU32).write(AtomicU32::new(1)) }; of().load(Acquire); get() }"),
];

const MEMORY: &[Row] = &[
    ("neighbours", Ordered, "let mut a = [0u8; 16]; let p = a.as_mut_ptr() as usize;
        thread::scope(|s| for i in 0..2 { s.spawn(move || for k in 0..8 { unsafe { *((p + 2 * k + i) as *mut u8) = 1 } }); });"),
    ("halves that overlap", Racy, "let a = vec![0u8; 16]; let p = a.as_ptr() as usize; thread::scope(|s| {
        s.spawn(move || unsafe { (p as *mut u64).write_unaligned(1) }); unsafe { ((p + 7) as *mut u16).write_unaligned(1) } });"),
    ("both read", Ordered, "let t = thread::spawn(get); get(); t.join();"),
    ("freed meanwhile", Racy, "let b = Box::new(5u64); let p = &raw const *b as usize; let t = thread::spawn(move || unsafe { *(p as *const u64) }); drop(b); t.join();"),
    ("freed afterwards", Ordered, "let b = Box::new(5u64); let p = &raw const *b as usize; thread::spawn(move || unsafe { *(p as *const u64) }).join(); drop(b);"),
    ("memory used again", Ordered, "let t = thread::spawn(|| { unsafe { *Box::into_raw(Box::new(1u64)) = 2 }; drop(Box::new(3u64)); A.store(1, Relaxed) });
        if A.load(Relaxed) == 1 { drop(Box::new(7u64)); } t.join();"),
    ("a stack used again", Ordered, "for _ in 0..2 { thread::spawn(|| thread::scope(|s| { let mut x = 0u64; let p = &raw mut x as usize;
        thread::scope(|s| { s.spawn(move || unsafe { *(p as *mut u64) = 1 }); }); })); }"),
];

/// Rows that need more than `put` and `get`.
const TYPES: &str = "
struct Loud;
impl Drop for Loud { fn drop(&mut self) { get() } }
struct Late;
impl Drop for Late { fn drop(&mut self) { put() } }
thread_local! { static LOCAL: Late = const { Late }; }
";

#[test]
fn every_edge_orders_and_nothing_else_does() {
    let tables = [THREADS, LOCKS, MEETINGS, CHANNELS, COUNTS, ATOMICS, MEMORY];
    let only = std::env::var("ROW").unwrap_or_default();
    let rows: Vec<Row> = tables
        .concat()
        .into_iter()
        .filter(|row| row.0.contains(&only))
        .collect();
    let wrong: Vec<String> = door::in_parallel(&rows, differs)
        .into_iter()
        .flatten()
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn differs(&(what, expected, main): &Row) -> Option<String> {
    let needs_types = ["LOCAL", "Loud"].iter().any(|name| main.contains(name));
    let types = if needs_types { TYPES } else { "" };
    let text = format!("{BEGINNING}{types}fn main() {{\n{main}\n}}\n");
    let place = Place::with(&[("edge.rs", &text)]);
    let answer = place.run(&["check", "edge.rs", "--races=always", "--format=json"]);
    let found = match answer.verdict().as_str() {
        "fail data_race" => Racy,
        "pass" => Ordered,
        other => {
            return Some(format!(
                "{what}: {other}, for {expected:?}: {}",
                answer.stderr
            ));
        }
    };
    let difference = format!("{what}: {found:?}, not {expected:?}");
    (found != expected).then_some(difference)
}
