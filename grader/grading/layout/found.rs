//! What was found below a folder, and how it is told.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::names::visible;
use crate::grading::submission::Submission;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What was recognised and what was passed over, in words.
    pub layout: String,
    /// Sorted by student and exercise, which no two share.
    pub submissions: Vec<Submission>,
    /// Everything else that may have been meant to be graded; sorted.
    pub unmatched: Vec<Unmatched>,
}

/// Whose answer is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// As the folder, the file or the map names the student.
    pub student: String,
    /// The exercise, if a map says that it was answered.
    pub exercise: Option<String>,
}

/// Something that may have been meant to be graded, and is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmatched {
    /// A file or folder, relative to the folder that is graded. [`names::visible`] makes it fit to be shown.
    pub path: PathBuf,
    /// Why, and what to do about it; without a full stop.
    pub reason: String,
    /// Of a student of whom nothing else was found.
    pub of: Option<Missing>,
}

impl Found {
    /// For the instructor: what is graded, as whose answer to what, and what is not.
    pub fn words(&self) -> String {
        let mut text = format!("found: {}\n", self.layout);
        for it in &self.submissions {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {}: {}", it.student, it.exercise, shown(&it.path));
            for remark in &it.remarks {
                let _ = writeln!(text, "    {remark}");
            }
        }
        for it in &self.unmatched {
            let _ = writeln!(text, "{}", it.words());
        }
        text
    }
}

impl Unmatched {
    /// One line without its end.
    pub fn words(&self) -> String {
        format!("not graded: {}: {}", shown(&self.path), self.reason)
    }
}

/// One sentence on what was recognised, and on what was not looked at.
pub fn layout(forms: impl Iterator<Item = (String, usize)>, passed: Option<String>) -> String {
    let forms: Vec<String> = forms
        .map(|(form, count)| match count {
            1 => format!("{form} (1 submission)"),
            _ => format!("{form} ({count} submissions)"),
        })
        .collect();
    let recognised = if forms.is_empty() {
        "nothing was recognised".to_string()
    } else {
        forms.join(", ")
    };
    match passed {
        Some(passed) => format!("{recognised}; passed over: {passed}"),
        None => recognised,
    }
}

fn shown(path: &Path) -> String {
    visible(path.as_os_str())
}
