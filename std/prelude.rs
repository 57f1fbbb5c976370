//! The preludes of all editions: std's, with our macros in the place of its own.

#[cfg(not(threadlings_allowed))]
macro_rules! preludes {
    ($($name:ident { $($more:ident)* })*) => {$(
        /// std's, with the macros that the runner must see.
        pub mod $name {
            pub use ::std::prelude::$name::*;
            pub use crate::{dbg, eprint, eprintln, print, println, thread_local};
        }
    )*};
}

/// std's has the macros that read files, too.
#[cfg(threadlings_allowed)]
macro_rules! preludes {
    ($($name:ident { $($more:ident)* })*) => {$(
        /// What is std's, and may be used.
        pub mod $name {
            pub use ::std::prelude::v1::{
                AsMut, AsRef, AsyncFn, AsyncFnMut, AsyncFnOnce, Box, Clone, Copy, Debug, Default, DoubleEndedIterator, Drop,
                Eq, Err, ExactSizeIterator, Extend, Fn, FnMut, FnOnce, From, Hash, Into, IntoIterator, Iterator, None, Ok,
                Option, Ord, PartialEq, PartialOrd, Result, Send, Sized, Some, String, Sync, ToOwned, ToString, Unpin, Vec,
                align_of, align_of_val, derive, drop, size_of, size_of_val, test,
            };
            // By way of the prelude, and not of `macro_use`, in newer compilers.
            pub use crate::{
                assert, assert_eq, assert_ne, cfg, column, compile_error, concat, debug_assert, debug_assert_eq,
                debug_assert_ne, file, format, format_args, line, matches, module_path, panic, stringify, todo,
                unimplemented, unreachable, vec, write, writeln,
            };
            $(pub use ::std::prelude::$name::$more;)*
            pub use crate::{dbg, eprint, eprintln, print, println, thread_local};
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
