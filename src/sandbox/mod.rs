//! What a process may not do any more, once it has said so: for the compiler of a stranger's program, for the process that
//! runs it, and for the one that reads its text.
//!
//! Three layers of Linux, each of which holds by itself: resource limits, Landlock (which files; also which sockets and
//! signals, where the kernel is new enough) and seccomp (which system calls). None needs privileges, and none can be taken off
//! again. What holds is data ([`Layers`]), so that every result can say it.

mod calls;
mod files;
mod layers;
mod limits;

#[cfg(test)]
mod tests;

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::Path;

use seccompiler::BpfProgram;

use calls::{Calls, Own};
pub use files::Files;
pub use layers::Layers;
use limits::Limit;
pub use limits::{COMPILER_FILE, COMPILER_MEMORY, COMPILER_TIME};

/// A sandbox that is made, and not entered yet. It is made of layers that are believed to be available
/// ([`Layers::available`]).
#[derive(Debug)]
pub struct Jail {
    limits: Vec<Limit>,
    ruleset: Option<OwnedFd>,
    filters: Vec<BpfProgram>,
}

impl Jail {
    /// For a process that compiles and links a stranger's program, with these `files` and no others.
    ///
    /// # Errors
    /// When the system refuses a layer, here as below. None is left out silently.
    pub fn for_compiler(layers: &Layers, files: &Files) -> io::Result<Jail> {
        Jail::new(layers, limits::of_compiler(), files, Calls::Compile)
    }

    /// For a process that runs a stranger's `library`, with so many bytes of `heap` for the program and `seconds` of time.
    /// Its `messages` go to a descriptor; it may not write to another one. It can load code until it calls [`seal`].
    ///
    /// # Errors
    /// See [`Jail::for_compiler`].
    pub fn for_runner(
        layers: &Layers,
        library: &Path,
        heap: u64,
        seconds: u64,
        messages: RawFd,
    ) -> io::Result<Jail> {
        let limits = limits::of_runner(heap, seconds);
        let files = Files {
            read: vec![library.to_owned()],
            ..Files::default()
        };
        Jail::new(layers, limits, &files, Calls::Load(Own::of(messages)))
    }

    /// For a process that reads what a stranger has written from standard input, and writes what it thinks of it to standard
    /// output: open descriptors, memory and time, and nothing else.
    ///
    /// # Errors
    /// See [`Jail::for_compiler`].
    pub fn for_inspector(layers: &Layers) -> io::Result<Jail> {
        let nothing = Files::default();
        Jail::new(layers, limits::of_inspector(), &nothing, Calls::Inspect)
    }

    fn new(layers: &Layers, limits: Vec<Limit>, files: &Files, calls: Calls) -> io::Result<Jail> {
        Ok(Jail {
            limits: match layers.rlimits {
                0 => Vec::new(),
                _ => limits,
            },
            ruleset: match layers.landlock {
                0 => None,
                _ => Some(files::ruleset(files)?),
            },
            filters: match layers.seccomp {
                0 => Vec::new(),
                _ => calls::filters(calls)?,
            },
        })
    }

    /// Confines the calling thread, and whatever it starts, for ever. To be called where there is no other thread.
    ///
    /// Allocates nothing and takes no lock, so it may be called between fork and exec.
    ///
    /// # Errors
    /// When the system refuses a layer: then some hold and others do not, and nothing of a stranger may run.
    pub fn enter(&self) -> io::Result<()> {
        limits::set(&self.limits)?;
        if let Some(ruleset) = &self.ruleset {
            files::restrict(ruleset.as_raw_fd())?;
        }
        self.filters.iter().try_for_each(calls::install)
    }
}

/// Takes from a process in a jail [for a runner](Jail::for_runner) what it needed to load the library.
///
/// # Errors
/// When the system refuses; then nothing of a stranger may run.
pub fn seal(layers: &Layers, messages: RawFd) -> io::Result<()> {
    match layers.seccomp {
        0 => Ok(()),
        _ => calls::filters(Calls::Run(Own::of(messages)))?
            .iter()
            .try_for_each(calls::install),
    }
}
