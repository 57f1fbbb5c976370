//! `std::panic` for strangers, without hooks: one that never returns would hide that an assertion has failed.

pub use ::std::panic::{
    AssertUnwindSafe, Location, PanicHookInfo, RefUnwindSafe, UnwindSafe, catch_unwind, panic_any,
    resume_unwind,
};
