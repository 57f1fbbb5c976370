//! Finding the submissions in a folder.

use std::path::{Path, PathBuf};

use super::submission::Submission;
use crate::courses::{self, Course};
use crate::failure::Problem;

/// What is looked for.
pub struct Sought<'a> {
    /// All files answer this exercise.
    pub exercise: Option<&'a str>,
    /// A table of students, exercises and paths.
    pub map: Option<&'a Path>,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// What was recognised, in words.
    pub layout: String,
    /// Sorted by student and exercise.
    pub submissions: Vec<Submission>,
    /// Sorted by path.
    pub unmatched: Vec<Unmatched>,
}

/// A file that answers no exercise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmatched {
    /// Relative to the folder.
    pub path: PathBuf,
    /// Why, in words.
    pub reason: String,
}

/// Finds the submissions in `root`.
///
/// # Errors
/// When the folder cannot be read.
pub fn discover(root: &Path, course: &Course, _: &Sought<'_>) -> Result<Found, Problem> {
    let mut submissions = Vec::new();
    for student in courses::entries(root)? {
        for file in courses::entries(&student)? {
            let name = |path: &Path| {
                path.file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned()
            };
            if course.exercise(&name(&file)).is_some() {
                submissions.push(Submission {
                    student: name(&student),
                    exercise: name(&file),
                    path: file.strip_prefix(root).unwrap_or(&file).to_owned(),
                    remarks: Vec::new(),
                });
            }
        }
    }
    Ok(Found {
        layout: "STUDENT/EXERCISE.rs".to_string(),
        submissions,
        unmatched: Vec::new(),
    })
}
