//! The explorer against published counts, brute force, and its own known mistakes.

mod counts;
mod guest;
mod mutations;
mod oracle;
mod random_programs;
