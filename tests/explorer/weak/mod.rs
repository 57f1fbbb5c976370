//! Weak memory: what the explorer finds under C11 is what the axioms of C++20 allow, no more and no less.

pub mod axioms;
pub mod candidates;
mod commuting;
mod explored;
mod litmus;
pub mod program;
pub mod random;
pub mod relation;
