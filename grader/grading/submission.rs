//! What was handed in.

use std::path::PathBuf;

/// One student's answer to one exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// As the folder, the prefix or the map says, with control characters made visible.
    pub student: String,
    /// The id of the exercise.
    pub exercise: String,
    /// The file, relative to the folder that is graded.
    pub path: PathBuf,
    /// What was ignored or taken kindly, in words; one sentence each, without a full stop.
    pub remarks: Vec<String>,
}

/// Something that was handed in and is not graded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmatched {
    /// A file or folder, relative to the folder that is graded. To be shown with
    /// [`layout::names::visible`](super::layout::names::visible).
    pub path: PathBuf,
    /// Why, and what to do about it; without a full stop.
    pub reason: String,
}
