//! Grading a class.

mod batches;
mod scores;
