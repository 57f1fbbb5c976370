//! Finds the compiler.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::{Problem, process};

/// A compiler on this machine.
pub struct Toolchain {
    /// The compiler itself, not rustup's proxy for it, which costs 5 to 30 ms a call.
    pub rustc: PathBuf,
    /// A number for this very compiler: where it is, its size and its date. Asking for its version costs a call.
    pub fingerprint: [u8; 32],
}

impl Toolchain {
    /// What the compiler says of itself.
    ///
    /// # Errors
    /// When it says nothing.
    pub fn version(&self) -> Result<String, Problem> {
        let wrong = |what: String| Problem::NoCompiler {
            what: format!("the Rust compiler {} {what}", self.rustc.display()),
            help: "install Rust from https://rustup.rs, or set RUSTC to a compiler".to_string(),
        };
        let answer = process::output(Command::new(&self.rustc).arg("-vV"), process::LIMIT)
            .map_err(|error| wrong(format!("cannot be run: {error}")))?;
        let text = String::from_utf8_lossy(&answer.stdout).trim().to_string();
        match answer.status.success() && !text.is_empty() {
            true => Ok(text),
            false => Err(wrong("does not say its version".to_string())),
        }
    }
}

/// The compiler that `$RUSTC` names, or else the one on the path.
pub fn find() -> Result<Toolchain, Problem> {
    let named = std::env::var_os("RUSTC");
    let command = named.clone().unwrap_or_else(|| OsString::from("rustc"));
    let shown = command.to_string_lossy().into_owned();
    let missing = |what: String| Problem::NoCompiler {
        what,
        help: match named {
            Some(_) => {
                "set RUSTC to a Rust compiler, or unset it to use the one on the PATH".into()
            }
            None => "install Rust from https://rustup.rs, or set RUSTC to a compiler".into(),
        },
    };
    // Asking costs milliseconds; whether it is still the same compiler is looked at each time.
    static KNOWN: Mutex<Option<(OsString, PathBuf)>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let rustc = match known.take() {
        Some((asked, rustc)) if asked == command && rustc.is_file() => rustc,
        _ => match asked_rustup(&command) {
            Some(rustc) => rustc,
            None => asked(&command, &shown).map_err(missing)?,
        },
    };
    *known = Some((command, rustc.clone()));
    drop(known);
    let found = std::fs::metadata(&rustc).map_err(|error| {
        missing(format!(
            "there is no compiler at {}: {error}",
            rustc.display()
        ))
    })?;
    let mut hash = Sha256::new();
    hash.update(rustc.as_os_str().as_encoded_bytes());
    hash.update(std::env::consts::ARCH);
    for number in [
        found.len(),
        found.mtime().cast_unsigned(),
        found.mtime_nsec().cast_unsigned(),
    ] {
        hash.update(number.to_le_bytes());
    }
    Ok(Toolchain {
        rustc,
        fingerprint: hash.finalize().into(),
    })
}

/// See [`super::release`].
pub fn release(toolchain: &Toolchain) -> Result<String, Problem> {
    let mut question = Command::new(&toolchain.rustc);
    question.arg("--version").arg("--verbose");
    let answer = process::output(&mut question, process::LIMIT)
        .map_err(|error| Problem::Ours(format!("the compiler cannot be asked: {error}")))?;
    let said = String::from_utf8_lossy(&answer.stdout);
    let release = said.lines().find_map(|line| line.strip_prefix("release: "));
    let released = release.filter(|release| {
        let parts = release.split('.');
        parts.clone().count() == 3 && parts.clone().all(|part| part.parse::<u32>().is_ok())
    });
    Ok(released.unwrap_or("stable").to_string())
}

/// Where the compiler behind `command` is, as it says itself.
fn asked(command: &OsStr, shown: &str) -> Result<PathBuf, String> {
    let mut question = Command::new(command);
    question.args(["--print", "sysroot"]);
    let answer =
        process::output(&mut question, process::LIMIT).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!("the Rust compiler `{shown}` was not found"),
            _ => format!("the Rust compiler `{shown}` cannot be run: {error}"),
        })?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr);
        return Err(format!(
            "the Rust compiler `{shown}` does not work: {}",
            said.trim()
        ));
    }
    let sysroot = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    Ok(sysroot.join("bin/rustc"))
}

/// The same, as rustup says if `command` is its proxy: a third of the time. `None` if it is not, or has no answer.
fn asked_rustup(command: &OsStr) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(command));
    let rustup = if Path::new(command).components().count() > 1 {
        Path::new(command).canonicalize()
    } else {
        places.find(|place| place.is_file())?.canonicalize()
    };
    let rustup = rustup.ok().filter(|file| file.ends_with("rustup"))?;
    let mut question = Command::new(rustup);
    question.args(["which", "rustc"]);
    let answer = process::output(&mut question, process::LIMIT).ok()?;
    let rustc = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    (answer.status.success() && rustc.is_absolute()).then_some(rustc)
}
