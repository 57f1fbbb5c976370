//! Runs a compiled program under the explorer: loads it, switches its threads, puts its memory back, watches
//! it from another process, and writes down what happened.

mod accesses;
mod allocations;
mod answer;
mod aside;
mod child;
mod crew;
mod doing;
mod fault;
mod faults;
mod guest;
mod heard;
mod identity;
mod memory;
mod messages;
mod nonce;
mod page;
mod parent;
mod plugin;
mod protocol;
mod record;
pub mod shadow;
mod source;
mod stack;
mod symbols;
mod threads;
mod unused;
mod unwind;
mod values;
mod variables;
mod watch;

#[cfg(test)]
mod tests;

pub use child::{child_main, is_child};
pub use fault::Fault;
pub use page::Page;
pub use parent::{Progress, run};
pub use plugin::{Fatal, LoadError, Plugin};
pub use protocol::{Estimate, Exploration, Limits, Replay, Request, Settings, Task};
pub use source::Source;
pub use symbols::MEMBER;
