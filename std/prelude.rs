//! The preludes of all editions: std's, with our macros in the place of its own.

macro_rules! preludes {
    ($($name:ident)*) => {$(
        /// std's, with the macros that the runner must see.
        pub mod $name {
            pub use ::std::prelude::$name::*;
            pub use crate::{dbg, eprint, eprintln, print, println, thread_local};
        }
    )*};
}

preludes! { v1 rust_2015 rust_2018 rust_2021 rust_2024 }
