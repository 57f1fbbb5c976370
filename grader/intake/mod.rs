//! Reads a program from disk, and says what is wrong with what is not one.

mod submission;

pub use submission::{Folder, Refusal};

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;

use crate::compile::SourceText;
use crate::failure::Problem;
use crate::tokens;

/// A bigger file is no program that a person has written.
const LARGEST: u64 = 1024 * 1024;

/// A source file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As the user named it.
    pub path: PathBuf,
    /// What was in it at that moment.
    pub text: String,
}

impl SourceFile {
    /// For the compiler.
    pub fn as_input(&self) -> SourceText<'_> {
        SourceText {
            path: &self.path,
            text: &self.text,
        }
    }
}

/// Reads the source file at `path`. Whether it is Rust is for rustc to say.
///
/// # Errors
/// When there is no such file, or it is a folder, too large, empty, or not UTF-8.
pub fn read(path: &Path) -> Result<SourceFile, Problem> {
    let wrong = |what: &str| Problem::at(path, None, what);
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => wrong("there is no such file")
            .help("check the path; exercises are named by their id, see `threadlings list`"),
        std::io::ErrorKind::PermissionDenied => {
            wrong("you may not read this file").help("change its permissions")
        }
        _ => wrong(&format!("this file cannot be read: {error}")),
    };
    let facts = fs::metadata(path).map_err(unreadable)?;
    if facts.is_dir() {
        return Err(
            wrong("this is a folder, not a Rust file").help("name a file that ends in `.rs`")
        );
    }
    if !facts.is_file() {
        return Err(wrong("this is not a regular file").help("name a file that ends in `.rs`"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    // One byte more than allowed, so that a file that grows meanwhile is noticed too.
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(wrong("this file is larger than 1 MiB")
            .help("check a smaller program: one file, only std"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Problem::at(path, Some(line), "this file is not UTF-8 text")
            .help("save it as UTF-8, the only encoding of Rust source files")
    })?;
    if text.trim().is_empty() {
        return Err(wrong("this file is empty").help("write a program with a `fn main()` into it"));
    }
    Ok(SourceFile {
        path: path.to_path_buf(),
        text,
    })
}

/// The same for a program that is run from its `main`.
///
/// # Errors
/// Also when there is no `main`. A file that is not even made of Rust tokens is left to rustc, which says it best.
pub fn read_program(path: &Path) -> Result<SourceFile, Problem> {
    let source = read(path)?;
    let Ok(tokens) = tokens::read(&source.text) else {
        return Ok(source);
    };
    // `use elsewhere::main;` defines one as well, hence not only `fn main`.
    let mut tokens = tokens.into_iter();
    if tokens.any(|token| matches!(token, TokenTree::Ident(name) if name == "main")) {
        return Ok(source);
    }
    Err(Problem::at(path, None, "this program has no `fn main()`")
        .help("add a `fn main()` that starts the threads and asserts what must be true at the end"))
}
