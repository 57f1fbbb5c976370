//! From a source file to a shared library that the runner loads: `rustc` directly, no cargo in between.
//!
//! Measured for a program of 30 lines (processor ms, 2 cores): static std 86, one codegen unit 80, incremental 55,
//! without `--gc-sections` no gain, GNU ld 123, type check alone 21. A dynamic std links quicker, but its
//! statics would be out of reach of the reset between executions. So: the default linker, and incremental where a file is
//! likely to be compiled again; where it is not, that costs 40 more, and one codegen unit saves 20. Ten programs in one
//! call take 17 each.

mod alone;
mod batch;
mod blame;
mod confined;
mod counts;
mod folder;
mod instrument;
mod job;
mod kept;
mod native;
pub mod process;
mod program;
mod room;
mod shield;
mod stand_in;
mod stranger;
mod texts;
mod toolchain;
mod unused;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use batch::compile_together;
pub use blame::MISFIT;
pub use folder::when_ended;
pub use instrument::Races;
pub use native::{Executable, compile_native};
pub use program::compile;
pub use stand_in::hex;
use threadlings::explanation::Watching;
use threadlings::runtime::{Limits, Request, Source, Task};
use threadlings::sandbox::Layers;
use threadlings::trace::Place;

/// What to compile.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The user's file, as it was typed.
    pub file: SourceText<'a>,
    /// For an exercise: the file with the scenarios, which becomes the module `threadlings_check`.
    pub check: Option<SourceText<'a>>,
    /// For an exercise: the scenarios, functions of that module. A program is run from its `main`.
    pub scenarios: &'a [String],
    /// `2021`
    pub edition: &'a str,
    /// Whether it is a stranger's: it may then use only a part of std.
    pub stranger: bool,
    /// Whether it may contain unsafe code; asked of strangers only.
    pub allow_unsafe: bool,
    /// Whether messages are coloured.
    pub color: bool,
    /// Whether it is to tell of its accesses to memory.
    pub races: Races,
    /// Whether its variables and types are to be known by name. That costs an eighth more of compiling, and a quarter more of
    /// a watched run, so it is for runs that are to be told of.
    pub variables: bool,
    /// Whether to keep what makes compiling the same file again quicker.
    pub incremental: bool,
    /// The layers of the sandbox in which a stranger's file is compiled; nothing then looks at its path. `None` for a
    /// file of one's own.
    pub layers: Option<&'a Layers>,
}

impl<'a> Input<'a> {
    /// The program's own files.
    fn files(&self) -> impl Iterator<Item = SourceText<'a>> {
        std::iter::once(self.file).chain(self.check)
    }

    /// The same, as the runner has to know them.
    fn sources(&self) -> Vec<Source> {
        self.files()
            .map(|file| Source::new(file.path.to_string_lossy(), file.text))
            .collect()
    }
}

/// A file that has been read.
#[derive(Clone, Copy, Debug)]
pub struct SourceText<'a> {
    /// As the user knows it.
    pub path: &'a Path,
    /// Its text.
    pub text: &'a str,
}

/// A compiled program; its files go when it is dropped.
#[derive(Debug)]
pub struct Library {
    /// What the runner loads.
    pub path: PathBuf,
    /// Which of its entry points is the first of this program: others may have been compiled together with it.
    pub first_entry: usize,
    /// The program's own files, as places in it name them.
    pub sources: Vec<Source>,
    /// Whether the reference counts of `Arc` matter to the program, and are not announced: what std offers for it here
    /// is not enough.
    pub uncounted: bool,
    /// Whether it tells of its accesses to memory, and if not, why.
    pub watching: Watching,
    /// Where it does not use the result of a read-modify-write.
    pub unused: Vec<Place>,
    /// The layers of the sandbox in which it was compiled, and is to be run.
    pub layers: Layers,
    /// The names of all of its entry points.
    pub entries: Vec<String>,
    _folder: Arc<folder::Temporary>,
}

impl Library {
    /// Whether it tells of its accesses to memory.
    pub fn is_watched(&self) -> bool {
        self.watching == Watching::Watched
    }

    /// What is asked of a child that runs this program: `task`, of the scenario with this number.
    pub fn request(&self, scenario: usize, task: Task, limits: Limits) -> Request {
        Request {
            library: self.path.clone(),
            entries: self.entries.clone(),
            layers: self.layers.clone(),
            sources: self.sources.clone(),
            unused: self.unused.clone(),
            entry: self.first_entry + scenario,
            watch: self.is_watched(),
            task,
            limits,
        }
    }
}

/// What the compiler says of itself: the same on each machine that has the same one.
///
/// # Errors
/// When there is no compiler.
pub fn version() -> Result<String, Problem> {
    toolchain::find()?.version()
}

/// The release of the compiler, as rustup takes it: `1.89.0`; `stable` for one that was not released.
///
/// # Errors
/// When there is no compiler.
pub fn release() -> Result<String, Problem> {
    toolchain::release(&toolchain::find()?)
}

/// Why there is no library.
#[derive(Debug)]
pub enum Problem {
    /// The program has errors: rustc's own text.
    Errors(String),
    /// There is no usable compiler.
    NoCompiler {
        /// What was tried, and what came of it.
        what: String,
        /// What to do.
        help: String,
    },
    /// It is our fault, or the machine's.
    Ours(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Errors(text) => f.write_str(text),
            Problem::NoCompiler { what, help } => write!(f, "{what}\n  help: {help}"),
            Problem::Ours(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Problem {}
