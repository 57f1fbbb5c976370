//! What is graded: one student's answer to one exercise.

use std::path::PathBuf;

/// One student's answer to one exercise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Submission {
    /// As a folder or a file names the student.
    pub student: String,
    /// The exercise's id.
    pub exercise: String,
    /// Relative to the folder that is graded.
    pub path: PathBuf,
    /// What of the submission was ignored, one sentence each.
    pub remarks: Vec<String>,
}
