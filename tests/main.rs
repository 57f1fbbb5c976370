//! All tests that go through a public door: one binary, so that they link once.

mod bad_input;
mod confined;
mod conformance;
mod door;
mod explorer;
mod formats;
mod gradebooks;
mod grading;
mod hostile;
mod opinions;
mod programs;
mod races;
#[expect(dead_code, reason = "the command uses more of it than the tests")]
#[path = "../grader/reports/mod.rs"]
mod reports;
mod words;
