//! From a source file to a program of the system's own: real std, real threads, optimised as a release build is, which
//! lets the compiler reorder what the source's orderings allow it to.
//!
//! Overflow checks and debug assertions stay on: what is a failure of the explored program is one of this.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::folder::Temporary;
use super::job::{not_run, ours, rustc};
use super::stand_in::{self, Variant, dependencies, external};
use super::texts::copy;
use super::toolchain::{self, Toolchain};
use super::{Input, Problem, process};

/// A compiled program; its files go when it is dropped.
#[derive(Debug)]
pub struct Executable {
    /// What the system runs. For an exercise it takes the name of a scenario as its only argument.
    pub path: PathBuf,
    _folder: Temporary,
}

/// Compiles `input`, of which nothing is kept: see [`super::compile`] for what is wrong with the user's text.
///
/// # Errors
/// See [`Problem`].
pub fn compile_native(input: &Input, tell: &mut dyn FnMut(&str)) -> Result<Executable, Problem> {
    let toolchain = toolchain::find()?;
    let folder = Temporary::new().map_err(ours)?;
    let path = folder.path().join("program");
    let built = match input.check {
        None => program(input, &toolchain, folder.path(), &path),
        Some(_) => {
            let std = stand_in::prepare(&toolchain, Variant::Native, tell)?;
            exercise(input, &toolchain, folder.path(), &std.library, &path)
        }
    };
    let output = built.map_err(|error| not_run(input, error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Problem::Errors(said.into_owned()));
    }
    Ok(Executable {
        path,
        _folder: folder,
    })
}

/// A program is compiled as it is.
fn program(
    input: &Input,
    toolchain: &Toolchain,
    folder: &Path,
    executable: &Path,
) -> io::Result<Output> {
    let mut command = optimised(toolchain, input, "bin");
    let copy = copy(
        &folder.join("source"),
        &input.file,
        input.file.text,
        &mut command,
    )?;
    process::output(command.arg(copy).arg("-o").arg(executable), process::LIMIT)
}

/// An exercise may have a `main` or none, so it becomes a library, and what calls its scenarios another crate.
fn exercise(
    input: &Input,
    toolchain: &Toolchain,
    folder: &Path,
    std: &Path,
    executable: &Path,
) -> io::Result<Output> {
    let library = folder.join("libprogram.rlib");
    let mut command = optimised(toolchain, input, "rlib");
    let mut text = input.file.text.to_owned();
    if let Some(check) = &input.check {
        let check = copy(&folder.join("check"), check, check.text, &mut command)?;
        text.push_str(&entry(input.scenarios, &check));
    }
    let copy = copy(&folder.join("source"), &input.file, &text, &mut command)?;
    command
        .arg(external("std", std))
        .arg(copy)
        .arg("-o")
        .arg(&library);
    let output = process::output(&mut command, process::LIMIT)?;
    if !output.status.success() {
        return Ok(output);
    }
    let caller = folder.join("caller.rs");
    fs::write(&caller, CALLER)?;
    let mut command = Command::new(&toolchain.rustc);
    command
        .args(["--crate-name=caller", "--crate-type=bin", "--edition=2021"])
        .arg("-Cstrip=symbols")
        .arg(external("program", &library))
        .arg(dependencies(std.parent().unwrap_or(Path::new(""))))
        .arg(caller)
        .arg("-o")
        .arg(executable);
    process::output(&mut command, process::LIMIT)
}

const CALLER: &str = "\
fn main() -> std::process::ExitCode {
    program::__threadlings::run(&std::env::args().nth(1).unwrap_or_default())
}
";

/// A function that runs a scenario by its name.
fn entry(scenarios: &[String], check: &Path) -> String {
    let arms: String = scenarios
        .iter()
        .map(|name| {
            format!(
                "{name:?} => ::std::process::Termination::report(super::threadlings_check::{name}()), "
            )
        })
        .collect();
    format!(
        "\npub mod __threadlings {{ pub fn run(scenario: &str) -> ::std::process::ExitCode {{ \
         match scenario {{ {arms}_ => ::std::process::ExitCode::FAILURE }} }} }}\n\
         #[path = {check:?}] mod threadlings_check;\n"
    )
}

fn optimised(toolchain: &Toolchain, input: &Input, kind: &str) -> Command {
    let mut command = rustc(toolchain, input);
    command
        .args(["--crate-type", kind, "--cap-lints=allow"])
        .args(["-Copt-level=3", "-Cdebug-assertions=on", "-Cstrip=symbols"]);
    command
}
