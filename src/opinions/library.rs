//! What another library must have to run a program: a mutex, a condvar, threads and atomics, which loom and shuttle
//! both offer under the names that `std` gives them.

use std::sync::atomic::Ordering;

use crate::operation::{MemoryOrdering, Operation};

/// A library of concurrent objects whose threads run under its own scheduler, all on one thread of the system.
pub trait Library: Sized + 'static {
    /// Threads that it can run in one execution, with `main`.
    const MOST_THREADS: usize;
    /// An atomic must exist before any thread that uses it: what it starts with is not seen otherwise.
    const FORESEES_ATOMICS: bool;
    /// `SeqCst` accesses are weaker than they should be, but its `SeqCst` fences are not.
    const FENCES: bool;

    /// A mutex without data.
    type Mutex: 'static;
    /// A locked mutex.
    type Guard<'a>;
    /// A condvar.
    type Condvar: 'static;
    /// An atomic.
    type Atomic: 'static;
    /// A thread.
    type Handle: 'static;

    /// A new mutex.
    fn mutex() -> Self::Mutex;
    /// A new condvar.
    fn condvar() -> Self::Condvar;
    /// Locks.
    fn lock(mutex: &Self::Mutex) -> Self::Guard<'_>;
    /// Waits.
    fn wait<'a>(condvar: &Self::Condvar, guard: Self::Guard<'a>) -> Self::Guard<'a>;
    /// Wakes everybody.
    fn notify_all(condvar: &Self::Condvar);
    /// A new thread.
    fn spawn(body: impl FnOnce() + Send + 'static) -> Self::Handle;
    /// Waits for the end of a thread where the library would cut it off otherwise.
    fn see_off(thread: Self::Handle);
    /// Lets others run.
    fn yield_now();
    /// A fence.
    fn fence(ordering: Ordering);
    /// A new atomic of `width` bytes.
    fn atomic(width: u32, value: u64) -> Self::Atomic;
    /// Performs an atomic operation (no signed maximum or minimum): what was read, and what was written.
    fn access(atomic: &Self::Atomic, operation: &Operation) -> (u64, Option<u64>);
}

/// An ordering as `std` has it.
pub fn ordering(ordering: MemoryOrdering) -> Ordering {
    match ordering {
        MemoryOrdering::Relaxed => Ordering::Relaxed,
        MemoryOrdering::Acquire => Ordering::Acquire,
        MemoryOrdering::Release => Ordering::Release,
        MemoryOrdering::AcqRel => Ordering::AcqRel,
        MemoryOrdering::SeqCst => Ordering::SeqCst,
    }
}

/// Implements [`Library`] for `$name` with the crate `$library`, and with what the two differ in.
macro_rules! library {
    ($name:ident, $library:ident, $($own:item)*) => {
        impl $crate::opinions::library::Library for $name {
            type Mutex = ::$library::sync::Mutex<()>;
            type Guard<'a> = ::$library::sync::MutexGuard<'a, ()>;
            type Condvar = ::$library::sync::Condvar;
            type Atomic = Word;
            type Handle = ::$library::thread::JoinHandle<()>;

            $($own)*

            fn mutex() -> Self::Mutex {
                ::$library::sync::Mutex::new(())
            }

            fn condvar() -> Self::Condvar {
                ::$library::sync::Condvar::new()
            }

            fn lock(mutex: &Self::Mutex) -> Self::Guard<'_> {
                mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
            }

            fn wait<'a>(condvar: &Self::Condvar, guard: Self::Guard<'a>) -> Self::Guard<'a> {
                condvar.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner)
            }

            fn notify_all(condvar: &Self::Condvar) {
                condvar.notify_all();
            }

            fn spawn(body: impl FnOnce() + Send + 'static) -> Self::Handle {
                ::$library::thread::spawn(body)
            }

            fn yield_now() {
                ::$library::thread::yield_now();
            }

            fn fence(ordering: std::sync::atomic::Ordering) {
                ::$library::sync::atomic::fence(ordering);
            }

            #[expect(clippy::cast_possible_truncation, reason = "an atomic keeps the low bytes")]
            fn atomic(width: u32, value: u64) -> Word {
                use ::$library::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64};
                match width {
                    1 => Word::One(AtomicU8::new(value as u8)),
                    2 => Word::Two(AtomicU16::new(value as u16)),
                    4 => Word::Four(AtomicU32::new(value as u32)),
                    _ => Word::Eight(AtomicU64::new(value)),
                }
            }

            #[expect(clippy::cast_possible_truncation, reason = "an atomic keeps the low bytes")]
            fn access(
                word: &Word,
                operation: &$crate::operation::Operation,
            ) -> (u64, Option<u64>) {
                use $crate::operation::{Kind, Rmw};
                use $crate::opinions::library::ordering;
                let order = ordering(operation.ordering);
                macro_rules! on {
                    ($atomic:expr, $int:ty) => {{
                        let (atomic, a) = ($atomic, operation.a as $int);
                        let (old, new) = match operation.kind {
                            Kind::AtomicLoad => (atomic.load(order), None),
                            Kind::AtomicStore => {
                                atomic.store(a, order);
                                (a, Some(a))
                            }
                            Kind::AtomicRmw => {
                                let (old, new): ($int, fn($int, $int) -> $int) =
                                    match operation.rmw {
                                        Rmw::Swap => (atomic.swap(a, order), |_, a| a),
                                        Rmw::Add => {
                                            (atomic.fetch_add(a, order), <$int>::wrapping_add)
                                        }
                                        Rmw::Sub => {
                                            (atomic.fetch_sub(a, order), <$int>::wrapping_sub)
                                        }
                                        Rmw::And => (atomic.fetch_and(a, order), |x, a| x & a),
                                        Rmw::Nand => (atomic.fetch_nand(a, order), |x, a| !(x & a)),
                                        Rmw::Or => (atomic.fetch_or(a, order), |x, a| x | a),
                                        Rmw::Xor => (atomic.fetch_xor(a, order), |x, a| x ^ a),
                                        Rmw::Max | Rmw::MaxSigned => {
                                            (atomic.fetch_max(a, order), |x, a| x.max(a))
                                        }
                                        Rmw::Min | Rmw::MinSigned => {
                                            (atomic.fetch_min(a, order), |x, a| x.min(a))
                                        }
                                    };
                                (old, Some(new(old, a)))
                            }
                            _ => {
                                let failure = ordering(operation.failure);
                                let b = operation.b as $int;
                                match atomic.compare_exchange(a, b, order, failure) {
                                    Ok(old) => (old, Some(b)),
                                    Err(old) => (old, None),
                                }
                            }
                        };
                        (u64::from(old), new.map(u64::from))
                    }};
                }
                match word {
                    Word::One(atomic) => on!(atomic, u8),
                    Word::Two(atomic) => on!(atomic, u16),
                    Word::Four(atomic) => on!(atomic, u32),
                    Word::Eight(atomic) => on!(atomic, u64),
                }
            }
        }

        /// An atomic, by its width.
        pub enum Word {
            One(::$library::sync::atomic::AtomicU8),
            Two(::$library::sync::atomic::AtomicU16),
            Four(::$library::sync::atomic::AtomicU32),
            Eight(::$library::sync::atomic::AtomicU64),
        }
    };
}
pub(super) use library;
