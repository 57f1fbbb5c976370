//! Grading a class.

mod batches;
mod broken_course;
mod class;
mod interrupted;
mod layouts;
mod ledger;
mod maps;
mod merged;
mod missing;
mod overview;
mod scores;
mod small;
mod whole_class;

/// `text` contains all of these.
fn says(text: &str, all: &[&str]) {
    for part in all {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}
