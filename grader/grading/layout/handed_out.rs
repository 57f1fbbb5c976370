//! Exercises as they were handed out: a folder with the name of the exercise and an `exercise.rs` in it, alone or in a
//! copy of the whole course. Only `exercise.rs` is the student's; what else was changed is ignored, and told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::names::{self, plain, visible};
use crate::courses::{Course, Exercise};

/// Ignored files that a remark names; of more it says how many.
const NAMED: usize = 4;

/// One such folder.
#[derive(Debug)]
pub struct HandedOut<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// How many folders are above what was handed out; the student's must be among them.
    pub above: usize,
}

/// All of them.
#[derive(Debug, Default)]
pub struct HandedOuts<'a> {
    folders: BTreeMap<PathBuf, HandedOut<'a>>,
    /// Folders that correspond to the root of the course.
    copies: BTreeSet<PathBuf>,
}

impl<'a> HandedOuts<'a> {
    /// Notes that `folder` holds an `exercise.rs`. If its name is that of no exercise, it is one of `otherwise`.
    pub fn note(&mut self, folder: &Path, course: &'a Course, otherwise: Option<&'a Exercise>) {
        let parts: Vec<String> = folder.iter().map(visible).collect();
        let Some(last) = parts.last() else { return };
        let named = course
            .exercises
            .iter()
            .find(|exercise| names::same(&exercise.manifest.id, last));
        let Some(exercise) = named.or(otherwise) else {
            return;
        };
        let place = exercise
            .folder
            .strip_prefix(&course.root)
            .unwrap_or(&exercise.folder);
        let handed_out = place.iter().rev().map(visible);
        let same = parts
            .iter()
            .rev()
            .zip(handed_out)
            .take_while(|(part, other)| names::same(part, other));
        let same = same.count();
        let above = parts.len() - same;
        if same == place.iter().count() {
            self.copies.insert(folder.iter().take(above).collect());
        }
        self.folders
            .insert(folder.to_path_buf(), HandedOut { exercise, above });
    }

    /// The nearest such folder that `file` is in.
    pub fn around(&self, file: &Path) -> Option<(&Path, &HandedOut<'a>)> {
        let mut above = file.ancestors().skip(1);
        above
            .find_map(|folder| self.folders.get_key_value(folder))
            .map(|(folder, it)| (&**folder, it))
    }

    /// Whether `file` is in a copy of the course, where the course has a file as well.
    pub fn is_copied(&self, file: &Path, course: &Course) -> bool {
        let copy = file
            .ancestors()
            .skip(1)
            .find(|folder| self.copies.contains(*folder));
        let place = copy.and_then(|copy| file.strip_prefix(copy).ok());
        place.is_some_and(|place| course.root.join(place).is_file())
    }
}

/// What is said about the files `beside` an answer in the folder `handed_out`; `None` if all are the course's own.
pub fn ignored(
    root: &Path,
    handed_out: &Path,
    exercise: &Exercise,
    beside: &[PathBuf],
) -> Option<String> {
    let words = beside.iter().filter_map(|path| {
        let place = path.strip_prefix(handed_out).ok()?;
        let name = visible(place.as_os_str());
        match same_text(&root.join(path), &exercise.folder.join(place)) {
            Some(true) => None,
            Some(false) => Some(format!("`{name}` (edited)")),
            None => Some(format!("`{name}` (added)")),
        }
    });
    let mut words: Vec<String> = words.collect();
    let more = words.len().saturating_sub(NAMED);
    words.truncate(NAMED);
    if more > 0 {
        words.push(format!("{more} more"));
    }
    let list = words.join(", ");
    (!words.is_empty()).then(|| format!("ignored, as only the course's own checks count: {list}"))
}

/// Whether two files hold the same; `None` if the second is not there. What cannot be read is not the same.
pub fn same_text(one: &Path, other: &Path) -> Option<bool> {
    let length = |path: &Path| {
        fs::symlink_metadata(path)
            .ok()
            .filter(fs::Metadata::is_file)
            .map(|facts| facts.len())
    };
    let expected = length(other)?;
    let alike = length(one) == Some(expected) && expected <= super::LARGEST_COMPARED;
    Some(alike && matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other))
}

/// Whether this file is the one that a student edits.
pub fn is_answer(file: &str) -> bool {
    names::rust_stem(file).is_some_and(|stem| plain(stem) == "exercise")
}
