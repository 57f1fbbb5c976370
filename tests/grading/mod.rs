//! Grading a class.

mod ledger;
mod merged;
mod overview;
mod scores;
mod small;
