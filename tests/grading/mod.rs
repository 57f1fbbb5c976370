//! Grading a class.

mod layouts;
mod maps;
mod scores;
