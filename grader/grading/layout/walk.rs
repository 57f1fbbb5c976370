//! Everything below a folder, without following links. What nobody meant to hand in is passed over, and counted.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::Unmatched;
use super::names;
use crate::failure::Problem;
use crate::grading::ledger;

/// Folders in folders: deeper ones are not looked into.
const DEEPEST: usize = 32;

/// Files and folders: with more, this is not the folder of a class.
const MOST: usize = 1_000_000;

/// What is below a folder; all paths are relative to it, and sorted.
#[derive(Debug, Default)]
pub struct Tree {
    /// Regular files.
    pub files: Vec<PathBuf>,
    /// Folders.
    pub folders: Vec<PathBuf>,
    /// What is neither, or cannot be looked into.
    pub odd: Vec<Unmatched>,
    /// What was passed over.
    pub passed: Passed,
}

/// How many things were passed over, of each kind.
#[derive(Debug, Default)]
pub struct Passed(BTreeMap<Kind, usize>);

/// Why something is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `.git`, `.DS_Store`, `__MACOSX`.
    Hidden,
    /// `target`.
    Built,
    /// Left behind by an editor or a system.
    LeftBehind,
    /// Where earlier results are.
    Results,
    /// Of the course that submissions are graded against.
    Course,
    /// A copy of a file of the course, in a copy of the course.
    Copied,
    /// For an exercise that was not asked for.
    Other,
    /// No Rust, next to answers.
    NotRust,
}

impl Passed {
    /// Counts one.
    pub fn add(&mut self, kind: Kind) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// In words; `None` if there was nothing.
    pub fn words(&self) -> Option<String> {
        let parts = self.0.iter().map(|(kind, count)| {
            let (one, many) = match kind {
                Kind::Hidden => ("hidden file or folder", "hidden files or folders"),
                Kind::Built => ("build folder", "build folders"),
                Kind::LeftBehind => (
                    "file left behind by an editor",
                    "files left behind by editors",
                ),
                Kind::Results => ("folder of results", "folders of results"),
                Kind::Course => (
                    "folder of the course itself",
                    "folders of the course itself",
                ),
                Kind::Copied => ("other file of the course", "other files of the course"),
                Kind::Other => ("answer to another exercise", "answers to other exercises"),
                Kind::NotRust => ("file that is not Rust", "files that are not Rust"),
            };
            format!("{count} {}", if *count == 1 { one } else { many })
        });
        let parts: Vec<String> = parts.collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// Looks at everything below `root`, but not into the folders `own`, which are absolute.
///
/// # Errors
/// When `root` itself cannot be read, or holds more than a million files.
pub fn walk(root: &Path, own: &[PathBuf]) -> Result<Tree, Problem> {
    let mut tree = Tree::default();
    let absolute = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let mut open = vec![PathBuf::new()];
    let mut count = 0;
    while let Some(folder) = open.pop() {
        let entries = match read(&root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if folder.as_os_str().is_empty() => {
                return Err(Problem::at(
                    root,
                    None,
                    format!("this folder cannot be read: {error}"),
                ));
            }
            Err(error) => {
                tree.odd(folder, format!("this folder cannot be read: {error}"));
                continue;
            }
        };
        count += entries.len();
        if count > MOST {
            return Err(Problem::at(
                root,
                None,
                format!("this folder holds more than {MOST} files"),
            )
            .help("name the folder that holds the submissions, and nothing else"));
        }
        for entry in entries {
            let path = folder.join(entry.file_name());
            if let Some(kind) = passed_over(&entry, &folder) {
                tree.passed.add(kind);
                continue;
            }
            match entry.file_type() {
                Err(error) => tree.odd(path, format!("this cannot be read: {error}")),
                Ok(kind) if kind.is_symlink() => {
                    tree.odd(
                        path,
                        "a symbolic link, which is not followed: put the file itself here",
                    );
                }
                Ok(kind) if kind.is_file() => tree.files.push(path),
                Ok(kind) if !kind.is_dir() => tree.odd(path, "this is neither a file nor a folder"),
                Ok(_) if own.contains(&absolute.join(&path)) => tree.passed.add(Kind::Course),
                Ok(_) if path.components().count() > DEEPEST => {
                    tree.odd(
                        path,
                        format!("more than {DEEPEST} folders deep, and not looked into"),
                    );
                }
                Ok(_) => {
                    open.push(path.clone());
                    tree.folders.push(path);
                }
            }
        }
    }
    tree.files.sort();
    tree.folders.sort();
    Ok(tree)
}

impl Tree {
    /// Whether there is nothing that anybody could have meant to hand in.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty() && self.odd.is_empty()
    }

    fn odd(&mut self, path: PathBuf, reason: impl Into<String>) {
        self.odd.push(Unmatched {
            path,
            reason: reason.into(),
            of: None,
        });
    }
}

fn read(folder: &Path) -> io::Result<Vec<DirEntry>> {
    fs::read_dir(folder)?.collect()
}

fn passed_over(entry: &DirEntry, folder: &Path) -> Option<Kind> {
    let name = names::visible(&entry.file_name());
    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
    let holds = |file: &str| entry.path().join(file).symlink_metadata().is_ok();
    if name.starts_with('.') || name == "__MACOSX" {
        return Some(Kind::Hidden);
    }
    if !is_folder {
        return names::is_left_behind(&name).then_some(Kind::LeftBehind);
    }
    // A student may be called like that, so the name alone is not enough.
    let built = ["CACHEDIR.TAG", ".rustc_info.json", "debug", "release"];
    if name == "target" && built.into_iter().any(holds) {
        return Some(Kind::Built);
    }
    let at_the_top = folder.as_os_str().is_empty();
    (at_the_top && holds(ledger::NAME)).then_some(Kind::Results)
}
