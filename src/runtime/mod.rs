//! Runs a compiled program under the explorer: loads it, switches its threads, puts its memory back, watches
//! it from another process, and writes down what happened.

mod faults;
mod guest;
mod identity;
mod memory;
mod page;
mod plugin;
mod record;
mod stack;
mod symbols;
mod threads;
mod values;

#[cfg(test)]
mod tests;

pub use plugin::{LoadError, Plugin};
