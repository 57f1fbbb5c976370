//! `results.jsonl`: one line for each submission that was judged, on the disk as soon as that is known.
//!
//! Nothing in it is ever changed: a later result of the same student and exercise replaces an earlier one, which stays as
//! history. Results of submissions that are no longer there stay as well, and count again when the same answer is back.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::lines::Lines;
use super::results_folder;
use super::roll::{Key, Roll};
use crate::failure::Problem;
use crate::output;
use crate::reports::record::Record;

/// The name of the file in the folder of the results.
pub const NAME: &str = "results.jsonl";

/// A ledger that is being written, by nobody else.
pub struct Ledger {
    path: PathBuf,
    /// Locked as long as it is open.
    file: File,
    lines: Lines,
}

impl Ledger {
    /// Opens the ledger in `folder`, or begins one. What an interrupted run has left half written is cut off.
    ///
    /// # Errors
    /// When it cannot be read or written, is being written, or holds something else.
    pub fn open(folder: &Path) -> Result<Ledger, Problem> {
        let path = folder.join(NAME);
        let wrong = |error: io::Error| {
            Problem::at(
                folder,
                None,
                format!("no results can be written here: {error}"),
            )
            .help("make it writable, or name another folder with `--results`")
        };
        if folder.exists() && !folder.is_dir() {
            return Err(wrong(io::Error::other("it is no folder")));
        }
        fs::create_dir_all(folder).map_err(wrong)?;
        // Before it is opened: it may be a pipe.
        Lines::read(&path)?;
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(wrong)?;
        lock(&file, &path)?;
        // Again: it may have been written until a moment ago.
        let lines = Lines::read(&path)?;
        file.set_len(lines.whole).map_err(wrong)?;
        Ok(Ledger { path, file, lines })
    }

    /// What is known.
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// What was judged of this student and exercise, if that still counts: see [`Kept::counts`].
    pub fn current(&self, key: &Key, content: &str, sandbox: bool) -> Option<&Record> {
        let kept = self.lines.results.get(key)?;
        kept.counts(content, sandbox).then_some(&kept.record)
    }

    /// Writes a ledger that says what `lines` say, all of it or nothing.
    ///
    /// # Errors
    /// When there is one already, or none can be written.
    pub fn write(folder: &Path, lines: &Lines) -> Result<(), Problem> {
        // Locked until this is over.
        let empty = Ledger::open(folder)?;
        let wrong = |what: String| Problem::at(&empty.path, None, what);
        if empty.lines.roll.is_some() {
            return Err(wrong("there are results here already".to_string()).help(
                "name an empty folder; to join these results too, name them with the others",
            ));
        }
        let mut text = String::new();
        let all = lines.results.values().map(|kept| json(&kept.record));
        for line in lines.roll.iter().map(json).chain(all) {
            text += &line.map_err(|error| wrong(error.to_string()))?;
        }
        results_folder::replace(&empty.path, &text, true)
            .map_err(|error| wrong(format!("the results cannot be written: {error}")))
    }

    /// The class is now this one.
    ///
    /// # Errors
    /// When it cannot be written, or this is the ledger of another part of the class.
    pub fn enroll(&mut self, roll: Roll) -> Result<(), Problem> {
        let known = self.lines.roll.as_ref();
        if let Some(other) = known.filter(|known| known.shards != roll.shards) {
            return Err(Problem::at(
                &self.path,
                None,
                format!("these are the results of {}", other.part()),
            )
            .help("name another folder with `--results`; `threadlings merge` joins them later"));
        }
        if roll.regrade || !known.is_some_and(|known| known.is_like(&roll)) {
            self.append(&roll, "the list of the submissions")?;
        }
        self.lines.enroll(roll);
        Ok(())
    }

    /// Adds a result. It is on the disk when this returns.
    ///
    /// # Errors
    /// When the disk is full, or gone.
    pub fn add(&mut self, record: Record) -> Result<(), Problem> {
        self.append(&record, "a result")?;
        self.lines
            .keep(record)
            .map_err(|why| Problem::at(&self.path, None, why))
    }

    fn append(&mut self, line: &impl Serialize, what: &str) -> Result<(), Problem> {
        let written = json(line).and_then(|line| {
            self.file.write_all(line.as_bytes())?;
            self.file.sync_data()?;
            Ok(line.len() as u64)
        });
        match written {
            Ok(length) => {
                self.lines.whole += length;
                Ok(())
            }
            Err(error) => {
                // If that fails too, the next run does it.
                let _ = self.file.set_len(self.lines.whole);
                Err(Problem::at(
                    &self.path,
                    None,
                    format!("{what} cannot be written: {error}"),
                )
                .help("make room, and run the same command again: it goes on from here"))
            }
        }
    }
}

fn json(line: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(line)? + "\n")
}

fn lock(file: &File, path: &Path) -> Result<(), Problem> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            Err(
                Problem::at(path, None, "another `threadlings` is writing results here")
                    .help("wait until it has ended, or name another folder with `--results`"),
            )
        }
        Err(TryLockError::Error(error)) => {
            // Some network file systems know no locks.
            output::warning(&format!(
                "{} cannot be locked ({error}): let only one `threadlings` write there",
                path.display()
            ));
            Ok(())
        }
    }
}
