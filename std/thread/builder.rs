//! `spawn` and `Builder`.

use super::join::Inner;
use super::scoped::Scope;
use super::{JoinHandle, ScopedJoinHandle};
use crate::io;
use crate::runner::Caller;
use core::panic::Location;

/// Runs `f` in a thread of its own.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T,
    F: Send + 'static,
    T: Send + 'static,
{
    // SAFETY: `f` borrows nothing that ends.
    JoinHandle(unsafe { Inner::spawn(None, None, f, Location::caller()) })
}

/// Makes threads with a name, as in std.
#[derive(Debug)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
    #[expect(dead_code, reason = "shown by `Debug`, as in std")]
    no_hooks: bool,
}

impl Builder {
    /// A thread without a name.
    #[expect(clippy::new_without_default, reason = "std has none")]
    pub fn new() -> Builder {
        Builder {
            name: None,
            stack_size: None,
            no_hooks: false,
        }
    }

    /// Names the thread.
    pub fn name(mut self, name: String) -> Builder {
        self.name = Some(name);
        self
    }

    /// Remembered, and without effect: the runner's stacks are all the same.
    pub fn stack_size(mut self, size: usize) -> Builder {
        self.stack_size = Some(size);
        self
    }

    /// Runs `f` in a thread of its own.
    ///
    /// # Errors
    /// None here; std's signature.
    ///
    /// # Panics
    /// When the name has a null byte in it.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T,
        F: Send + 'static,
        T: Send + 'static,
    {
        let name = self.checked_name();
        // SAFETY: `f` borrows nothing that ends.
        Ok(JoinHandle(unsafe {
            Inner::spawn(name, None, f, Location::caller())
        }))
    }

    /// Runs `f` in a thread of its own.
    ///
    /// # Errors
    /// None here; std's signature.
    ///
    /// # Safety
    /// As in std: what `f` borrows outlives the thread.
    ///
    /// # Panics
    /// When the name has a null byte in it.
    #[track_caller]
    pub unsafe fn spawn_unchecked<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T,
        F: Send,
        T: Send,
    {
        let name = self.checked_name();
        // SAFETY: promised by the caller.
        Ok(JoinHandle(unsafe {
            Inner::spawn(name, None, f, Location::caller())
        }))
    }

    /// Runs `f` in a thread of `scope`.
    ///
    /// # Errors
    /// None here; std's signature.
    ///
    /// # Panics
    /// When the name has a null byte in it.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let name = self.checked_name();
        Ok(scope.launch(name, f, caller()))
    }

    #[track_caller]
    fn checked_name(self) -> Option<String> {
        if self.name.as_ref().is_some_and(|name| name.contains('\0')) {
            panic!("thread name may not contain interior null bytes");
        }
        self.name
    }
}

#[track_caller]
fn caller() -> Caller {
    Location::caller()
}
