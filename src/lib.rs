//! Runs a concurrent Rust program under every interleaving that matters, and explains what it finds.

pub mod execution;
<<<<<<< HEAD
pub mod explore;
=======
pub mod explanation;
>>>>>>> refs/heads/words
pub mod guest;
pub mod names;
pub mod operation;
pub mod runtime;
pub mod trace;
pub mod verdict;
pub mod witness;
