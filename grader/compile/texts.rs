//! The texts that are compiled: the user's, and after its end what makes it a library with entry points.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Input, SourceText, counts, shield, stranger};

/// Whether a file may say `extern crate alloc`, itself or in another one that it includes. Who does not say it may not
/// use that name; to err here lets such a program pass, though not go past the stand-in.
pub fn may_use_alloc(text: &str) -> bool {
    let both = |one, other| text.contains(one) && text.contains(other);
    both("extern", "alloc") || text.contains("include") || both("mod", "path")
}

/// Writes the files of one program into `work`, and returns the crate's root.
pub fn lay_out(input: &Input, work: &Path, command: &mut Command) -> io::Result<PathBuf> {
    let check = match &input.check {
        Some(check) => Some(copy(&work.join("check"), check, check.text, command)?),
        None => None,
    };
    let text = with_entry(input, check.as_deref());
    copy(&work.join("program"), &input.file, &text, command)
}

/// Writes `text` under the file's name into `folder`, and has it bear the user's path in messages and places.
pub fn copy(
    folder: &Path,
    file: &SourceText,
    text: &str,
    command: &mut Command,
) -> io::Result<PathBuf> {
    let path = write(folder, file, text)?;
    rename(folder, file.path.parent().unwrap_or(Path::new("")), command);
    Ok(path)
}

/// Writes `text` under the file's name into `folder`.
pub fn write(folder: &Path, file: &SourceText, text: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let name = file.path.file_name().unwrap_or("program.rs".as_ref());
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path)
}

/// Has what is in `folder` bear paths of another folder in messages and places.
pub fn rename(folder: &Path, other: &Path, command: &mut Command) {
    let mut remap = folder.as_os_str().to_owned();
    remap.push("=");
    remap.push(other);
    command.arg("--remap-path-prefix").arg(remap);
}

/// The user's text, and after its end what makes it a library with entry points.
fn with_entry(input: &Input, check: Option<&Path>) -> String {
    let is_quiet = counts::ends_are_quiet(input.files().map(|file| file.text));
    let Some(check) = check else {
        let entries = "scenario \"main\" => super::main";
        return unsafe_denied(input.file.text) + "\n" + &entry_point(input, is_quiet, entries);
    };
    with_check(input, check) + &entry_point(input, is_quiet, &scenarios(input, "super"))
}

/// The user's text, and after its end the scenarios that drive it.
pub fn with_check(input: &Input, check: &Path) -> String {
    let mut text = unsafe_denied(input.file.text);
    text.push_str(&format!(
        "\n{}\n#[path = {check:?}] pub(crate) mod threadlings_check;\n",
        shield::macros_of_std()
    ));
    text
}

/// What the runner calls. Without `is_quiet`, ends of the program's own types may be visible.
pub fn entry_point(input: &Input, is_quiet: bool, entries: &str) -> String {
    let quiet = match is_quiet {
        true => "quiet own_types_are_quiet, ",
        false => "",
    };
    // Where unsafe code is forbidden it cannot be allowed again, and need not: macros of other crates are exempt.
    let allowed = match stranger::forbids_unsafe(input) {
        true => "",
        false => "#[allow(unsafe_code)] ",
    };
    format!("{allowed}mod __threadlings {{ ::std::__threadlings_entry! {{ {quiet}{entries} }} }}\n")
}

/// The scenarios of the check that is a module of `module`, as entries.
pub fn scenarios(input: &Input, module: &str) -> String {
    let scenarios = input.scenarios.iter();
    scenarios
        .map(|name| format!("scenario {name:?} => {module}::threadlings_check::{name}, "))
        .collect()
}

/// `#![forbid(unsafe_code)]` would reject the entry point too; `deny` rejects the user's own unsafe code as well.
fn unsafe_denied(text: &str) -> String {
    let denied = text.split_inclusive('\n').map(|line| {
        let attribute = line.trim_start();
        if attribute.starts_with("#![forbid(") && attribute.contains("unsafe_code") {
            line.replacen("forbid", "deny  ", 1)
        } else {
            line.to_owned()
        }
    });
    denied.collect()
}

#[cfg(test)]
mod tests {
    use super::unsafe_denied;

    #[test]
    fn what_is_forbidden_is_denied_in_as_many_bytes() {
        let text = "#![forbid(unsafe_code)]\nfn main() {}\n";
        let denied = unsafe_denied(text);
        assert_eq!(denied.len(), text.len());
        assert!(denied.starts_with("#![deny  (unsafe_code)]"), "{denied}");
    }
}
