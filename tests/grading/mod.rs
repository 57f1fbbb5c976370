//! Grading a class.

mod batches;
mod class;
mod layouts;
mod ledger;
mod maps;
mod merged;
mod overview;
mod scores;
mod small;
mod whole_class;
