//! Weak memory: what the explorer finds under C11 is what the axioms of C++20 allow, no more and no less.

mod axioms;
mod candidates;
mod commuting;
mod explored;
mod litmus;
mod program;
pub mod random;
mod relation;
