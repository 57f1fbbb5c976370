//! The explorer against published counts, brute force, and its own known mistakes.

mod counts;
mod crews;
mod estimates;
pub mod guest;
mod mutations;
mod oracle;
pub mod random_programs;
mod spinning;
mod strategies;
mod watched;
pub mod weak;
