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
            pub use ::std::prelude::v1::{
                assert, cfg, column, compile_error, concat, file, format_args, line, module_path, stringify,
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
