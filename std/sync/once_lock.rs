//! `OnceLock`.

use super::Once;
use super::once::Begin;
use core::cell::UnsafeCell;
use core::fmt;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// A cell that is written once, as in std.
pub struct OnceLock<T> {
    once: Once,
    // An option, so that dropping needs no code here (std's drop check is as lenient).
    value: UnsafeCell<Option<T>>,
}

// SAFETY: the value is written by one thread, and only shared after that.
unsafe impl<T: Sync + Send> Sync for OnceLock<T> {}
// SAFETY: it owns its value.
unsafe impl<T: Send> Send for OnceLock<T> {}
impl<T: RefUnwindSafe + UnwindSafe> RefUnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// Empty.
    #[track_caller]
    #[must_use]
    #[inline]
    pub const fn new() -> OnceLock<T> {
        OnceLock {
            once: Once::new(),
            value: UnsafeCell::new(None),
        }
    }

    /// The value, if it is there.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.once.is_completed() {
            self.shared()
        } else {
            None
        }
    }

    /// The value, if it is there.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut().as_mut()
    }

    /// Waits until the value is there.
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_force();
        self.expect()
    }

    /// Writes the value.
    ///
    /// # Errors
    /// Gives `value` back when there is one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        match self.once.begin(true, Location::caller()) {
            Begin::Run(run) => {
                self.put(value);
                run.complete();
                Ok(())
            }
            _ => Err(value),
        }
    }

    /// The value, which `f` makes when there is none.
    #[track_caller]
    pub fn get_or_init<F>(&self, f: F) -> &T
    where
        F: FnOnce() -> T,
    {
        if let Begin::Run(run) = self.once.begin(true, Location::caller()) {
            self.put(f());
            run.complete();
        }
        self.expect()
    }

    /// The value of a cell that nobody else has.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// The value, leaving the cell as new.
    #[track_caller]
    pub fn take(&mut self) -> Option<T> {
        if self.value.get_mut().is_none() {
            return None;
        }
        core::mem::take(self).into_inner()
    }

    fn put(&self, value: T) {
        // SAFETY: called by the one thread that runs the initialiser; there is no value yet to refer to.
        unsafe { *self.value.get() = Some(value) }
    }

    fn shared(&self) -> Option<&T> {
        // SAFETY: nobody writes after completion.
        unsafe { (*self.value.get()).as_ref() }
    }

    fn expect(&self) -> &T {
        self.shared().expect("a completed OnceLock has a value")
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    #[track_caller]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_tuple("OnceLock");
        match self.get() {
            Some(v) => d.field(v),
            None => d.field(&format_args!("<uninit>")),
        };
        d.finish()
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> OnceLock<T> {
        self.get()
            .cloned()
            .map_or_else(OnceLock::new, OnceLock::from)
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        let cell = Self::new();
        // Through the front door: the runner has to know that it is complete.
        let _ = cell.set(value);
        cell
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    #[track_caller]
    fn eq(&self, other: &OnceLock<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}
