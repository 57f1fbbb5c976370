//! Runs a compiled program under the explorer: loads it, switches its threads, puts its memory back, watches
//! it from another process, and writes down what happened.

mod allocations;
mod child;
mod faults;
mod guest;
mod identity;
mod memory;
mod page;
mod parent;
mod plugin;
mod protocol;
mod record;
mod stack;
mod symbols;
mod threads;
mod unused;
mod values;

#[cfg(test)]
mod tests;

pub use child::{child_main, is_child};
pub use parent::{Fault, run};
pub use plugin::{Fatal, LoadError, Plugin};
pub use protocol::{Exploration, Limits, Replay, Request, Settings, Task};
