//! All of std that a stranger's program may use, beside what this crate models. What is not here cannot be named.
//!
//! The macros that read files and the environment of the compiler are not here, and neither is assembly.

pub use ::std::{
    any, array, ascii, borrow, boxed, cell, char, clone, cmp, collections, convert, default, error,
    f32, f64, ffi, fmt, future, hash, i8, i16, i32, i64, i128, isize, iter, marker, mem, num, ops,
    option, pin, primitive, ptr, rc, result, slice, str, string, task, u8, u16, u32, u64, u128,
    usize, vec,
};

pub use ::std::{
    assert, assert_eq, assert_ne, cfg, column, compile_error, concat, debug_assert,
    debug_assert_eq, debug_assert_ne, file, format, format_args, line, matches, module_path, panic,
    stringify, todo, unimplemented, unreachable, write, writeln,
};

/// Memory, by way of the one allocator that is watched.
pub mod alloc {
    pub use ::std::alloc::{
        GlobalAlloc, Layout, LayoutError, alloc, alloc_zeroed, dealloc, handle_alloc_error, realloc,
    };
}

/// How `main` ends. A stranger's program ends where `main` does, or the check that drives it, and not before.
pub mod process {
    pub use ::std::process::{ExitCode, Termination};
}
