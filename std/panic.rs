//! `std::panic`, with a hook that tells the runner of every panic before the program's own hook runs.

#[cfg_attr(threadlings_allowed, path = "panic/allowed.rs")]
#[cfg_attr(not(threadlings_allowed), path = "panic/all.rs")]
mod offered;

pub use offered::*;

use crate::abi::Kind;
use crate::runner::{self, Single};

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>;

/// The program's own hook. None: nothing is printed, as the runner reports the panic.
static HOOK: Single<Option<Hook>> = Single::new(None);

/// Installs the hook that tells the runner.
pub(crate) fn announce_panics() {
    ::std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("Box<dyn Any>");
        announce(message, info);
        // SAFETY: a hook that replaces itself while it runs would be at fault in std, too (it deadlocks there).
        if let Some(hook) = unsafe { &*HOOK.get() } {
            hook(info);
        }
    }));
}

fn announce(message: &str, info: &PanicHookInfo<'_>) {
    // SAFETY: the location of a panic comes from `Location::caller`, which lives for ever; only the borrow of
    // `info` shortens it.
    let site = info.location().map(|location| unsafe {
        &*core::ptr::from_ref(location).cast::<core::panic::Location<'static>>()
    });
    runner::text(Kind::Panicked, 0, message, site);
}
