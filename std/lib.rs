//! The stand-in for std: the same names, with every concurrent operation announced to a runner.
//!
//! A program under test is compiled with `--extern std=<this crate>`: everything here that has the name of an
//! item of std takes its place, all the rest is std's own. Generic types are thin shells over the functions of
//! `runner`, so that a program compiles quickly without optimisation.
//!
//! `--cfg threadlings_plugin` makes this crate the std of a program (allocator, fixed hash seeds); without it,
//! the runner shares the types of [`abi`] and nothing else happens. The runner's tool compiles it so:
//!
//! ```text
//! rustc --crate-type rlib --crate-name std -C metadata=threadlings --cfg threadlings_plugin \
//!       -O -C force-frame-pointers=yes --edition 2024 std/lib.rs -o libthreadlings_std.rlib
//! ```
//!
//! `core.rs` and `alloc.rs` are the roots of two more crates, for programs that use those names.
//!
//! With `--cfg threadlings_allowed` too, there is nothing but what `allowed.rs` lists: no files, no sockets, no processes, no
//! environment, no other files at compile time. A stranger's program is compiled so.
//!
//! With `--cfg threadlings_counts` too, and `RUSTC_BOOTSTRAP=1`, the reference counts of `Arc` are announced.
//!
//! The crate's name is `std` there, so that rustc's messages, `type_name` and `module_path!` say `std::sync::Mutex`.

#![cfg_attr(
    threadlings_counts,
    feature(
        clone_to_uninit,
        coerce_unsized,
        dispatch_from_dyn,
        dropck_eyepatch,
        legacy_receiver_trait,
        pin_coerce_unsized_trait,
        set_ptr_value,
        unsize
    )
)]

// Files, and not items: rustc tells of items that are configured out.
#[cfg_attr(threadlings_allowed, path = "allowed.rs")]
#[cfg_attr(not(threadlings_allowed), path = "all.rs")]
mod offered;

pub use offered::*;

#[cfg(not(threadlings_allowed))]
pub mod abi;
#[cfg(threadlings_allowed)]
mod abi;
pub mod hint;
pub mod io;
mod macros;
pub mod panic;
pub mod prelude;
pub mod sync;
#[cfg(threadlings_counts)]
pub mod task;
pub mod thread;
pub mod time;

#[doc(hidden)]
#[path = "entry.rs"]
pub mod __threadlings;

#[cfg(threadlings_plugin)]
mod access;
mod bound;
mod counts;
mod heap;
mod runner;
#[cfg(threadlings_plugin)]
mod seeds;
