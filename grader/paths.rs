//! Paths as they are shown: relative to the working directory where that is shorter to read.

use std::path::{Component, Path, PathBuf};

/// `path` as a reader sees it: relative when it lies below the working directory, with `/` between the parts.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let short = path.strip_prefix(&here).unwrap_or(path);
    let short = short.strip_prefix(".").unwrap_or(short);
    if short.as_os_str().is_empty() {
        return ".".to_string();
    }
    short.display().to_string()
}

/// `path` from the root, with `.` and `..` resolved without asking the file system.
pub fn absolute(path: &Path) -> PathBuf {
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut clean = PathBuf::new();
    for part in full.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}
