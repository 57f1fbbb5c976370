//! `LazyLock`.

use super::Once;
use super::once::panic_poisoned;
use crate::runner::Caller;
use core::cell::UnsafeCell;
use core::fmt;
use core::ops::{Deref, DerefMut};
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// A value that is made at its first use, as in std.
pub struct LazyLock<T, F = fn() -> T> {
    once: Once,
    state: UnsafeCell<State<T, F>>,
}

const POISONED: &str = "LazyLock instance has previously been poisoned";

enum State<T, F> {
    Waiting(F),
    Running,
    Ready(T),
}

// SAFETY: one thread makes the value, and it is only shared after that; `F` is only ever moved into that thread.
unsafe impl<T: Sync + Send, F: Send> Sync for LazyLock<T, F> {}
impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// Will call `f` at its first use.
    #[track_caller]
    #[inline]
    pub const fn new(f: F) -> LazyLock<T, F> {
        LazyLock {
            once: Once::new(),
            state: UnsafeCell::new(State::Waiting(f)),
        }
    }

    /// The value, which is made now if it is not there.
    ///
    /// # Panics
    /// When the closure panics, or has done so before.
    #[track_caller]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        this.force_at(Location::caller())
    }

    /// The value, which is made now if it is not there.
    ///
    /// # Panics
    /// When the closure panics, or has done so before.
    #[track_caller]
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        this.force_at(Location::caller());
        LazyLock::get_mut(this).expect("a completed LazyLock has a value")
    }

    #[track_caller]
    fn force_at(&self, site: Caller) -> &T {
        if let Some(run) = self.once.begin_or_panic(POISONED, site) {
            // SAFETY: this thread runs the initialiser, so nobody else looks at the state.
            let state = unsafe { core::mem::replace(&mut *self.state.get(), State::Running) };
            let State::Waiting(f) = state else {
                panic_poisoned(POISONED)
            };
            let value = f();
            // SAFETY: as above.
            unsafe { *self.state.get() = State::Ready(value) };
            run.complete();
        }
        self.ready().expect("a completed LazyLock has a value")
    }
}

impl<T, F> LazyLock<T, F> {
    /// The value, if it has been made.
    #[track_caller]
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        if this.once.is_completed() {
            this.ready()
        } else {
            None
        }
    }

    /// The value, if it has been made.
    #[track_caller]
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        if !this.once.completed_here() && this.once.poisoned_here() {
            panic_poisoned(POISONED);
        }
        match this.state.get_mut() {
            State::Ready(value) => Some(value),
            _ => None,
        }
    }

    fn ready(&self) -> Option<&T> {
        // SAFETY: nobody writes after completion.
        match unsafe { &*self.state.get() } {
            State::Ready(value) => Some(value),
            _ => None,
        }
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        self.force_at(Location::caller())
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> LazyLock<T> {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_tuple("LazyLock");
        match LazyLock::get(self) {
            Some(v) => d.field(v),
            None => d.field(&format_args!("<uninit>")),
        };
        d.finish()
    }
}
