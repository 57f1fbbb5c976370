//! `Once`, and what `OnceLock` and `LazyLock` need of it.

use crate::abi::{Identity, Kind};
use crate::runner::{self, Caller};
use core::cell::Cell;
use core::fmt;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// Runs an initialiser once, as in std.
pub struct Once {
    identity: Identity,
    // Only the thread that runs the initialiser writes these.
    completed: Cell<bool>,
    poisoned: Cell<bool>,
}

// SAFETY: the threads of a program take turns, and no reference into the cells is given out.
unsafe impl Sync for Once {}
impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

/// What the closure of [`Once::call_once_force`] learns.
pub struct OnceState {
    // Not shared, as in std.
    poisoned: Cell<bool>,
}

/// The initial value of a [`Once`].
#[expect(clippy::declare_interior_mutable_const, reason = "std has it")]
#[deprecated(since = "1.38.0", note = "the `Once::new()` function is now preferred")]
pub const ONCE_INIT: Once = Once::new();

impl Once {
    /// Not run yet.
    #[track_caller]
    #[expect(clippy::new_without_default, reason = "std has none")]
    #[must_use]
    #[inline]
    pub const fn new() -> Once {
        Once {
            identity: Identity::new(),
            completed: Cell::new(false),
            poisoned: Cell::new(false),
        }
    }

    /// Runs `f` if nothing has run yet, or waits until it has.
    ///
    /// # Panics
    /// When an earlier run has panicked.
    #[track_caller]
    pub fn call_once<F>(&self, f: F)
    where
        F: FnOnce(),
    {
        if let Some(run) = self.begin_or_panic(POISONED, Location::caller()) {
            f();
            run.complete();
        }
    }

    /// Like [`Once::call_once`], but runs again after a panic.
    #[track_caller]
    pub fn call_once_force<F>(&self, f: F)
    where
        F: FnOnce(&OnceState),
    {
        if let Begin::Run(run) = self.begin(true, Location::caller()) {
            f(&OnceState {
                poisoned: Cell::new(run.was_poisoned),
            });
            run.complete();
        }
    }

    /// Whether an initialiser has completed.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        runner::on(
            Kind::OnceIsCompleted,
            &self.identity,
            Some(Location::caller()),
        )
        .value
            == 1
    }

    /// Waits until an initialiser has completed.
    ///
    /// # Panics
    /// When an earlier run has panicked.
    #[track_caller]
    pub fn wait(&self) {
        let reply = runner::on(Kind::OnceWait, &self.identity, Some(Location::caller()));
        if reply.value != 1 {
            panic_poisoned(POISONED);
        }
    }

    /// Like [`Once::wait`], but waits on after a panic.
    #[track_caller]
    pub fn wait_force(&self) {
        let site = Some(Location::caller());
        while runner::with(Kind::OnceWait, &self.identity, 1, 0, site).value != 1 {}
    }

    /// Begins to run the initialiser, or waits until it has completed. `force`: also after a panic.
    #[inline(never)]
    pub(super) fn begin(&self, force: bool, site: Caller) -> Begin<'_> {
        let reply = runner::with(
            Kind::OnceBegin,
            &self.identity,
            u64::from(force),
            0,
            Some(site),
        );
        match reply.value {
            0 => Begin::Completed,
            1 => Begin::Run(Run {
                once: self,
                was_poisoned: self.poisoned.get(),
                site,
            }),
            _ => Begin::Poisoned,
        }
    }

    /// [`Once::begin`] that panics in the words of std.
    #[track_caller]
    pub(super) fn begin_or_panic(&self, what: &'static str, site: Caller) -> Option<Run<'_>> {
        match self.begin(false, site) {
            Begin::Run(run) => Some(run),
            Begin::Completed => None,
            Begin::Poisoned => panic_poisoned(what),
        }
    }

    /// Known without asking, to whom nobody can interfere with.
    pub(super) fn completed_here(&self) -> bool {
        self.completed.get()
    }

    /// Known without asking, to whom nobody can interfere with.
    pub(super) fn poisoned_here(&self) -> bool {
        self.poisoned.get()
    }
}

const POISONED: &str = "Once instance has previously been poisoned";

#[track_caller]
pub(super) fn panic_poisoned(what: &'static str) -> ! {
    crate::panic::panic_any(what)
}

/// What [`Once::begin`] found.
pub(super) enum Begin<'a> {
    Run(Run<'a>),
    Completed,
    Poisoned,
}

/// A running initialiser; poisons the `Once` unless it completes.
pub(super) struct Run<'a> {
    once: &'a Once,
    was_poisoned: bool,
    site: Caller,
}

impl Run<'_> {
    pub(super) fn complete(self) {
        self.end(true);
        core::mem::forget(self);
    }

    fn end(&self, completed: bool) {
        self.once.completed.set(completed);
        self.once.poisoned.set(!completed);
        let a = u64::from(completed);
        runner::with(Kind::OnceEnd, &self.once.identity, a, 0, Some(self.site));
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.end(false);
    }
}

impl OnceState {
    /// Whether an earlier run has panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.get()
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState")
            .field("poisoned", &self.is_poisoned())
            .finish()
    }
}
