//! Keeps the macros of a check what they are.
//!
//! A check is a module at the end of the student's crate, and whatever `macro_rules!` defines before it is known in it: an
//! `assert_eq!` of the student's own would take the place of std's. So the names of std's macros are defined once more between
//! the two, and lead to std. An assertion keeps its place, as rustc takes that of the outermost macro.

use crate::policy::STD_MACROS;

/// To be written before the module.
pub fn macros_of_std() -> String {
    let define = |name: &&str| {
        format!("macro_rules! {name} {{ ($($t:tt)*) => {{ ::std::{name}! {{ $($t)* }} }} }} ")
    };
    STD_MACROS.iter().map(define).collect()
}
