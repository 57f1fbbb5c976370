//! Reads a stranger's file: once, and nothing but a file.
//!
//! Whoever hands in a folder can put anything into it: links that lead out of it, pipes that never answer, devices, files
//! without end. So the way from the folder to the file is gone without following a link, opening waits for nobody, and
//! what is read is text of a bounded size. The path is not looked at again.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::SourceFile;
use crate::failure::Problem;

/// A bigger file is no answer that a person has written.
pub const LARGEST: u64 = 256 * 1024;

/// A folder with submissions, held open: what becomes of its name later does not matter.
#[derive(Debug)]
pub struct Folder(OwnedFd);

/// Why a submission is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is none: a verdict on it. A sentence about the file, which it does not name.
    Rejected(String),
    /// It may well be one, but cannot be read here: no verdict. A sentence, with the place.
    Unreadable(String),
}

impl Refusal {
    /// The sentence.
    pub fn sentence(&self) -> &str {
        match self {
            Refusal::Rejected(what) | Refusal::Unreadable(what) => what,
        }
    }
}

impl Folder {
    /// Opens the folder that the user has named; links on the way to it are the user's own.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn open(path: &Path) -> Result<Folder, Problem> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match rustix::fs::openat(CWD, path, flags, Mode::empty()) {
            Ok(descriptor) => Ok(Folder(descriptor)),
            Err(error) => {
                let what = match error {
                    Errno::NOENT => "there is no such folder".to_string(),
                    Errno::NOTDIR => "this is not a folder".to_string(),
                    Errno::ACCESS => "you may not read this folder".to_string(),
                    error => format!("this folder cannot be read: {}", io::Error::from(error)),
                };
                Err(Problem::at(path, None, what)
                    .help("name the folder that holds the submissions"))
            }
        }
    }

    /// Reads the submission at `below`, a path relative to this folder. From then on it is called `name`.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn submission(&self, below: &Path, name: &Path) -> Result<SourceFile, Refusal> {
        let shown = name.display();
        let rejected = |what: &str| Refusal::Rejected(what.to_string());
        let unreadable = |error: io::Error| {
            Refusal::Unreadable(format!("{shown}: this file cannot be read: {error}"))
        };
        let mut file = match self.open_below(below) {
            Ok(descriptor) => File::from(descriptor),
            Err(Errno::LOOP | Errno::MLINK) => return Err(rejected(LINK)),
            // A socket, or a device that is not there.
            Err(Errno::NXIO | Errno::NODEV) => return Err(rejected(NO_FILE)),
            Err(error) => return Err(unreadable(error.into())),
        };
        let facts = file.metadata().map_err(unreadable)?;
        if facts.is_dir() {
            return Err(rejected("this is a folder, and an answer is a file"));
        }
        if !facts.is_file() {
            return Err(rejected(NO_FILE));
        }
        let mut bytes = Vec::new();
        if facts.len() <= LARGEST {
            // One byte more than allowed, so that a file that grows meanwhile is noticed too.
            let mut begin = file.by_ref().take(LARGEST + 1);
            begin.read_to_end(&mut bytes).map_err(unreadable)?;
        }
        if facts.len().max(bytes.len() as u64) > LARGEST {
            return Err(rejected("this file is larger than 256 KiB"));
        }
        match text(bytes) {
            Ok(text) => Ok(SourceFile {
                path: name.to_path_buf(),
                text,
            }),
            Err((None, what)) => Err(rejected(what)),
            Err((Some(line), what)) => {
                Err(Refusal::Rejected(format!("{what}: look at line {line}")))
            }
        }
    }

    /// Without following a link, leaving the folder, or waiting for whoever is at the other end of a pipe.
    fn open_below(&self, below: &Path) -> rustix::io::Result<OwnedFd> {
        let within =
            ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match rustix::fs::openat2(&self.0, below, READING, Mode::empty(), within) {
            // Older kernels do not have it, and some containers do not allow it.
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL) => self.open_step_by_step(below),
            result => result,
        }
    }

    /// The same for any kernel.
    fn open_step_by_step(&self, below: &Path) -> rustix::io::Result<OwnedFd> {
        let mut names = below.components().peekable();
        let mut folder = None;
        while let Some(Component::Normal(name)) = names.next() {
            let at = folder.as_ref().unwrap_or(&self.0);
            if names.peek().is_none() {
                return rustix::fs::openat(at, name, READING, Mode::empty());
            }
            let path_only = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let next = rustix::fs::openat(at, name, path_only, Mode::empty())?;
            let facts = rustix::fs::fstat(&next)?;
            if rustix::fs::FileType::from_raw_mode(facts.st_mode) == rustix::fs::FileType::Symlink {
                return Err(Errno::LOOP);
            }
            folder = Some(next);
        }
        Err(Errno::XDEV)
    }
}

const READING: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

const LINK: &str = "this is a link to another place, and an answer is a file in its own folder";
const NO_FILE: &str = "this is not a regular file";

/// The text in `bytes`, without the mark that some editors put before it; or what it is instead, and in which line.
pub fn text(bytes: Vec<u8>) -> Result<String, (Option<usize>, &'static str)> {
    if looks_like_utf16(&bytes) {
        return Err((
            None,
            "this file is not UTF-8 text (it looks like UTF-16): save it as UTF-8",
        ));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let what = "this file is not UTF-8 text: save it as UTF-8";
        (Some(line_after(valid)), what)
    })?;
    if let Some(at) = text.find('\0') {
        let line = line_after(&text.as_bytes()[..at]);
        return Err((Some(line), "this file contains a NUL, which no text does"));
    }
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.trim().is_empty() {
        return Err((None, "this file is empty"));
    }
    Ok(text)
}

/// By the mark at its beginning, or by the zeros in every other byte of what is mostly ASCII.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let is_marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let zeros = |from: usize| {
        let every_other = bytes.iter().skip(from).step_by(2);
        every_other.filter(|byte| **byte == 0).count()
    };
    is_marked || (bytes.len() > 2 && zeros(0).max(zeros(1)) > bytes.len() / 4)
}

fn line_after(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use proptest::prelude::*;

    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().expect("a folder for a test");
        std::fs::create_dir(place.path().join("anna")).expect("the folder is ours");
        std::fs::write(place.path().join("anna/a.rs"), "fn main() {}\n").expect("ours");
        let folder = Folder::open(place.path()).expect("it is there");
        (place, folder)
    }

    fn read(folder: &Folder, below: &str) -> Result<SourceFile, Refusal> {
        folder.submission(Path::new(below), Path::new(below))
    }

    /// In both ways of opening.
    fn refused(folder: &Folder, below: &str) -> String {
        let by_steps = folder.open_step_by_step(Path::new(below)).map(|_| ());
        let at_once = folder.open_below(Path::new(below)).map(|_| ());
        assert_eq!(by_steps, at_once, "{below}");
        match read(folder, below) {
            Err(Refusal::Rejected(what)) => what,
            other => panic!("{below}: {other:?}"),
        }
    }

    #[test]
    fn a_file_is_read() {
        let (_place, folder) = folder();
        let read = read(&folder, "anna/a.rs").expect("a file");
        assert_eq!(read.text, "fn main() {}\n");
        let path = Path::new("anna/a.rs");
        assert!(folder.open_step_by_step(path).is_ok());
    }

    #[test]
    fn no_link_is_followed() {
        let (place, folder) = folder();
        let at = |name: &str| place.path().join(name);
        symlink("a.rs", at("anna/link.rs")).expect("a link");
        symlink("/etc/passwd", at("anna/away.rs")).expect("a link");
        symlink("nowhere", at("anna/nowhere.rs")).expect("a link");
        symlink("anna", at("linked")).expect("a link");
        symlink("/", at("anna/root")).expect("a link");
        for below in [
            "anna/link.rs",
            "anna/away.rs",
            "anna/nowhere.rs",
            "linked/a.rs",
            "anna/root/etc/passwd",
        ] {
            let what = refused(&folder, below);
            assert!(what.ends_with(LINK), "{what}");
        }
    }

    #[test]
    fn the_folder_is_not_left() {
        let (_place, folder) = folder();
        for below in ["../a.rs", "/etc/passwd", "anna/../../a.rs"] {
            let read = read(&folder, below);
            assert!(matches!(read, Err(Refusal::Unreadable(_))), "{read:?}");
            let read = folder.open_step_by_step(Path::new(below));
            assert!(read.is_err());
        }
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let (place, folder) = folder();
        let at = |name: &str| place.path().join(name);
        rustix::fs::mkfifoat(CWD, at("pipe.rs"), Mode::RWXU).expect("a pipe");
        std::fs::create_dir(at("folder.rs")).expect("ours");
        let _socket = UnixListener::bind(at("socket.rs")).expect("a socket");
        assert!(refused(&folder, "pipe.rs").ends_with(NO_FILE));
        assert!(refused(&folder, "socket.rs").ends_with(NO_FILE));
        assert!(refused(&folder, "folder.rs").contains("folder"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let (place, folder) = folder();
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(place.path().join(name), bytes).expect("ours");
        };
        write("latin.rs", b"// a\n// caf\xe9\n");
        write("nul.rs", b"fn main() {}\n\n\0");
        write("utf16.rs", b"\xff\xfef\0n\0");
        write("empty.rs", b" \n");
        write("big.rs", "/".repeat(256 * 1024 + 1).as_bytes());
        write("bom.rs", "\u{feff}fn main() {}".as_bytes());
        let sparse = File::create(place.path().join("sparse.rs")).expect("ours");
        sparse.set_len(100 << 20).expect("no block is written");
        for (name, what) in [
            (
                "latin.rs",
                "this file is not UTF-8 text: save it as UTF-8: look at line 2",
            ),
            (
                "nul.rs",
                "this file contains a NUL, which no text does: look at line 3",
            ),
            ("utf16.rs", "UTF-16"),
            ("empty.rs", "empty"),
            ("big.rs", "256 KiB"),
            ("sparse.rs", "256 KiB"),
        ] {
            let said = refused(&folder, name);
            assert!(said.contains(what), "{said}");
        }
        let read = read(&folder, "bom.rs").expect("a text");
        assert_eq!(read.text, "fn main() {}");
    }

    #[test]
    fn what_is_not_there_is_no_verdict() {
        let (_place, folder) = folder();
        let read = read(&folder, "anna/b.rs");
        assert!(matches!(read, Err(Refusal::Unreadable(_))), "{read:?}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_text_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = text(bytes);
        }
    }
}
