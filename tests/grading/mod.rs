//! Grading a class.

mod class;
mod layouts;
mod maps;
mod scores;
mod whole_class;
