//! Grading a whole class.

pub mod layout;
pub mod shard;
pub mod submission;
