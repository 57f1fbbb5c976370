//! What is announced of reference counts: those of an `Arc`, and of what a thread leaves for who joins it.

use crate::abi::{CountOrder, Kind, MemoryOrdering, Operation};
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

/// What points to a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// Keeps the value alive.
    Strong,
    /// Keeps the block only.
    #[cfg(threadlings_counts)]
    Weak,
}

/// One more `pointer` to the block that holds `data` is about to be there: that orders nothing.
#[cfg(threadlings_counts)]
pub fn add<T: ?Sized>(data: *const T, pointer: Pointer, site: Option<Caller>) {
    change(data.cast(), pointer, MemoryOrdering::Relaxed, false, site);
}

/// A `pointer` to the block that holds `data` is about to go, or to keep it for others. `matters`: see [`Kind::CountChange`].
pub fn release<T: ?Sized>(data: *const T, pointer: Pointer, matters: bool, site: Option<Caller>) {
    change(data.cast(), pointer, MemoryOrdering::Release, matters, site);
}

/// The counts of the block that holds `data` are about to be looked at.
#[cfg(threadlings_counts)]
pub fn look<T: ?Sized>(data: *const T, look: Look, site: Caller) {
    announce(
        data.cast(),
        Operation {
            ordering: match look {
                Look::Number | Look::Change => MemoryOrdering::Relaxed,
                Look::GiveUp => MemoryOrdering::Release,
            },
            a: matches!(look, Look::Change | Look::GiveUp).into(),
            site: ptr::from_ref(site),
            ..runner::operation(Kind::CountLook)
        },
    );
}

/// Why somebody looks.
#[cfg(threadlings_counts)]
#[derive(Clone, Copy)]
pub enum Look {
    /// To know a number.
    Number,
    /// To change a count, or not.
    Change,
    /// To give the pointer up, and take the value if it was the only one.
    GiveUp,
}

/// What the counts of the block that holds `data` mean for what happens before.
pub fn order<T: ?Sized>(data: *const T, order: CountOrder) {
    let (kind, b) = match order {
        CountOrder::ReleaseStrong | CountOrder::BeginBlock => (Kind::CountChange, 2),
        _ => (Kind::CountLook, 1),
    };
    announce(
        data.cast(),
        Operation {
            a: order as u64,
            b,
            ..runner::operation(kind)
        },
    );
}

/// The end of a value or a block, which comes after what all others have done with it, as long as this is not dropped.
#[must_use]
pub struct End {
    is_to_restore: bool,
}

impl End {
    /// Of the value at `data`. If it `matters` who drops it, all that follows comes after what the others have done.
    pub fn of_value<T: ?Sized>(data: *const T, matters: bool) -> End {
        if matters {
            order(data, CountOrder::AcquireStrong);
            return End {
                is_to_restore: false,
            };
        }
        End::begin(data.cast(), CountOrder::BeginValue)
    }

    /// Of the block that holds `data`, unless others still have weak pointers to it.
    #[cfg(threadlings_counts)]
    pub fn of_block<T: ?Sized>(data: *const T) -> End {
        End::begin(data.cast(), CountOrder::BeginBlock)
    }

    /// It means nothing where nobody watches.
    fn begin(data: *const u8, what: CountOrder) -> End {
        let is_to_restore = is_watched();
        if is_to_restore {
            order(data, what);
        }
        End { is_to_restore }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.is_to_restore {
            // Of no object: the block may be gone, and it is the thread that is meant.
            runner::perform(Operation {
                a: CountOrder::Restore as u64,
                b: 1,
                ..runner::operation(Kind::CountLook)
            });
        }
    }
}

/// Whether the runner wants to know what memory is accessed, and when it is given back.
pub fn is_watched() -> bool {
    runner::table().is_some_and(|runner| runner.freed.get().is_some())
}

/// Whether it can be told which thread drops a `T`.
pub fn matters<T: ?Sized>() -> bool {
    core::mem::needs_drop::<T>() && !is_quiet(core::any::type_name::<T>())
}

#[inline(never)]
fn change(
    data: *const u8,
    pointer: Pointer,
    ordering: MemoryOrdering,
    matters: bool,
    site: Option<Caller>,
) {
    announce(
        data,
        Operation {
            ordering,
            a: u64::from(pointer != Pointer::Strong),
            b: matters.into(),
            site: site.map_or(ptr::null(), ptr::from_ref),
            ..runner::operation(Kind::CountChange)
        },
    );
}

#[inline(never)]
fn announce(data: *const u8, operation: Operation) {
    runner::perform(Operation {
        // In the counts' part of the block: an atomic may be the first thing in the other.
        object: data.wrapping_sub(size_of::<usize>()),
        ..operation
    });
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
