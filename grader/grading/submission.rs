//! What is graded: one student's answer to one exercise.

use std::path::PathBuf;

/// One student's answer to one exercise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Submission {
    /// As a folder, a file or the map names the student, with control characters made visible.
    pub student: String,
    /// The exercise's id.
    pub exercise: String,
    /// Relative to the folder that is graded.
    pub path: PathBuf,
    /// What of the submission was ignored or taken kindly, one sentence each, without a full stop.
    pub remarks: Vec<String>,
}
