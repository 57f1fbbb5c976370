//! Where a program begins: the tables are exchanged, and the runner calls `main` and the threads through ours.
//!
//! The tool appends one line to a program: `::std::__threadlings_entry! { main }`, or, for the scenarios of a
//! check, `::std::__threadlings_entry! { scenario "name" => path::to::function, … }`. Before the scenarios,
//! `quiet own_types_are_quiet,` says that no destructor of the program's own types announces an operation. Before a
//! scenario, `program 1` says that those of another program in the same library begin.

pub use crate::abi::{Program, Runner};

pub use crate::counts::own_types_are_quiet;

use crate::abi::{self, Allocation, Kind, Site, Text};
use crate::panic::{AssertUnwindSafe, catch_unwind};
use crate::process::{ExitCode, Termination};
use crate::runner::{self, Single};
use core::fmt;
use core::panic::Location;
use core::ptr;

/// A function that the runner may start as the main thread.
pub struct Entry {
    /// `main`, or a scenario's name.
    pub name: &'static str,
    /// Runs it; see [`Main`].
    pub run: fn() -> u64,
    /// Whether it is the first one of a program of its own: several may be in one library.
    pub first: bool,
}

/// Tells the runner that this execution has reached a goal.
#[track_caller]
pub fn reach(name: &str) {
    runner::text(Kind::Reach, 0, name, Some(Location::caller()));
}

/// Exchanges the tables.
///
/// # Safety
/// `runner` is the table of a runner that lives as long as the program, and this is called once, before all else.
pub unsafe fn enter(runner: *const Runner, entries: &'static [Entry]) -> *const Program {
    runner::attach(runner);
    #[cfg(threadlings_plugin)]
    if let Some(runner) = runner::table() {
        crate::access::attach(runner);
    }
    let program = Program {
        version: abi::VERSION,
        entries: entries.len(),
        entry_name,
        run_main,
        run_thread,
        current: runner::current_slot(),
        describe,
        allocation,
        used,
        prepare,
        panicking,
    };
    // SAFETY: called once, before anything else of this program runs, as the caller promises.
    unsafe {
        *ENTRIES.get() = entries;
        *PROGRAM.get() = Some(program);
        (*PROGRAM.get()).as_ref().map_or(ptr::null(), ptr::from_ref)
    }
}

/// A `main` function of any type that std accepts.
///
/// With `main` a function pointer, `Main(main).run()` finds the method for results here, that for everything else in [`AnyMain`].
pub struct Main<F>(pub F);

impl<T: Termination, E: fmt::Debug> Main<fn() -> Result<T, E>> {
    /// Replies as [`Program::run_main`] does.
    pub fn run(self) -> u64 {
        match (self.0)() {
            Ok(value) => outcome(value),
            Err(error) => {
                runner::text(Kind::Print, 2, &format!("Error: {error:?}\n"), None);
                2
            }
        }
    }
}

/// See [`Main`].
pub trait AnyMain {
    /// Replies as [`Program::run_main`] does.
    fn run(self) -> u64;
}

impl<T: Termination> AnyMain for Main<fn() -> T> {
    fn run(self) -> u64 {
        outcome((self.0)())
    }
}

fn outcome<T: Termination>(value: T) -> u64 {
    if value.report() == ExitCode::SUCCESS {
        0
    } else {
        2
    }
}

static ENTRIES: Single<&[Entry]> = Single::new(&[]);
static PROGRAM: Single<Option<Program>> = Single::new(None);

extern "C" fn entry_name(index: usize) -> Text {
    // SAFETY: written once, before the runner has this function.
    let entries = unsafe { *ENTRIES.get() };
    entries
        .get(index)
        .map_or(Text::NONE, |entry| Text::of(entry.name))
}

unsafe extern "C" fn run_main(index: usize) -> u64 {
    // SAFETY: written once, before the runner has this function.
    let entries = unsafe { *ENTRIES.get() };
    let returned = match entries.get(index) {
        Some(entry) => catch_unwind(AssertUnwindSafe(entry.run)),
        None => catch_unwind(|| fail_after(entries.get(index - entries.len()..).unwrap_or(&[]))),
    };
    crate::thread::run_destructors();
    returned.unwrap_or(1)
}

/// What comes after the last entry, once for each: all of the program that begins with this one, and then a failure. A
/// program that passes this does not say the truth.
fn fail_after(entries: &[Entry]) -> u64 {
    for (number, entry) in entries.iter().enumerate() {
        if number > 0 && entry.first {
            break;
        }
        (entry.run)();
    }
    panic!("this must fail");
}

unsafe extern "C" fn run_thread(pointer: u64) -> u64 {
    // SAFETY: the runner passes what a spawn announced, once.
    u64::from(unsafe { crate::thread::run(pointer) })
}

unsafe extern "C" fn describe(location: *const Location<'static>) -> Site {
    // SAFETY: the runner passes a location that an operation carried.
    match unsafe { location.as_ref() } {
        Some(location) => Site {
            file: Text::of(location.file()),
            line: location.line(),
            column: location.column(),
        },
        None => Site {
            file: Text::NONE,
            line: 0,
            column: 0,
        },
    }
}

unsafe extern "C" fn allocation(address: *const u8) -> Allocation {
    crate::heap::allocation(address)
}

unsafe extern "C" fn used(context: *mut u8, visit: abi::Visit) {
    // SAFETY: the runner's function, and what it wants to get back.
    crate::heap::used(|start, size| unsafe { visit(context, start, size) });
}

unsafe extern "C" fn prepare() {
    crate::panic::announce_panics();
    // The first map of a process asks the system for its seed.
    drop(::std::hash::RandomState::new());
}

extern "C" fn panicking() -> u64 {
    u64::from(::std::thread::panicking())
}
