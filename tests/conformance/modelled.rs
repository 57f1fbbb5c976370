//! Uses everything that the stand-in models, so that it must compile against std and against the stand-in.
//! It is compiled, never run.
#![allow(deprecated, dead_code, unused)]
#![deny(unsafe_code)]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::fmt::{Debug, Display, Pointer};
use std::hash::Hash;
use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::ops::{Add, AddAssign, Deref, DerefMut, Sub, SubAssign};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{self, *};
use std::sync::mpsc::{self, *};
use std::sync::*;
use std::thread::{
    self, AccessError, Builder, JoinHandle, LocalKey, Scope, ScopedJoinHandle, Thread, ThreadId,
};
use std::time::{Duration, Instant, SystemTime, SystemTimeError, UNIX_EPOCH};

// Auto traits, and the others that std implements.

fn send<T: Send + ?Sized>() {}
fn sync<T: Sync + ?Sized>() {}
fn unwind_safe<T: UnwindSafe + ?Sized>() {}
fn ref_unwind_safe<T: RefUnwindSafe + ?Sized>() {}
fn everywhere<T: Send + Sync + UnwindSafe + RefUnwindSafe + ?Sized>() {}
fn default<T: Default>() {}
fn debug<T: Debug + ?Sized>() {}
fn display<T: Display + ?Sized>() {}
fn from<T: From<U>, U>() {}
fn value<T: Copy + Clone + Eq + Hash + Debug>() {}
fn ordered<T: Copy + Clone + Ord + Hash + Debug + Send + Sync>() {}
fn iterator<T: Iterator>() {}
fn error<T: Error>() {}

type Local = std::rc::Rc<()>;
type OnlySend = Cell<u8>;

/// Which of a type's impls hold, told apart by which method is found first.
macro_rules! lacks {
    ($($type:ty: $bound:ident;)*) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn item() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + $bound> Ambiguous<u8> for T {}
            // Ambiguous, and so an error, if the bound holds as well.
            let _ = <$type as Ambiguous<_>>::item;
        };
    )*};
}

lacks! {
    MutexGuard<'static, u8>: Send;
    RwLockReadGuard<'static, u8>: Send;
    RwLockWriteGuard<'static, u8>: Send;
    MutexGuard<'static, OnlySend>: Sync;
    RwLockReadGuard<'static, OnlySend>: Sync;
    Mutex<Local>: Send;
    Mutex<Local>: Sync;
    RwLock<OnlySend>: Sync;
    RwLock<Local>: Send;
    OnceLock<OnlySend>: Sync;
    OnceLock<Local>: Send;
    LazyLock<OnlySend>: Sync;
    LazyLock<Local>: Send;
    Receiver<u8>: Sync;
    Receiver<Local>: Send;
    Sender<Local>: Send;
    Sender<Local>: Sync;
    SyncSender<Local>: Send;
    OnceLock<&'static OnlySend>: Send;
    JoinHandle<u8>: UnwindSafe;
    JoinHandle<u8>: RefUnwindSafe;
    ScopedJoinHandle<'static, u8>: UnwindSafe;
    io::StdoutLock<'static>: Send;
    io::StdoutLock<'static>: Sync;
    OnceLock<Cell<u8>>: RefUnwindSafe;
    LazyLock<Cell<u8>>: RefUnwindSafe;
    OnceState: Sync;
    OnceState: RefUnwindSafe;
    ScopedJoinHandle<'static, Local>: Send;
    ScopedJoinHandle<'static, Local>: Sync;
    Once: Clone;
    Mutex<u8>: Clone;
    Barrier: Default;
    Builder: Default;
    Once: Default;
    BarrierWaitResult: Clone;
    Iter<'static, u8>: Clone;
    Receiver<u8>: Clone;
}

fn auto_traits() {
    everywhere::<Mutex<u8>>();
    everywhere::<Mutex<OnlySend>>();
    everywhere::<Mutex<[u8]>>();
    everywhere::<Mutex<dyn Debug + Send>>();
    everywhere::<RwLock<u8>>();
    everywhere::<RwLock<dyn Debug + Send + Sync>>();
    everywhere::<Condvar>();
    everywhere::<Barrier>();
    everywhere::<BarrierWaitResult>();
    everywhere::<WaitTimeoutResult>();
    everywhere::<Once>();
    send::<OnceState>();
    unwind_safe::<OnceState>();
    everywhere::<OnceLock<u8>>();
    everywhere::<LazyLock<u8>>();
    everywhere::<Sender<u8>>();
    everywhere::<SyncSender<OnlySend>>();
    send::<Receiver<OnlySend>>();
    unwind_safe::<Receiver<OnlySend>>();
    ref_unwind_safe::<Receiver<OnlySend>>();
    sync::<Sender<OnlySend>>();
    send::<mpsc::IntoIter<u8>>();
    sync::<MutexGuard<'static, u8>>();
    sync::<RwLockReadGuard<'static, u8>>();
    sync::<RwLockWriteGuard<'static, u8>>();
    unwind_safe::<MutexGuard<'static, Cell<u8>>>();
    ref_unwind_safe::<MutexGuard<'static, Cell<u8>>>();
    unwind_safe::<RwLockReadGuard<'static, u8>>();
    ref_unwind_safe::<RwLockReadGuard<'static, u8>>();
    unwind_safe::<RwLockWriteGuard<'static, Cell<u8>>>();
    send::<JoinHandle<Local>>();
    sync::<JoinHandle<Local>>();
    send::<ScopedJoinHandle<'static, OnlySend>>();
    sync::<ScopedJoinHandle<'static, OnlySend>>();
    everywhere::<Thread>();
    everywhere::<ThreadId>();
    everywhere::<Builder>();
    everywhere::<AccessError>();
    send::<Scope<'static, 'static>>();
    sync::<Scope<'static, 'static>>();
    everywhere::<LocalKey<Cell<Local>>>();
    everywhere::<Instant>();
    everywhere::<SystemTime>();
    everywhere::<io::Stdout>();
    everywhere::<io::Stderr>();
    everywhere::<AtomicBool>();
    everywhere::<AtomicPtr<Local>>();
    everywhere::<AtomicU8>();
}

fn traits() {
    default::<Mutex<u8>>();
    default::<RwLock<u8>>();
    default::<Condvar>();
    default::<OnceLock<Local>>();
    default::<LazyLock<u8>>();
    default::<AtomicBool>();
    default::<AtomicPtr<u8>>();
    from::<Mutex<u8>, u8>();
    from::<RwLock<u8>, u8>();
    from::<OnceLock<u8>, u8>();
    from::<AtomicBool, bool>();
    from::<AtomicPtr<u8>, *mut u8>();
    from::<TryLockError<u8>, PoisonError<u8>>();
    debug::<Mutex<[u8]>>();
    debug::<MutexGuard<'static, [u8]>>();
    display::<MutexGuard<'static, str>>();
    debug::<RwLock<[u8]>>();
    debug::<RwLockReadGuard<'static, [u8]>>();
    display::<RwLockReadGuard<'static, str>>();
    debug::<RwLockWriteGuard<'static, [u8]>>();
    display::<RwLockWriteGuard<'static, str>>();
    debug::<Condvar>();
    debug::<Barrier>();
    debug::<BarrierWaitResult>();
    debug::<Once>();
    debug::<OnceState>();
    debug::<OnceLock<u8>>();
    debug::<LazyLock<u8>>();
    debug::<Sender<Local>>();
    debug::<SyncSender<Local>>();
    debug::<Receiver<Local>>();
    debug::<mpsc::Iter<'static, u8>>();
    debug::<mpsc::TryIter<'static, u8>>();
    debug::<mpsc::IntoIter<u8>>();
    debug::<JoinHandle<Local>>();
    debug::<ScopedJoinHandle<'static, Local>>();
    debug::<Scope<'static, 'static>>();
    debug::<Thread>();
    debug::<Builder>();
    debug::<LocalKey<u8>>();
    debug::<AtomicBool>();
    debug::<AtomicPtr<u8>>();
    debug::<io::Stdout>();
    debug::<io::StdoutLock<'static>>();
    unwind_safe::<io::StdoutLock<'static>>();
    ref_unwind_safe::<io::StdoutLock<'static>>();
    error::<AccessError>();
    error::<PoisonError<u8>>();
    error::<TryLockError<u8>>();
    error::<SendError<u8>>();
    error::<TrySendError<u8>>();
    error::<RecvError>();
    error::<TryRecvError>();
    error::<RecvTimeoutError>();
    error::<SystemTimeError>();
    value::<ThreadId>();
    ordered::<Instant>();
    ordered::<SystemTime>();
    iterator::<mpsc::Iter<'static, u8>>();
    iterator::<mpsc::TryIter<'static, u8>>();
    iterator::<mpsc::IntoIter<u8>>();
}

fn pointer<T: Pointer>() {}
fn equal<T: PartialEq + Eq + Copy + Debug>() {}

fn more_traits() {
    pointer::<AtomicPtr<u8>>();
    equal::<WaitTimeoutResult>();
    equal::<AccessError>();
    let once: OnceLock<u8> = OnceLock::new();
    let _: bool = once == once.clone();
}

// Statics: what must be const.

static MUTEX: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static RWLOCK: RwLock<Vec<u8>> = RwLock::new(Vec::new());
static CONDVAR: Condvar = Condvar::new();
static BARRIER: Barrier = Barrier::new(2);
static ONCE: Once = Once::new();
static OLD_ONCE: Once = ONCE_INIT;
static CELL: OnceLock<String> = OnceLock::new();
static LAZY: LazyLock<HashMap<u8, u8>> = LazyLock::new(HashMap::new);
static FLAG: AtomicBool = AtomicBool::new(false);
static OLD_FLAG: AtomicBool = ATOMIC_BOOL_INIT;
static COUNT: AtomicUsize = ATOMIC_USIZE_INIT;
static SIGNED: AtomicIsize = ATOMIC_ISIZE_INIT;
static POINTER: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());

// Sizes and alignments, as in core.

macro_rules! layout {
    ($($type:ty, $like:ty;)*) => {$(
        const _: () = assert!(size_of::<$type>() == size_of::<$like>());
        const _: () = assert!(align_of::<$type>() == size_of::<$like>());
    )*};
}

layout! {
    AtomicBool, bool; AtomicPtr<u8>, *mut u8;
    AtomicI8, i8; AtomicU8, u8; AtomicI16, i16; AtomicU16, u16; AtomicI32, i32; AtomicU32, u32;
    AtomicI64, i64; AtomicU64, u64; AtomicIsize, isize; AtomicUsize, usize;
}

fn mutex(
    mut m: Mutex<u8>,
    shared: &Mutex<u8>,
    dynamic: &Mutex<dyn Debug>,
) -> Result<(), Box<dyn Error>> {
    let guard: LockResult<MutexGuard<'_, u8>> = shared.lock();
    *guard.unwrap() += 1;
    let tried: TryLockResult<MutexGuard<'_, u8>> = shared.try_lock();
    match tried {
        Ok(guard) => drop(guard),
        Err(TryLockError::Poisoned(error)) => drop(error.into_inner()),
        Err(TryLockError::WouldBlock) => {}
    }
    let _: bool = shared.is_poisoned();
    shared.clear_poison();
    let guard = shared.lock().unwrap_or_else(PoisonError::into_inner);
    let _: &u8 = guard.deref();
    println!(
        "{guard} {guard:?} {:?} {:?}",
        shared,
        dynamic.lock().unwrap()
    );
    let _: &mut u8 = m.get_mut().unwrap();
    let _: u8 = m.into_inner().unwrap();
    let unsized_: Arc<Mutex<[u8]>> = Arc::new(Mutex::new([1, 2, 3]));
    let object: Arc<Mutex<dyn Fn() + Send>> = Arc::new(Mutex::new(|| ()));
    (object.lock().unwrap())();
    unsized_.lock().unwrap()[0] = 1;
    Ok(())
}

fn variance<'a>(guard: RwLockReadGuard<'a, &'static str>) -> RwLockReadGuard<'a, &'a str> {
    guard
}

fn variance_of_cells<'a>(cell: Sender<&'a str>) -> Sender<&'a str> {
    cell
}

fn may_dangle() {
    // Dropped before what they refer to, in an order that only std's drop check allows.
    let (cell, mutex, local);
    local = String::new();
    cell = OnceLock::new();
    mutex = Mutex::new(&local);
    let _ = cell.set(&local);
    let late;
    let lock = OnceLock::new();
    late = String::new();
    let _ = lock.set(&late);
}

fn rwlock(mut m: RwLock<u8>, shared: &RwLock<u8>) {
    let reader: LockResult<RwLockReadGuard<'_, u8>> = shared.read();
    println!("{} {:?}", *reader.unwrap(), shared);
    let writer: LockResult<RwLockWriteGuard<'_, u8>> = shared.write();
    *writer.unwrap().deref_mut() += 1;
    let _held: TryLockResult<RwLockReadGuard<'_, u8>> = shared.try_read();
    let _held: TryLockResult<RwLockWriteGuard<'_, u8>> = shared.try_write();
    let _held: RwLockReadGuard<'_, u8> = RwLockWriteGuard::downgrade(shared.write().unwrap());
    let _: bool = shared.is_poisoned();
    shared.clear_poison();
    let _: &mut u8 = m.get_mut().unwrap();
    let _: u8 = m.into_inner().unwrap();
}

fn condvar(c: &Condvar, m: &Mutex<bool>) {
    let guard = m.lock().unwrap();
    let guard: MutexGuard<'_, bool> = c.wait(guard).unwrap();
    let guard = c.wait_while(guard, |ready| !*ready).unwrap();
    let (guard, result): (_, WaitTimeoutResult) =
        c.wait_timeout(guard, Duration::from_millis(1)).unwrap();
    let _: bool = result.timed_out();
    let (guard, _) = c
        .wait_timeout_while(guard, Duration::ZERO, |ready| !*ready)
        .unwrap();
    let (_guard, _): (_, bool) = c.wait_timeout_ms(guard, 1).unwrap();
    c.notify_one();
    c.notify_all();
}

fn once_and_barrier() {
    ONCE.call_once(|| ());
    ONCE.call_once_force(|state: &OnceState| assert!(!state.is_poisoned()));
    let _: bool = ONCE.is_completed();
    ONCE.wait();
    ONCE.wait_force();
    let result: BarrierWaitResult = BARRIER.wait();
    let _: bool = result.is_leader();
}

fn cells(mut cell: OnceLock<String>, mut lazy: LazyLock<u8>) {
    let _: Option<&String> = CELL.get();
    let _: Result<(), String> = CELL.set(String::new());
    let _: &String = CELL.get_or_init(String::new);
    let _: &String = CELL.wait();
    let _: Option<&mut String> = cell.get_mut();
    let _: Option<String> = cell.take();
    let _: Option<String> = cell.clone().into_inner();
    let _: &HashMap<u8, u8> = LazyLock::force(&LAZY);
    let _: usize = LAZY.len();
    let _: Option<&u8> = LazyLock::get(&lazy);
    let _: Option<&mut u8> = LazyLock::get_mut(&mut lazy);
    let _: &mut u8 = LazyLock::force_mut(&mut lazy);
    *lazy += 1;
    let captured = 3;
    let _: LazyLock<u8, _> = LazyLock::new(move || captured);
}

fn channels() -> Result<(), Box<dyn Error>> {
    let (tx, rx): (Sender<u8>, Receiver<u8>) = channel();
    let (stx, srx): (SyncSender<u8>, Receiver<u8>) = sync_channel(0);
    let _: Result<(), SendError<u8>> = tx.clone().send(1);
    let _: Result<(), SendError<u8>> = stx.clone().send(1);
    match stx.try_send(1) {
        Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
    }
    let _: Result<u8, RecvError> = rx.recv();
    match rx.try_recv() {
        Ok(_) | Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
    }
    match rx.recv_timeout(Duration::from_secs(1)) {
        Ok(_) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
    }
    let _: mpsc::Iter<'_, u8> = rx.iter();
    let _: mpsc::TryIter<'_, u8> = rx.try_iter();
    for _ in &rx {}
    for _ in rx {}
    let _: mpsc::IntoIter<u8> = srx.into_iter();
    tx.send(1)?;
    Ok(())
}

macro_rules! integers {
    ($($atomic:ident $int:ty;)*) => {$({
        const O: Ordering = Ordering::SeqCst;
        let mut a = $atomic::new(1);
        let _: $int = a.load(O);
        a.store(1, O);
        let _: $int = a.swap(1, O);
        let _: $int = a.compare_and_swap(1, 2, O);
        let _: Result<$int, $int> = a.compare_exchange(1, 2, O, O);
        let _: Result<$int, $int> = a.compare_exchange_weak(1, 2, O, O);
        let _: $int = a.fetch_add(1, O);
        let _: $int = a.fetch_sub(1, O);
        let _: $int = a.fetch_and(1, O);
        let _: $int = a.fetch_nand(1, O);
        let _: $int = a.fetch_or(1, O);
        let _: $int = a.fetch_xor(1, O);
        let _: $int = a.fetch_max(1, O);
        let _: $int = a.fetch_min(1, O);
        let _: Result<$int, $int> = a.fetch_update(O, O, |x| x.checked_add(1));
        let _: Result<$int, $int> = a.try_update(O, O, |x| x.checked_add(1));
        let _: $int = a.update(O, O, |x| x.wrapping_add(1));
        let _: *mut $int = a.as_ptr();
        *a.get_mut() += 1;
        everywhere::<$atomic>();
        default::<$atomic>();
        debug::<$atomic>();
        from::<$atomic, $int>();
        const MADE: $atomic = $atomic::new(3);
        const INNER: $int = $atomic::new(3).into_inner();
        #[allow(unsafe_code)]
        const fn at<'a>(p: *mut $int) -> &'a $atomic {
            unsafe { $atomic::from_ptr(p) }
        }
        let _: $int = a.into_inner();
    })*};
}

fn integers() {
    integers! {
        AtomicI8 i8; AtomicU8 u8; AtomicI16 i16; AtomicU16 u16; AtomicI32 i32; AtomicU32 u32;
        AtomicI64 i64; AtomicU64 u64; AtomicIsize isize; AtomicUsize usize;
    }
}

fn other_atomics(mut flag: AtomicBool, mut pointer: AtomicPtr<u8>, p: *mut u8) {
    const O: Ordering = Ordering::SeqCst;
    let _: bool = flag.load(O);
    flag.store(true, O);
    let _: bool = flag.swap(true, O);
    let _: bool = flag.compare_and_swap(true, false, O);
    let _: Result<bool, bool> = flag.compare_exchange(true, false, O, O);
    let _: Result<bool, bool> = flag.compare_exchange_weak(true, false, O, O);
    let _: bool = flag.fetch_and(true, O);
    let _: bool = flag.fetch_nand(true, O);
    let _: bool = flag.fetch_or(true, O);
    let _: bool = flag.fetch_xor(true, O);
    let _: bool = flag.fetch_not(O);
    let _: Result<bool, bool> = flag.fetch_update(O, O, Some);
    let _: Result<bool, bool> = flag.try_update(O, O, Some);
    let _: bool = flag.update(O, O, |x| !x);
    let _: *mut bool = flag.as_ptr();
    let _: &mut bool = flag.get_mut();
    let _: bool = flag.into_inner();
    let _: *mut u8 = pointer.load(O);
    pointer.store(p, O);
    let _: *mut u8 = pointer.swap(p, O);
    let _: *mut u8 = pointer.compare_and_swap(p, p, O);
    let _: Result<*mut u8, *mut u8> = pointer.compare_exchange(p, p, O, O);
    let _: Result<*mut u8, *mut u8> = pointer.compare_exchange_weak(p, p, O, O);
    let _: Result<*mut u8, *mut u8> = pointer.fetch_update(O, O, Some);
    let _: Result<*mut u8, *mut u8> = pointer.try_update(O, O, Some);
    let _: *mut u8 = pointer.update(O, O, |x| x);
    let _: *mut u8 = pointer.fetch_ptr_add(1, O);
    let _: *mut u8 = pointer.fetch_ptr_sub(1, O);
    let _: *mut u8 = pointer.fetch_byte_add(1, O);
    let _: *mut u8 = pointer.fetch_byte_sub(1, O);
    let _: *mut u8 = pointer.fetch_or(1, O);
    let _: *mut u8 = pointer.fetch_and(1, O);
    let _: *mut u8 = pointer.fetch_xor(1, O);
    let _: *mut *mut u8 = pointer.as_ptr();
    println!("{pointer:p} {pointer:?}");
    let _: &mut *mut u8 = pointer.get_mut();
    let _: *mut u8 = pointer.into_inner();
    fence(O);
    compiler_fence(O);
    atomic::fence(atomic::Ordering::Acquire);
    atomic::spin_loop_hint();
    std::hint::spin_loop();
    let _ = std::hint::black_box(1);
}

fn threads() -> io::Result<()> {
    let handle: JoinHandle<u8> = thread::spawn(|| 1);
    let _: &Thread = handle.thread();
    let _: bool = handle.is_finished();
    handle.thread().unpark();
    let result: thread::Result<u8> = handle.join();
    let handle = Builder::new()
        .name("a".into())
        .stack_size(1 << 20)
        .spawn(|| 1)?;
    #[allow(unsafe_code)]
    let _: JoinHandle<u8> = unsafe { Builder::new().spawn_unchecked(|| 1)? };
    thread::park();
    thread::park_timeout(Duration::ZERO);
    thread::park_timeout_ms(1);
    thread::yield_now();
    thread::sleep(Duration::ZERO);
    thread::sleep_ms(1);
    let me: Thread = thread::current();
    let _: ThreadId = me.clone().id();
    let _: Option<&str> = me.name();
    let _: NonZero<usize> = thread::available_parallelism()?;
    let _: bool = thread::panicking();
    Ok(())
}

fn scopes() {
    let mut numbers = vec![1, 2, 3];
    let mut sum = 0;
    let returned: u8 = thread::scope(|s: &Scope<'_, '_>| {
        let handle: ScopedJoinHandle<'_, usize> = s.spawn(|| numbers.len());
        s.spawn(|| s.spawn(|| sum += 1));
        let _ = Builder::new()
            .name("b".into())
            .spawn_scoped(s, || numbers.first());
        let _: bool = handle.is_finished();
        handle.thread().unpark();
        let _: thread::Result<usize> = handle.join();
        1
    });
    numbers.push(sum);
}

thread_local! {
    static PLAIN: Cell<u8> = Cell::new(1);
    /// With a comment.
    pub static CONST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    pub(crate) static LAST: Local = Local::new(())
}
thread_local!(static SINGLE: Cell<Option<u8>> = const { Cell::new(None) });
std::thread_local! { static QUALIFIED: u8 = 1; }

fn locals() {
    let _: u8 = PLAIN.get();
    PLAIN.set(2);
    let _: u8 = PLAIN.take();
    let _: u8 = PLAIN.replace(3);
    let _: usize = CONST.with_borrow(Vec::len);
    CONST.with_borrow_mut(|v| v.push(1));
    CONST.set(vec![]);
    let _: Vec<u8> = CONST.take();
    let _: Vec<u8> = CONST.replace(vec![]);
    let _: usize = LAST.with(std::rc::Rc::strong_count);
    let _: Result<u8, AccessError> = QUALIFIED.try_with(|x| *x);
    let key: &'static LocalKey<Cell<Option<u8>>> = &SINGLE;
    key.with(|_| ());
}

fn times() -> Result<(), SystemTimeError> {
    let start = Instant::now();
    let second = Duration::from_secs(1);
    let _: Duration = start.elapsed();
    let _: Duration = start.duration_since(start);
    let _: Option<Duration> = start.checked_duration_since(start);
    let _: Duration = start.saturating_duration_since(start);
    let _: Option<Instant> = start
        .checked_add(second)
        .and_then(|x| x.checked_sub(second));
    let mut later: Instant = start + second - second;
    later += second;
    later -= second;
    let _: Duration = later - start;
    let now = SystemTime::now();
    let _: Duration = now.duration_since(UNIX_EPOCH)?;
    let _: Duration = now.duration_since(SystemTime::UNIX_EPOCH)?;
    let _: Duration = now.elapsed()?;
    let _: Option<SystemTime> = now.checked_add(second).and_then(|x| x.checked_sub(second));
    let mut later: SystemTime = now + second - second;
    later += second;
    later -= second;
    println!("{start:?} {now:?}");
    Ok(())
}

fn output() -> io::Result<()> {
    print!("a{}", 1);
    println!();
    println!("{0} {name:?}", 1, name = "x");
    eprint!("a");
    eprintln!();
    eprintln!("a{}", 1);
    std::println!("a");
    let x: u8 = dbg!(1 + 1);
    let _: (u8, u8) = dbg!(x, x);
    dbg!();
    let mut lock: io::StdoutLock<'static> = io::stdout().lock();
    writeln!(lock, "a{}", 1)?;
    lock.write_all(b"a")?;
    lock.flush()?;
    writeln!(io::stdout(), "a")?;
    writeln!(&io::stdout(), "a")?;
    let mut lock: io::StderrLock<'static> = io::stderr().lock();
    write!(lock, "a")?;
    writeln!(io::stderr(), "a")?;
    let _: bool = io::stdout().is_terminal();
    let _: bool = io::stdin().is_terminal();
    let boxed: Box<dyn Write + Send> = Box::new(io::stdout());
    Ok(())
}

fn ends(code: i32) -> ! {
    std::panic::set_hook(Box::new(|info: &std::panic::PanicHookInfo<'_>| {
        println!("{info}")
    }));
    let _: Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Sync + Send> = std::panic::take_hook();
    let _ = std::panic::catch_unwind(|| panic!("a"));
    if code == 0 {
        std::process::abort()
    } else {
        std::process::exit(code)
    }
}

mod macros_reach_into_modules {
    pub fn f() {
        println!("{:?}", vec![1]);
        assert_eq!(1, 1, "{}", 1);
        thread_local! { static A: u8 = 1; }
    }
}

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
