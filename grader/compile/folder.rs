//! Folders: the user's cache, and temporary ones that go with us, however we end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::output;

/// How the names of our temporary folders begin; the number of the process follows.
const PREFIX: &str = "threadlings-";

static ALIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// What is said when a signal ends the process.
static LAST_WORDS: Mutex<Option<&str>> = Mutex::new(None);

/// A private folder that is removed when it is dropped, or when a signal ends the process.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Temporary {
    /// Makes one, and removes those of processes that are gone.
    pub fn new() -> io::Result<Temporary> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| remove_stale(&std::env::temp_dir()));
        watch_signals();
        // Held while the folder is made: a signal must not come between making and knowing it.
        let mut alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::Builder::new()
            .prefix(&format!("{PREFIX}{}-", std::process::id()))
            .tempdir()?
            .keep();
        alive.push(folder.clone());
        Ok(Temporary(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|folder| *folder != self.0);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Has this said on standard error when a signal ends the process.
pub fn when_ended(words: &'static str) {
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    watch_signals();
}

fn watch_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(watch_signals_once);
}

fn watch_signals_once() {
    // Without it a signal leaves a folder behind, which the next run removes.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else {
        return;
    };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Kept locked: nothing new is made from here on.
            let alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner);
            for folder in alive.iter() {
                let _ = fs::remove_dir_all(folder);
            }
            if let Some(words) = *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) {
                // Where a line on the terminal says how far we are, or `^C`.
                let gap = if output::progress_on_terminal() {
                    "\n"
                } else {
                    ""
                };
                output::remark(&format!("{gap}{words}"));
            }
            let _ = emulate_default_handler(signal);
        }
    });
}

/// Removes the folders of processes that no longer exist.
fn remove_stale(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let process = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.split_once('-'))
            .and_then(|(process, _)| process.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The user's cache: `$THREADLINGS_CACHE`, or `threadlings` below `$XDG_CACHE_HOME` or `~/.cache`.
pub fn cache() -> Option<PathBuf> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("THREADLINGS_CACHE").or_else(|| {
        let parent = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
        // The XDG specification: a relative path is to be ignored.
        Some(
            parent
                .filter(|parent| parent.is_absolute())?
                .join("threadlings"),
        )
    })
}
