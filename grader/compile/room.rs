//! Whether there is room on the disk: where there is none, the program is not to blame for what the compiler says.

use std::path::Path;

use super::Problem;

/// Bytes that compiling needs, with the linker's copies.
const ENOUGH: u64 = 64 << 20;

/// How a full disk, and a quota that is used up, are told. A program can make the compiler say so: it is not judged then,
/// which is worth less than any verdict.
const FULL: [&str; 2] = ["(os error 28)", "(os error 122)"];

/// What is wrong where the compiler has `said` something, and has written into `folders`.
pub fn problem(said: String, folders: &[&Path]) -> Problem {
    let full = folders.iter().find(|folder| is_full(folder));
    match full {
        Some(folder) => Problem::Ours(format!(
            "there is not enough room to compile in {}: it takes {} MiB",
            folder.display(),
            ENOUGH >> 20
        )),
        None if FULL.iter().any(|full| said.contains(full)) => {
            Problem::Ours("there was no room left on the disk while it was compiled".to_owned())
        }
        None => Problem::Errors(said),
    }
}

fn is_full(folder: &Path) -> bool {
    // What cannot be asked has room, as far as is known.
    rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_bavail * disk.f_frsize < ENOUGH)
}
