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

/// What a program is started with, which is not modelled: a `main` that asks for it compiles, and must not run.
pub mod env {
    pub use ::std::env::VarError;

    use crate::ffi::OsStr;
    use crate::runner;
    use core::convert::Infallible;
    use core::panic::Location;

    /// Arguments: there are none of this type.
    #[derive(Debug)]
    pub struct Args(Infallible);

    /// Not modelled.
    #[must_use]
    #[track_caller]
    pub fn args() -> Args {
        runner::unmodelled("std::env::args in a graded answer", Location::caller())
    }

    /// Not modelled.
    ///
    /// # Errors
    /// None here; std's signature.
    #[track_caller]
    pub fn var<K: AsRef<OsStr>>(_key: K) -> Result<String, VarError> {
        runner::unmodelled("std::env::var in a graded answer", Location::caller())
    }

    impl Iterator for Args {
        type Item = String;

        fn next(&mut self) -> Option<String> {
            match self.0 {}
        }
    }

    impl ExactSizeIterator for Args {}

    impl DoubleEndedIterator for Args {
        fn next_back(&mut self) -> Option<String> {
            match self.0 {}
        }
    }
}

/// How `main` ends. A stranger's program ends where `main` does, or the check that drives it, and not before: other ends
/// compile, and are not modelled.
pub mod process {
    pub use ::std::process::{ExitCode, Termination};

    use crate::runner;
    use core::panic::Location;

    /// Not modelled.
    #[track_caller]
    pub fn exit(_code: i32) -> ! {
        runner::unmodelled("std::process::exit in a graded answer", Location::caller())
    }

    /// Not modelled.
    #[track_caller]
    pub fn abort() -> ! {
        runner::unmodelled("std::process::abort in a graded answer", Location::caller())
    }
}
