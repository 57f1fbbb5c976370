//! What is different about a program that somebody else has handed in.

use super::Input;
use super::stand_in::Variant;

/// The std with which the errors of its own text are found.
pub const VARIANT: Variant = Variant::Announcing {
    counting: false,
    allowed: true,
};

/// Whether rustc is to refuse all unsafe code of `input`.
pub fn forbids_unsafe(input: &Input) -> bool {
    input.stranger && !input.allow_unsafe
}

/// What is to be added to errors that are likely to come from a crate, or from a part of std that is not there for a
/// stranger.
pub fn note(said: &str) -> Option<&'static str> {
    if said.lines().any(is_about_a_crate) {
        return Some("\nnote: only `std` can be used here: no other crate is there\n");
    }
    let mut errors = said
        .lines()
        .filter(|line| line.contains("error") && MISSED.iter().any(|words| line.contains(words)));
    let is_missing = |line: &str| {
        let mut names = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        names.any(|name| MISSING.contains(&name))
    };
    errors.any(is_missing).then_some(
        "\nnote: a graded answer may use that part of std only which exercises need: no files, sockets, processes, \
         environment, input or panic hooks\n",
    )
}

/// rustc says it of every name that could be a crate's, also of a misspelt module: the note is true of both.
fn is_about_a_crate(line: &str) -> bool {
    let is_own = line.trim_start().starts_with("= help: ") || line.starts_with("error");
    is_own
        && ["missing a crate named", "can't find crate for"]
            .iter()
            .any(|words| line.contains(words))
}

/// How rustc says that something is not there.
const MISSED: &[&str] = &["cannot find", "could not find", "unresolved", "no `"];

/// What is not there.
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
    "set_hook",
    "stdin",
    "take_hook",
    "Command",
    "Path",
    "PathBuf",
    "Stdin",
    "System",
];
