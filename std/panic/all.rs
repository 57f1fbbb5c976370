//! All of `std::panic`, with hooks that come after the runner's.

pub use ::std::panic::*;

/// Sets the program's hook.
pub fn set_hook(hook: Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>) {
    // SAFETY: one thread runs at a time; the hook before is dropped after the change.
    drop(unsafe { (*super::HOOK.get()).replace(hook) });
}

/// Takes the program's hook.
#[must_use]
pub fn take_hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
    // SAFETY: one thread runs at a time.
    unsafe { (*super::HOOK.get()).take() }.unwrap_or_else(|| Box::new(|_| ()))
}
