//! What is announced of the counts.

use crate::abi::{Kind, MemoryOrdering, Operation};
use crate::runner::{self, Caller, Single};
use core::ptr;

/// Types of std whose destructors announce operations, or run the program's code.
const LOUD: &[&str] = &["Arc", "Weak", "Sender", "SyncSender", "Receiver", "Waker"];

/// Whether the destructors of the program's own types announce nothing, as far as their source tells.
static QUIET: Single<bool> = Single::new(false);

/// Takes note of what the program's source tells: no type of its own has a destructor that announces anything.
pub fn own_types_are_quiet() {
    // SAFETY: called once, before any thread of the program runs.
    unsafe { *QUIET.get() = true }
}

/// One count of the block that holds `data` is about to change. `matters`: see [`Kind::CountChange`]. `ordering`: what
/// the giving up of a pointer orders; one that is added orders nothing.
pub fn change<T: ?Sized>(
    data: *const T,
    ordering: MemoryOrdering,
    matters: bool,
    site: Option<Caller>,
) {
    announce(data.cast(), site, |operation| Operation {
        ordering,
        b: matters.into(),
        ..operation
    });
}

/// The counts of the block that holds `data` are about to be looked at.
pub fn look<T: ?Sized>(data: *const T, look: Look, site: Caller) {
    announce(data.cast(), Some(site), |operation| Operation {
        kind: Kind::CountLook,
        ordering: match look {
            Look::Number | Look::Change => MemoryOrdering::Relaxed,
            Look::GiveUp => MemoryOrdering::Release,
        },
        a: matches!(look, Look::Change | Look::GiveUp).into(),
        ..operation
    });
}

/// What a thread has just found in the counts of the block that holds `data` means that others are done with it: all
/// that they did before they gave up their pointers comes before what this thread does now.
pub fn acquire<T: ?Sized>(data: *const T) {
    announce(data.cast(), None, |operation| Operation {
        kind: Kind::CountLook,
        b: 1,
        ..operation
    });
}

/// Why somebody looks.
#[derive(Clone, Copy)]
pub enum Look {
    /// To know a number.
    Number,
    /// To change a count, or not.
    Change,
    /// To give the pointer up, and take the value if it was the only one.
    GiveUp,
}

/// Whether it can be told which thread drops a `T`.
pub fn matters<T: ?Sized>() -> bool {
    core::mem::needs_drop::<T>() && !is_quiet(core::any::type_name::<T>())
}

#[inline(never)]
fn announce(data: *const u8, site: Option<Caller>, complete: impl FnOnce(Operation) -> Operation) {
    runner::perform(complete(Operation {
        // In the counts' part of the block: an atomic may be the first thing in the other.
        object: data.wrapping_sub(size_of::<usize>()),
        site: site.map_or(ptr::null(), ptr::from_ref),
        ..runner::operation(Kind::CountChange)
    }));
}

/// Whether no destructor of a type can announce an operation: it consists of types of std only, or the program's own
/// are known to be quiet. A closure can hold anything, and so can what `dyn` stands for.
#[inline(never)]
fn is_quiet(name: &str) -> bool {
    // SAFETY: written before any thread of the program runs.
    let own = unsafe { *QUIET.get() };
    !name.contains("{{")
        && name
            .split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
            .all(|path| match path.split_once("::") {
                Some(("std" | "core" | "alloc", rest)) => LOUD
                    .iter()
                    .all(|loud| rest.rsplit("::").next() != Some(loud)),
                Some(("", _)) => true,
                Some((_, _)) => own,
                None => path != "dyn",
            })
}
