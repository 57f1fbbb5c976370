//! How a class is graded with what there is today: cargo packages with loom tests.
//!
//! An answer names std's types by way of a module that stands for std or, with `--cfg loom`, for loom. loom is
//! optimised, and explores as many preemptions as its documentation advises; the answers are compiled as cargo does it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::answers::Answer;
use crate::own;

const LIBRARY: &str = "\
mod facade {
    #[cfg(loom)]
    pub use loom::{sync, thread};
    #[cfg(not(loom))]
    pub use std::{sync, thread};
}
#[allow(dead_code)]
mod answer;
#[cfg(all(test, loom))]
mod check;
";

/// With the name before it.
const MANIFEST: &str = "\
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
loom = \"0.7\"
";

const PROFILE: &str = "
[profile.dev.package.\"*\"]
opt-level = 3
";

/// A folder for packages, and the one that they share for what cargo makes of them.
pub struct Cargo {
    /// Where packages are made.
    pub folder: PathBuf,
    /// Kept while the packages come and go.
    pub target: PathBuf,
}

impl Cargo {
    /// Makes a package of each answer, and tests them, one call of cargo for each. Tells of each whether it passes.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn packages(&self, class: &[Answer], jobs: usize) -> Result<Vec<bool>, String> {
        let names = class.iter().map(|answer| &answer.student);
        for (answer, name) in class.iter().zip(names.clone()) {
            self.package(name, answer, PROFILE)?;
            // The same versions as here, so that nothing is to be downloaded.
            copy_lock(&self.folder.join(name))?;
        }
        let folders: Vec<PathBuf> = names.map(|name| self.folder.join(name)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some(folder) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push((folder, passes(&self.test(folder, &[])?)?));
            }
            Ok(done)
        };
        let mut done = thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
            let done = workers.into_iter().map(|worker| {
                worker
                    .join()
                    .map_err(|_| "a worker has panicked".to_string())?
            });
            done.collect::<Result<Vec<Vec<_>>, String>>()
        })?
        .concat();
        done.sort();
        Ok(done.into_iter().map(|(_, passes)| passes).collect())
    }

    /// Makes a workspace of all answers, and tests it in one call. Tells how many pass.
    ///
    /// # Errors
    /// When that is not possible.
    pub fn workspace(&self, class: &[Answer], jobs: usize) -> Result<usize, String> {
        for answer in class {
            self.package(&answer.student, answer, "")?;
        }
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n{PROFILE}");
        write(&self.folder.join("Cargo.toml"), &manifest)?;
        copy_lock(&self.folder)?;
        let jobs = format!("--jobs={jobs}");
        let said = self.test(&self.folder, &["--workspace", "--no-fail-fast", &jobs])?;
        let text = String::from_utf8_lossy(&said.stdout);
        // One that aborts, as loom may where a thread is stuck, has no result.
        let all = text.matches("running ").count();
        if all != class.len() {
            return Err(failed(&said));
        }
        Ok(text.matches("test result: ok").count())
    }

    fn package(&self, name: &str, answer: &Answer, end: &str) -> Result<(), String> {
        let folder = self.folder.join(name);
        let sources = folder.join("src");
        fs::create_dir_all(&sources).map_err(|error| error.to_string())?;
        let manifest = format!("[package]\nname = \"{name}\"\n{MANIFEST}{end}");
        write(&folder.join("Cargo.toml"), &manifest)?;
        write(&sources.join("lib.rs"), LIBRARY)?;
        let text = answer.text.replace("std::", "crate::facade::");
        write(&sources.join("answer.rs"), &text)?;
        write(&sources.join("check.rs"), answer.exercise.loom)
    }

    fn test(&self, folder: &Path, options: &[&str]) -> Result<Output, String> {
        let mut command = Command::new("cargo");
        command
            // Without the tests in the documentation, of which there are none.
            .args(["test", "--quiet", "--offline", "--lib"])
            .args(options)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("RUSTFLAGS", "--cfg loom -Aunexpected_cfgs")
            .env("LOOM_MAX_PREEMPTIONS", "3")
            .stdin(Stdio::null());
        command
            .output()
            .map_err(|error| format!("cargo cannot be run: {error}"))
    }
}

fn passes(said: &Output) -> Result<bool, String> {
    // It may also have ended before there was a test, or in the middle of one.
    let text = String::from_utf8_lossy(&said.stdout);
    match said.status.code() {
        Some(0) if text.contains("test result: ok") => Ok(true),
        Some(101) if text.contains("running ") => Ok(false),
        _ => Err(failed(said)),
    }
}

fn failed(said: &Output) -> String {
    let (out, err) = (&said.stdout, &said.stderr);
    let (out, err) = (String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    format!("cargo test fails: {out}{err}")
}

fn copy_lock(folder: &Path) -> Result<(), String> {
    let lock = own::root().join("Cargo.lock");
    let copied = fs::copy(lock, folder.join("Cargo.lock"));
    copied.map(|_| ()).map_err(|error| error.to_string())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
