//! The stand-in for core: core's own, except that its atomics and its spin hint are those of the stand-in for std.
//!
//! A crate of its own, compiled after the stand-in for std, whose types it shares: `core::sync::atomic::AtomicBool` and
//! `std::sync::atomic::AtomicBool` are one type in every program. What macros of std and derives expand to begins with
//! `$crate`, and means core itself.

#![no_std]

extern crate std;

#[cfg(not(threadlings_allowed))]
pub use ::core::*;

#[cfg(threadlings_allowed)]
pub use ::core::{
    alloc, any, array, ascii, borrow, cell, char, clone, cmp, convert, default, error, f32, f64,
    ffi, fmt, future, hash, i8, i16, i32, i64, i128, isize, iter, marker, mem, num, ops, option, pin, primitive, ptr,
    result, slice, str, task, time, u8, u16, u32, u64, u128, usize,
};

#[cfg(threadlings_allowed)]
pub use ::core::{
    assert, assert_eq, assert_ne, cfg, column, compile_error, concat, debug_assert,
    debug_assert_eq, debug_assert_ne, file, format_args, line, matches, module_path, panic,
    stringify, todo, unimplemented, unreachable, write, writeln,
};

/// The preludes of all editions, for programs without std.
#[cfg(threadlings_allowed)]
pub mod prelude {
    macro_rules! preludes {
        ($($name:ident { $($more:ident)* })*) => {$(
            /// What is core's, and may be used.
            pub mod $name {
                pub use ::core::prelude::v1::{
                    AsMut, AsRef, AsyncFn, AsyncFnMut, AsyncFnOnce, Clone, Copy, Debug, Default, DoubleEndedIterator,
                    Drop, Eq, Err, ExactSizeIterator, Extend, Fn, FnMut, FnOnce, From, Hash, Into, IntoIterator, Iterator,
                    None, Ok, Option, Ord, PartialEq, PartialOrd, Result, Send, Sized, Some, Sync, Unpin, align_of,
                    align_of_val, derive, drop, size_of, size_of_val, test,
                };
                pub use crate::{
                    assert, assert_eq, assert_ne, cfg, column, compile_error, concat, debug_assert, debug_assert_eq,
                    debug_assert_ne, file, format_args, line, matches, module_path, panic, stringify, todo,
                    unimplemented, unreachable, write, writeln,
                };
                $(pub use ::core::prelude::$name::$more;)*
            }
        )*};
    }

    preludes! {
        v1 {}
        rust_2015 {}
        rust_2018 {}
        rust_2021 { FromIterator TryFrom TryInto }
        rust_2024 { FromIterator TryFrom TryInto Future IntoFuture }
    }
}

/// Atomics, announced.
pub mod sync {
    pub use ::core::sync::*;

    pub use ::std::sync::atomic;
}

/// Hints, announced.
pub mod hint {
    pub use ::std::hint::*;
}
