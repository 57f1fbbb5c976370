//! All tests that go through a public door: one binary, so that they link once.

mod explorer;
#[path = "../grader/reports/mod.rs"]
mod reports;
mod words;
