//! `scope`: threads that borrow from their parent.

use super::Thread;
use super::join::Inner;
use crate::abi::{Identity, Kind};
use crate::runner::{self, Caller};
use crate::thread::Result;
use ::std::sync::Arc;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::panic::{AssertUnwindSafe, Location, RefUnwindSafe, UnwindSafe};

/// A scope to spawn threads in, as in std.
pub struct Scope<'scope, 'env: 'scope> {
    data: Arc<ScopeData>,
    // Invariant in both, as in std: a thread must not outlive what it borrows.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// A thread of a scope that can be waited for.
pub struct ScopedJoinHandle<'scope, T>(Inner<T>, PhantomData<&'scope ()>);

/// What a scope and its threads share.
pub(super) struct ScopeData {
    identity: Identity,
    /// Threads ever spawned in the scope.
    spawned: Cell<u64>,
    /// Threads that have not left yet.
    running: Cell<u64>,
    a_thread_panicked: Cell<bool>,
    main_thread: Thread,
}

// SAFETY: one thread runs at a time, and none stops while it changes a cell.
unsafe impl Sync for ScopeData {}
impl UnwindSafe for ScopeData {}
impl RefUnwindSafe for ScopeData {}

/// Runs `f`, and waits for the threads that it has spawned.
///
/// # Panics
/// When a thread has panicked that nobody has joined.
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope {
        data: ScopeData::new(),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = crate::panic::catch_unwind(AssertUnwindSafe(|| f(&scope)));
    scope.data.wait(Location::caller());
    match result {
        Err(payload) => crate::panic::resume_unwind(payload),
        Ok(_) if scope.data.a_thread_panicked.get() => panic!("a scoped thread panicked"),
        Ok(result) => result,
    }
}

impl<'scope> Scope<'scope, '_> {
    /// Runs `f` in a thread of this scope.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.launch(None, f, Location::caller())
    }

    pub(super) fn launch<F, T>(
        &'scope self,
        name: Option<String>,
        f: F,
        site: Caller,
    ) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let data = Some(Arc::clone(&self.data));
        // SAFETY: `scope` does not return before the thread has left it.
        let inner = unsafe { Inner::spawn(name, data, f, site) };
        ScopedJoinHandle(inner, PhantomData)
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// A handle to the thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.0.thread
    }

    /// Waits for the thread's end.
    ///
    /// # Errors
    /// What the thread has panicked with.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.0.join(Location::caller())
    }

    /// Whether the thread has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished(Location::caller())
    }
}

impl ScopeData {
    #[track_caller]
    fn new() -> Arc<ScopeData> {
        Arc::new(ScopeData {
            identity: Identity::new(),
            spawned: Cell::new(0),
            running: Cell::new(0),
            a_thread_panicked: Cell::new(false),
            main_thread: super::current(),
        })
    }

    pub(super) fn entered(&self) {
        self.spawned.set(self.spawned.get() + 1);
        self.running.set(self.running.get() + 1);
    }

    pub(super) fn panicked(&self) {
        self.a_thread_panicked.set(true);
    }

    pub(super) fn leave(&self) {
        runner::on(Kind::ScopeLeave, &self.identity, None);
        self.running.set(self.running.get() - 1);
    }

    /// Asks at least once: only so the runner knows what was waited for. More often when the threads of the
    /// scope spawn others.
    fn wait(&self, site: Caller) {
        if self.spawned.get() == 0 {
            return;
        }
        loop {
            runner::with(
                Kind::ScopeWait,
                &self.identity,
                self.spawned.get(),
                0,
                Some(site),
            );
            if self.running.get() == 0 {
                return;
            }
        }
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("num_running_threads", &self.data.running.get())
            .field("a_thread_panicked", &self.data.a_thread_panicked.get())
            .field("main_thread", &self.data.main_thread)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
