//! What a student has done so far, in `.threadlings/progress.json` of the course.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Course, Exercise};
use crate::failure::Problem;

/// Number of this file's format.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    version: u32,
    exercises: BTreeMap<String, Entry>,
}

/// One exercise of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The contents that were proved right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    solved: Option<String>,
    /// How many hints were shown.
    #[serde(default)]
    hints: usize,
}

/// How far an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not solved yet.
    Open,
    /// What is in the file now was proved right.
    Solved,
    /// It was solved, and has been changed since.
    Changed,
}

impl Progress {
    /// The progress in `course`; nothing is done where there is no file.
    ///
    /// # Errors
    /// When the file is not what this program writes.
    pub fn read(course: &Course) -> Result<Progress, Problem> {
        let path = file(course);
        let Ok(text) = std::fs::read_to_string(&path) else {
            return Ok(Progress {
                version: VERSION,
                exercises: BTreeMap::new(),
            });
        };
        let help =
            "delete the file to begin anew; solved exercises are recognised by the next check";
        let progress: Progress = serde_json::from_str(&text).map_err(|error| {
            Problem::at(
                &path,
                Some(error.line()),
                format!("this is no progress file: {error}"),
            )
            .help(help)
        })?;
        if progress.version != VERSION {
            let version = progress.version;
            return Err(Problem::at(
                &path,
                None,
                format!("the file has version {version}, and this program knows version {VERSION}"),
            )
            .help(help));
        }
        Ok(progress)
    }

    /// How far `exercise` is.
    pub fn state(&self, exercise: &Exercise) -> State {
        let solved = self
            .exercises
            .get(&exercise.manifest.id)
            .and_then(|entry| entry.solved.as_ref());
        match solved {
            None => State::Open,
            Some(hash) if *hash == contents(exercise) => State::Solved,
            Some(_) => State::Changed,
        }
    }

    /// The first exercise of `course` that is not solved.
    pub fn next<'c>(&self, course: &'c Course) -> Option<&'c Exercise> {
        let mut exercises = course.exercises.iter();
        exercises.find(|exercise| self.state(exercise) != State::Solved)
    }

    /// Notes that the present contents of `exercise` are right.
    pub fn set_solved(&mut self, exercise: &Exercise) {
        let entry = self
            .exercises
            .entry(exercise.manifest.id.clone())
            .or_default();
        entry.solved = Some(contents(exercise));
    }

    /// How many hints of `exercise` were shown.
    pub fn hints(&self, exercise: &Exercise) -> usize {
        self.exercises
            .get(&exercise.manifest.id)
            .map_or(0, |entry| entry.hints)
    }

    /// Notes that `count` hints of `exercise` were shown.
    pub fn set_hints(&mut self, exercise: &Exercise, count: usize) {
        self.exercises
            .entry(exercise.manifest.id.clone())
            .or_default()
            .hints = count;
    }

    /// Writes the file as one step: a reader sees the old one or the new one.
    ///
    /// # Errors
    /// When the folder is read-only, or the disk is full.
    pub fn write(&self, course: &Course) -> std::io::Result<()> {
        let path = file(course);
        let folder = path.parent().unwrap_or(&course.root);
        std::fs::create_dir_all(folder)?;
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::other)?;
        writeln!(new, "{text}")?;
        new.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn file(course: &Course) -> PathBuf {
    course.root.join(".threadlings").join("progress.json")
}

/// A hash of what was judged: the student's file, and the checks it was judged by.
fn contents(exercise: &Exercise) -> String {
    let mut hash = Sha256::new();
    for path in [
        exercise.file(),
        exercise.check_file(),
        exercise.manifest_file(),
    ] {
        let bytes = std::fs::read(path).unwrap_or_default();
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
