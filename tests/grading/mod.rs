//! Grading a class.

mod scores;
