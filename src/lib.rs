//! Runs a concurrent Rust program under every interleaving that matters, and explains what it finds.

pub mod execution;
pub mod explore;
pub mod guest;
pub mod operation;
pub mod runtime;
pub mod trace;
