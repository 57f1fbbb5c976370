//! Compiling what a stranger has written: with the files and the time that a compiler needs, and nothing else.
//!
//! A compiler that meets a limit says so in its own way, or not at all: its end is put into words here, which are the
//! same on every machine and in every folder.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};

use threadlings::sandbox::{self, Files, Jail, Layers};

use super::process;
use super::toolchain::Toolchain;

/// What is kept of the environment: where programs and their libraries are.
const KEPT: &[&str] = &[
    "PATH",
    "LD_LIBRARY_PATH",
    "LIBRARY_PATH",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
];

/// Where systems keep compilers, linkers and libraries.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
    "/etc/alternatives",
    "/etc/ld.so.cache",
];

/// The folders of a compilation.
pub struct Folders<'a> {
    /// To be read.
    pub read: &'a [&'a Path],
    /// To be read and written.
    pub write: &'a [&'a Path],
}

/// Runs `command` confined.
///
/// # Errors
/// [`process::output`]'s, and when a layer of the sandbox cannot be put on.
pub fn output(
    command: &mut Command,
    toolchain: &Toolchain,
    folders: &Folders<'_>,
    layers: &Layers,
) -> io::Result<Output> {
    let absolute = |paths: &[&Path]| -> io::Result<Vec<PathBuf>> {
        paths.iter().map(std::path::absolute).collect()
    };
    let mut read = absolute(folders.read)?;
    let mut write = absolute(folders.write)?;
    let place = write.first().cloned().unwrap_or_else(std::env::temp_dir);
    read.extend(["/dev/urandom", "/dev/zero"].map(PathBuf::from));
    write.push(PathBuf::from("/dev/null"));
    let files = Files {
        read,
        execute: programs(toolchain),
        write,
    };
    command.env_clear();
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .current_dir(&place)
        .env("TMPDIR", &place)
        .env("LC_ALL", "C")
        // No report of a crash is written, and no cache beside ours.
        .env("RUSTC_ICE", "0")
        .env("CCACHE_DISABLE", "1");
    let jail = Jail::for_compiler(layers, &files)?;
    process::confined(command, process::LIMIT, jail)
}

/// The toolchain, the system's programs and libraries, and the linker, wherever it is.
fn programs(toolchain: &Toolchain) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    let sysroot = toolchain.rustc.parent().and_then(Path::parent);
    folders.extend(sysroot.map(Path::to_owned));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let linker = std::env::split_paths(&path)
        .map(|folder| folder.join("cc"))
        .find(|linker| linker.is_file());
    let real = linker
        .as_ref()
        .and_then(|linker| linker.canonicalize().ok());
    for linker in linker.iter().chain(&real) {
        let Some(folder) = linker.parent() else {
            continue;
        };
        if folders.iter().any(|known| folder.starts_with(known)) {
            continue;
        }
        folders.push(folder.to_owned());
        // Beside its folder, where it keeps its parts; not all that is there: it may be somebody's home.
        let beside = ["lib", "lib64", "libexec"].map(|name| folder.with_file_name(name));
        folders.extend(beside);
    }
    folders
}

/// How a compiler ended that met a limit, as an error for whoever wrote the program; `None` for one that ended by itself,
/// satisfied or not.
pub fn contained(output: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let (status, linker) = (output.status, said.contains("error: linking with"));
    let out_of_memory = says(&[
        "memory allocation of",
        "out of memory",
        "Cannot allocate memory",
        "failed to allocate",
        "OutOfMemory",
    ]);
    let out_of_room = says(&["File too large", "os error 27"]);
    let crashed = status.signal().is_some() || status.code() == Some(101);
    match status.signal() {
        Some(libc::SIGXCPU | libc::SIGKILL) => Some(time()),
        Some(libc::SIGXFSZ) => Some(room()),
        _ if (crashed || linker) && out_of_memory => Some(memory()),
        _ if (crashed || linker) && out_of_room => Some(room()),
        _ if crashed => Some(crash(status)),
        _ if linker && says(&["signal: 24", "signal: 9"]) => Some(time()),
        _ => None,
    }
}

/// Of a compiler that was ended because it did nothing for long.
pub fn timed_out() -> String {
    let seconds = process::LIMIT.as_secs();
    format!("error: the compiler has not finished after {seconds} seconds\n")
}

fn time() -> String {
    format!(
        "error: the compiler was ended: it may use {} seconds of processor time\n  \
         = help: look for a constant whose evaluation does not end, and for macros and types that grow with each expansion\n",
        sandbox::COMPILER_TIME
    )
}

fn memory() -> String {
    format!(
        "error: the compiler ran out of memory: it may use {} GiB\n  \
         = help: look for huge constants and arrays, and for macros and types that grow with each expansion\n",
        sandbox::COMPILER_MEMORY >> 30
    )
}

fn room() -> String {
    format!(
        "error: the compiled program is too large: a file may have {} MiB\n  \
         = help: look for huge constants and statics\n",
        sandbox::COMPILER_FILE >> 20
    )
}

fn crash(status: ExitStatus) -> String {
    let how = match status.signal() {
        Some(libc::SIGSEGV | libc::SIGBUS) => "its stack was used up",
        Some(libc::SIGABRT) => "it aborted",
        Some(_) => "a signal ended it",
        None => "it met an error of its own",
    };
    format!(
        "error: the compiler crashed: {how}\n  \
         = help: look for expressions, types and patterns that are nested very deeply, and take them apart\n"
    )
}

/// What is told of a program that compiles and cannot be linked. The linker's own words are full of the paths of this
/// machine; the names that it misses, or knows twice, are not.
pub fn unlinked(output: &Output) -> Option<String> {
    let said = String::from_utf8_lossy(&output.stderr);
    if !said.contains("error: linking with") {
        return None;
    }
    let mut text = String::from("error: the program cannot be linked\n");
    let names = |line: &&str| {
        [
            "undefined symbol: ",
            "duplicate symbol: ",
            "undefined reference to ",
        ]
        .iter()
        .any(|what| line.contains(what))
    };
    for line in said.lines().filter(names).take(10) {
        let from = ["undefined", "duplicate"]
            .iter()
            .find_map(|word| line.find(word));
        text.push_str("  = note: ");
        text.push_str(line[from.unwrap_or(0)..].trim_end());
        text.push('\n');
    }
    Some(text)
}
