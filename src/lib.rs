//! Runs a concurrent Rust program under every interleaving that matters, and explains what it finds.

pub mod execution;
pub mod explanation;
pub mod explore;
pub mod guest;
pub mod names;
pub mod operation;
pub mod opinions;
pub mod runtime;
pub mod sandbox;
pub mod trace;
pub mod verdict;
pub mod witness;
