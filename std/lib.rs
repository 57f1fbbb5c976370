//! The stand-in for std.
pub mod abi;
pub use ::std::*;
