//! A compiled program, loaded into this process.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_char, c_void};
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use threadlings_std::abi;

use super::doing::Doing;
use super::faults;
use super::identity::Identities;
use super::memory::{Heap, Image, Layout};
use super::page::Page;
use super::record::Recorder;
use super::source::Source;
use super::symbols::Symbols;
use super::threads::{Threads, perform};
use super::unused::Unused;
use super::{accesses, allocations, aside, heard};
use crate::trace::Crash;

/// Why a program could not be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// The dynamic linker's words.
    Link(String),
    /// It was compiled against another version of the table.
    Version {
        /// Its version.
        found: u32,
    },
    /// There is no such entry point.
    Entry(usize),
    /// The system refuses memory.
    System(io::Error),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Link(message) => {
                write!(f, "the compiled program cannot be loaded: {message}")
            }
            LoadError::Version { found } => write!(
                f,
                "the compiled program speaks version {found} of the operation table, not {}",
                abi::VERSION
            ),
            LoadError::Entry(entry) => write!(f, "the compiled program has no entry point {entry}"),
            LoadError::System(error) => write!(f, "no memory for the compiled program: {error}"),
        }
    }
}

impl std::error::Error for LoadError {}

/// A loaded program. It stays loaded until the process ends, and runs on the thread that loaded it.
pub struct Plugin {
    // Before the memory that its coroutines refer to.
    pub(super) threads: Threads,
    pub(super) program: &'static abi::Program,
    pub(super) runner: &'static abi::Runner,
    pub(super) layout: Layout,
    pub(super) image: Image,
    /// Mapped for as long as the program is loaded.
    heap: Heap,
    pub(super) entry: usize,
    pub(super) path: PathBuf,
    pub(super) identities: Identities,
    pub(super) page: Page,
    /// Numbers of threads in the order in which this execution has spawned them, by [`crate::operation::ThreadId`].
    pub(super) order: Vec<u32>,
    pub(super) spawned: u32,
    pub(super) main_ended: bool,
    pub(super) notes: Notes,
    pub(super) unused: Unused,
    /// What the program has printed in this execution.
    pub(super) output: Vec<u8>,
    /// The same, each thread by itself.
    pub(super) printed: Vec<Vec<u8>>,
    pub(super) recorder: Option<Recorder>,
    /// Whether the program tells of its accesses to memory.
    pub(super) watches: bool,
    /// The race that ended this execution.
    pub(super) raced: Option<accesses::Raced>,
    /// The turn in which the program is known to die: it is not run again.
    pub(super) fatal: Option<Fatal>,
}

/// A death that has been seen, to be told in a replay of the execution.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fatal {
    /// The turn, from 1.
    pub turn: u64,
    /// What it died of.
    pub how: Crash,
    /// Where the thread was: addresses in the library, innermost first.
    pub addresses: Vec<u64>,
    /// The thread goes round in a loop: it is stopped there, and the others go on, to see whether they race with it.
    pub others_go_on: bool,
}

/// What was seen over all executions.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Goals reached in any execution.
    pub reached: BTreeSet<Vec<u8>>,
    /// An atomic operation had an ordering weaker than `SeqCst`.
    pub weak_ordering: bool,
    /// `main` ended while another thread had not.
    pub cut_off: bool,
}

impl Plugin {
    /// Loads the shared library at `path`, to run entry point `entry` with `heap` bytes of memory. Progress is
    /// noted on `page`. After the last entry comes what must fail: see [`Task::Try`](super::Task::Try).
    ///
    /// # Errors
    /// See [`LoadError`].
    ///
    /// # Safety
    /// The library's code is run. It was compiled against the stand-in, and nothing else has it loaded.
    pub unsafe fn load(
        path: &Path,
        entry: usize,
        heap: usize,
        page: Page,
    ) -> Result<Plugin, LoadError> {
        let name = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| LoadError::Link("its path holds a NUL".into()))?;
        // SAFETY: a valid string; running the library's constructors is what the caller allows.
        let library = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        let symbol = CString::new(abi::ENTRY_SYMBOL).expect("the symbol has no NUL");
        let exchange = if library.is_null() {
            std::ptr::null_mut()
        } else {
            // SAFETY: `library` is open and `symbol` a valid string.
            unsafe { libc::dlsym(library, symbol.as_ptr()) }
        };
        if exchange.is_null() {
            // Where the library is differs from run to run.
            let path = path.display().to_string();
            return Err(LoadError::Link(
                linker_message().replace(&path, "the library"),
            ));
        }
        // SAFETY: the symbol is an `EntryPoint` in every library that was compiled against the stand-in.
        let exchange = unsafe { std::mem::transmute::<*mut c_void, abi::EntryPoint>(exchange) };
        aside::prepare();
        let heap = Heap::new(heap).map_err(LoadError::System)?;
        let runner: &'static abi::Runner = Box::leak(Box::new(abi::Runner {
            version: abi::VERSION,
            perform,
            heap_start: heap.start(),
            heap_size: heap.size(),
            out_of_memory: faults::out_of_memory,
            allocated: Cell::new(None),
            freed: Cell::new(None),
            listener: Cell::new(Some(&heard::LISTENER)),
        }));
        // SAFETY: the function has this type, and the table lives for ever.
        let program = unsafe { exchange(runner) };
        if program.is_null() {
            return Err(LoadError::Version { found: 0 });
        }
        // SAFETY: the version is the first field in every version of the table.
        let found = unsafe { *program.cast::<u32>() };
        if found != abi::VERSION {
            return Err(LoadError::Version { found });
        }
        // SAFETY: a table of this version, in the library, which stays loaded.
        let program = unsafe { &*program };
        if entry > 0 && entry >= 2 * program.entries {
            return Err(LoadError::Entry(entry));
        }
        // SAFETY: the library is loaded, and no code of it is running.
        unsafe { (program.prepare)() };
        let layout = Layout::of(std::ptr::from_ref(program) as usize)
            .or_else(|| Layout::of(exchange as usize))
            .ok_or_else(|| LoadError::Link("its place in memory is unknown".into()))?;
        faults::in_library(layout.base, &layout.span);
        // SAFETY: the layout is that of the library, just loaded on this thread.
        let image = unsafe { Image::record(&layout, &heap) }.map_err(LoadError::System)?;
        Ok(Plugin {
            threads: Threads::new(program, layout.thread_local(), &image),
            program,
            runner,
            layout,
            image,
            heap,
            entry,
            path: path.to_owned(),
            identities: Identities::default(),
            page,
            order: Vec::new(),
            spawned: 0,
            main_ended: false,
            notes: Notes::default(),
            unused: Unused::default(),
            output: Vec::new(),
            printed: Vec::new(),
            recorder: None,
            watches: false,
            raced: None,
            fatal: None,
        })
    }

    /// Watches the program's accesses to memory from now on. It was compiled to tell of them.
    pub fn watch(&mut self, sources: &[Source]) {
        let symbols = Symbols::of(&self.path, sources.to_vec());
        let doing = Doing::new(symbols, self.layout.span.clone(), self.layout.base);
        let memory = accesses::Memory {
            library: self.layout.span.clone(),
            heap: self.heap.start() as usize..self.heap.start() as usize + self.heap.size(),
            stacks: Threads::room(),
            allocation: self.program.allocation,
        };
        accesses::install(memory, doing);
        self.runner.allocated.set(Some(allocations::allocated));
        self.runner.freed.set(Some(accesses::freed));
        self.watches = true;
    }

    /// The names of the entry points.
    pub fn entries(&self) -> Vec<String> {
        (0..self.program.entries)
            // SAFETY: the names are valid for ever.
            .map(|entry| unsafe { text((self.program.entry_name)(entry)) })
            .collect()
    }

    /// What was seen over all executions so far.
    pub fn notes(&self) -> &Notes {
        &self.notes
    }
}

/// A text of the program as a string; what is not UTF-8 in it is replaced.
///
/// # Safety
/// The text is readable now.
pub(super) unsafe fn text(text: abi::Text) -> String {
    // SAFETY: the caller's promise.
    String::from_utf8_lossy(unsafe { raw_text(text) }).into_owned()
}

/// The bytes of a text.
///
/// # Safety
/// The text is readable while the result is used.
pub(super) unsafe fn raw_text<'a>(text: abi::Text) -> &'a [u8] {
    if text.data.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(text.data, text.len) }
}

fn linker_message() -> String {
    // SAFETY: no preconditions; the string is valid until the next call of the linker on this thread.
    let message: *const c_char = unsafe { libc::dlerror() };
    if message.is_null() {
        return "unknown error".into();
    }
    // SAFETY: not null, so a C string.
    unsafe { CStr::from_ptr(message) }
        .to_string_lossy()
        .into_owned()
}
