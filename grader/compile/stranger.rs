//! What is different about a program that somebody else has handed in.

use std::path::Path;
use std::process::Output;

use super::program::{copy, ours, rustc};
use super::stand_in::{self, Variant};
use super::toolchain::Toolchain;
use super::{Input, Problem, process};

/// Whether rustc is to refuse all unsafe code of `input`.
pub fn forbids_unsafe(input: &Input) -> bool {
    input.stranger && !input.allow_unsafe
}

/// What rustc says about a stranger's own file, with the same std; what only the copy has wrong, if the file itself
/// is right.
pub fn errors(
    input: &Input,
    toolchain: &Toolchain,
    folder: &Path,
    of_copy: &Output,
    tell: &mut dyn FnMut(&str),
) -> Problem {
    let variant = Variant::Announcing {
        counting: false,
        allowed: true,
    };
    let said = stand_in::prepare(toolchain, variant, tell).and_then(|stand_in| {
        let mut command = rustc(toolchain, input);
        let text = input.file.text;
        let original = copy(&folder.join("original"), &input.file, text, &mut command);
        let original = original.map_err(ours)?;
        stand_in.replace(&mut command, true);
        command
            .args(["--crate-type=lib", "--emit=metadata", "-o"])
            .arg(folder.join("original.rmeta"))
            .arg(original);
        process::output(&mut command, process::LIMIT).map_err(ours)
    });
    let said = match &said {
        Ok(output) if !output.status.success() && !output.stderr.is_empty() => &output.stderr,
        _ => &of_copy.stderr,
    };
    if said.is_empty() {
        return Problem::Ours(format!(
            "rustc ended without a message ({})",
            of_copy.status
        ));
    }
    let mut said = String::from_utf8_lossy(said).into_owned();
    if misses_std(&said) {
        said.push_str(
            "\nnote: a graded answer may use that part of std only which exercises need: no files, sockets, processes, \
             environment or input\n",
        );
    }
    Problem::Errors(said)
}

/// Parts of std that are not there for a stranger, as rustc writes names.
const MISSING: &[&str] = &[
    "abort",
    "arch",
    "backtrace",
    "detect",
    "env",
    "exit",
    "fs",
    "include",
    "include_bytes",
    "include_str",
    "net",
    "option_env",
    "os",
    "path",
    "pipe",
    "process",
    "stdin",
    "Command",
    "Path",
    "PathBuf",
    "Stdin",
    "System",
];

/// Whether an error is likely to be about one of them.
fn misses_std(said: &str) -> bool {
    let errors = said.lines().filter(|line| line.contains("error"));
    let mut missing = errors.filter(|line| {
        ["cannot find", "could not find", "unresolved", "no `"]
            .iter()
            .any(|words| line.contains(words))
    });
    missing.any(|line| {
        let names = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        names.into_iter().any(|name| MISSING.contains(&name))
    })
}
