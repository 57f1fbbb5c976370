//! All of std, beside what this crate models for every program.

pub use ::std::*;

#[path = "net.rs"]
pub mod net;
#[path = "process.rs"]
pub mod process;
