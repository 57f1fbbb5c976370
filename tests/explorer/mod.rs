//! The explorer against published counts, brute force, and its own known mistakes.

mod counts;
pub mod guest;
mod mutations;
mod oracle;
pub mod random_programs;
mod spinning;
pub mod weak;
