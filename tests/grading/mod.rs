//! Grading a class.

mod batches;
mod layouts;
mod ledger;
mod maps;
mod merged;
mod overview;
mod scores;
mod small;
