//! The explorer: runs a program under every interleaving that matters.
//!
//! `search` is the door, and `hunt` goes on where a proof is given up. `engine` performs one execution; `model` is the state of the objects; a `strategy` decides what comes next.
//! `clocks`, `races` and `wakeup` are what Optimal-DPOR is made of.

pub mod clocks;
pub mod engine;
pub mod event;
pub mod folding;
pub mod footprint;
pub mod hunt;
pub mod loops;
pub mod memory;
pub mod model;
pub mod profile;
pub mod races;
pub mod random;
pub mod remedy;
pub mod rules;
pub mod search;
pub mod strategy;
pub mod threads;
pub mod time;
pub mod touched;
pub mod wakeup;
pub mod ways;
