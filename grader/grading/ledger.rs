//! `results.jsonl`: one line for each submission that was judged, on the disk as soon as that is known.
//!
//! Nothing in it is ever changed: a later result of the same student and exercise replaces an earlier one, which stays as
//! history. Results of submissions that are no longer there stay as well, and count again when the same answer is back.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::lines::{Kept, Lines};
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

    /// What was judged of this student and exercise, if that still counts.
    pub fn current(&self, key: &Key, content: &str) -> Option<&Record> {
        let kept = self.lines.results.get(key)?;
        kept.counts(content).then_some(&kept.record)
    }

    /// The class is now this one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn enroll(&mut self, roll: Roll) -> Result<(), Problem> {
        let known = self.lines.roll.as_ref();
        if roll.regrade || !known.is_some_and(|known| known.is_like(&roll)) {
            self.write(&roll, "the list of the submissions")?;
        }
        self.lines.enroll(roll);
        Ok(())
    }

    /// Adds a result. It is on the disk when this returns.
    ///
    /// # Errors
    /// When the disk is full, or gone.
    pub fn add(&mut self, record: Record) -> Result<(), Problem> {
        self.write(&record, "a result")?;
        self.lines
            .keep(record)
            .map_err(|why| Problem::at(&self.path, None, why))
    }

    fn write(&mut self, line: &impl Serialize, what: &str) -> Result<(), Problem> {
        let written = serde_json::to_vec(line)
            .map_err(io::Error::from)
            .and_then(|mut line| {
                line.push(b'\n');
                self.file.write_all(&line)?;
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

impl Kept {
    /// Whether an answer with this content need not be judged again. What could not be graded is tried again, unless it
    /// would come out the same.
    pub fn counts(&self, content: &str) -> bool {
        use threadlings::explanation::Verdict;
        let is_final = self.record.object.verdict == Verdict::Unmodelled;
        let grade = self.record.grade.as_ref();
        !self.outdated
            && grade.is_some_and(|grade| {
                grade.content == content && (grade.score.is_some() || is_final)
            })
    }
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
