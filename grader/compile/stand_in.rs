//! The stand-in for std, compiled once per toolchain into the user's cache, and those for core and alloc, by which a
//! program reaches the same things.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::folder::{self, Temporary};
use super::toolchain::Toolchain;
use super::{Problem, process};

// `SOURCES`: the path of every source file below `std/`, and its text; `DIGEST`: their hash, as hashing them costs
// milliseconds where this binary is not optimised.
include!(concat!(env!("OUT_DIR"), "/stand_in.rs"));

const FLAGS: &[&str] = &[
    "--crate-type=rlib",
    "--edition=2024",
    "--cap-lints=allow",
    "--cfg=threadlings_plugin",
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Cforce-frame-pointers=yes",
    "-Cmetadata=threadlings",
];

/// Of [`Variant::Native`], in which nothing is announced.
const NATIVE_FLAGS: &[&str] = &[
    "--crate-type=rlib",
    "--edition=2024",
    "--cap-lints=allow",
    "-Cmetadata=threadlings-native",
];

/// What there is more of in a variant that counts.
const COUNTING: &str = "--cfg=threadlings_counts";

/// What there is more of in a variant for strangers; less of std.
const ALLOWED: &str = "--cfg=threadlings_allowed";

/// The crates that lead to std's things by other names, each with the file that it begins with.
const OTHERS: [(&str, &str); 2] = [(CORE, "core.rs"), (ALLOC, "alloc.rs")];

const STD: &str = "std";
const CORE: &str = "core";
const ALLOC: &str = "alloc";

/// There are those that announce what a program does, and one for checks that run on real threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// Announces.
    Announcing {
        /// With an `Arc` of ours, which announces its counts, for programs in which they matter. It needs what is not
        /// stable in std, and only this crate may.
        counting: bool,
        /// With that part of std only that a stranger's program may use.
        allowed: bool,
    },
    /// std itself.
    Native,
}

impl Variant {
    fn flags(self) -> impl Iterator<Item = &'static str> {
        let (flags, counting, allowed) = match self {
            Variant::Announcing { counting, allowed } => (FLAGS, counting, allowed),
            Variant::Native => (NATIVE_FLAGS, false, false),
        };
        let counting = counting.then_some(COUNTING);
        let allowed = allowed.then_some(ALLOWED);
        flags.iter().copied().chain(counting).chain(allowed)
    }

    /// Whether it is made of what is not stable in std.
    fn is_unstable(self) -> bool {
        matches!(self, Variant::Announcing { counting: true, .. })
    }

    /// The crates, in the order in which they are compiled, each with the file that it begins with.
    fn crates(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let (root, others) = match self {
            Variant::Announcing { .. } => ("lib.rs", OTHERS.as_slice()),
            Variant::Native => ("native.rs", [].as_slice()),
        };
        std::iter::once((STD, root)).chain(others.iter().copied())
    }
}

/// The compiled stand-in.
pub struct StandIn {
    /// For `--extern std=`.
    pub library: PathBuf,
    /// Keeps it, where it is in no cache.
    _folder: Option<Temporary>,
}

impl StandIn {
    /// Makes the names `std` and `core` mean the stand-ins in what `command` compiles, and `alloc` if `with_alloc`: rustc
    /// knows that name then, also in a program that does not say `extern crate alloc`, as it must.
    pub fn replace(&self, command: &mut Command, with_alloc: bool) {
        let folder = self.library.parent().unwrap_or(Path::new(""));
        let alloc = with_alloc.then_some(ALLOC);
        for name in [STD, CORE].into_iter().chain(alloc) {
            command.arg(external(name, &folder.join(file(name))));
        }
        command.arg(dependencies(folder));
    }

    /// Removes it, so that it is prepared anew.
    pub fn discard(self) {
        if let Some(folder) = self.library.parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// The stand-in for `toolchain`, compiled now if this is the first time. `tell` hears what takes long, and of a cache that
/// cannot be used.
pub fn prepare(
    toolchain: &Toolchain,
    variant: Variant,
    tell: &mut dyn FnMut(&str),
) -> Result<StandIn, Problem> {
    let Some(cache) = folder::cache() else {
        tell(
            "warning: there is no folder for the cache (set THREADLINGS_CACHE): the stand-in for std is prepared for this run only",
        );
        return for_this_run(toolchain, variant, tell);
    };
    let place = cache.join("std").join(key(toolchain, variant));
    let library = place.join(file(STD));
    let ready = |library: &PathBuf| {
        library.is_file().then(|| StandIn {
            library: library.clone(),
            _folder: None,
        })
    };
    if let Some(stand_in) = ready(&library) {
        return Ok(stand_in);
    }
    // One worker makes it, and the others wait.
    static BUILDING: Mutex<()> = Mutex::new(());
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(stand_in) = ready(&library) {
        return Ok(stand_in);
    }
    match aside(&place) {
        Ok(made) => {
            tell("preparing the stand-in for std (once per toolchain)…");
            build(toolchain, variant, made.path())?;
            // Another run may have been quicker: its result is the same.
            match fs::rename(made.path(), &place) {
                Err(error) if !library.is_file() => Err(Problem::Ours(format!(
                    "{} cannot be written: {error}",
                    place.display()
                ))),
                renamed => {
                    if renamed.is_ok() {
                        // Renamed away: nothing to remove.
                        let _ = made.keep();
                    }
                    Ok(StandIn {
                        library,
                        _folder: None,
                    })
                }
            }
        }
        Err(error) => {
            tell(&format!(
                "warning: the cache {} cannot be written ({error}): the stand-in for std is prepared for this run only",
                cache.display()
            ));
            for_this_run(toolchain, variant, tell)
        }
    }
}

/// A new folder beside `place`.
fn aside(place: &Path) -> io::Result<tempfile::TempDir> {
    let parent = place.parent().unwrap_or(place);
    fs::create_dir_all(parent)?;
    tempfile::Builder::new().prefix(".new-").tempdir_in(parent)
}

fn for_this_run(
    toolchain: &Toolchain,
    variant: Variant,
    tell: &mut dyn FnMut(&str),
) -> Result<StandIn, Problem> {
    tell("preparing the stand-in for std…");
    let folder = Temporary::new()
        .map_err(|error| Problem::Ours(format!("no temporary folder can be made: {error}")))?;
    build(toolchain, variant, folder.path())?;
    Ok(StandIn {
        library: folder.path().join(file(STD)),
        _folder: Some(folder),
    })
}

fn build(toolchain: &Toolchain, variant: Variant, folder: &Path) -> Result<(), Problem> {
    let ours = |error: io::Error| {
        Problem::Ours(format!("the stand-in for std cannot be written: {error}"))
    };
    let sources = folder.join("source");
    for (name, text) in SOURCES {
        let path = sources.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&sources)).map_err(ours)?;
        fs::write(&path, text).map_err(ours)?;
    }
    let mut remap = sources.clone().into_os_string();
    remap.push("=threadlings-std");
    for (name, root) in variant.crates() {
        let mut command = Command::new(&toolchain.rustc);
        command
            .args(["--crate-name", name])
            .args(variant.flags())
            .arg("--remap-path-prefix")
            .arg(&remap)
            .arg(sources.join(root))
            .arg("-o")
            .arg(folder.join(file(name)))
            .env_remove("RUSTC_BOOTSTRAP");
        if name != STD {
            command.arg(external(STD, &folder.join(file(STD))));
        }
        if variant.is_unstable() {
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        let compiled = process::output(&mut command, process::LIMIT).map_err(ours)?;
        if !compiled.status.success() {
            return Err(Problem::Ours(format!(
                "the stand-in for {name} does not compile with {}:\n{}",
                toolchain.rustc.display(),
                String::from_utf8_lossy(&compiled.stderr)
            )));
        }
    }
    Ok(())
}

/// What the library of a crate is called.
fn file(name: &str) -> String {
    format!("lib{name}.rlib")
}

/// Makes `name` mean a library.
pub fn external(name: &str, library: &Path) -> OsString {
    let mut option = OsString::from(format!("--extern={name}="));
    option.push(library);
    option
}

/// Where the libraries are that others were compiled with.
pub fn dependencies(folder: &Path) -> OsString {
    let mut option = OsString::from("-Ldependency=");
    option.push(folder);
    option
}

/// Names the toolchain, the sources and the flags.
fn key(toolchain: &Toolchain, variant: Variant) -> String {
    let mut hash = Sha256::new();
    hash.update(toolchain.fingerprint);
    for flag in variant.flags() {
        hash.update(flag);
        hash.update([0]);
    }
    for (name, _) in variant.crates() {
        hash.update(name);
        hash.update([0]);
    }
    hash.update(DIGEST);
    hex(&hash.finalize()[..16])
}

/// Bytes as a name.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
