//! Files that may be answers, and the forms in which answers are handed in.

use std::path::PathBuf;

use super::names::Student;
use crate::courses::Exercise;

/// A file that may be the answer of a student to an exercise.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// Whose it is.
    pub student: Student,
    /// What it answers.
    pub exercise: &'a Exercise,
    /// How this was recognised.
    pub form: Form,
    /// The higher, the newer.
    pub attempt: (u64, u64),
    /// The file, relative to the folder that is graded.
    pub path: PathBuf,
    /// What was taken kindly.
    pub remarks: Vec<String>,
}

/// The forms in which answers are handed in. Of two answers to one exercise, that of the first form counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `STUDENT/…/EXERCISE/exercise.rs`
    HandedOut,
    /// `STUDENT/…/EXERCISE.rs`
    Named,
    /// `STUDENT_…_EXERCISE.rs`
    Prefixed,
    /// `EXERCISE/STUDENT.rs`, or in a folder `EXERCISE/STUDENT` any name
    OfExercise,
    /// Any name, where only one exercise is graded.
    Sole,
}

impl Form {
    /// As the report shows it.
    pub fn words(self) -> &'static str {
        match self {
            Form::HandedOut => "STUDENT/…/EXERCISE/exercise.rs",
            Form::Named => "STUDENT/EXERCISE.rs",
            Form::Prefixed => "STUDENT_…_EXERCISE.rs",
            Form::OfExercise => "EXERCISE/STUDENT.rs",
            Form::Sole => "one file of each student",
        }
    }
}
