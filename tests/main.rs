//! All tests of the whole: one binary.

#[path = "../grader/reports/mod.rs"]
mod reports;
mod words;
