//! `std::process`: the ends of a program are the runner's; other processes are not modelled.

pub use ::std::process::*;

use crate::abi::Kind;
use crate::ffi::OsStr;
use crate::runner;
use core::ops::{Deref, DerefMut};
use core::panic::Location;

/// Ends the program.
#[track_caller]
pub fn exit(code: i32) -> ! {
    runner::plain(
        Kind::Exit,
        u64::from(code.cast_unsigned()),
        Some(Location::caller()),
    );
    runner::unreachable()
}

/// Ends the program without cleaning up.
#[track_caller]
pub fn abort() -> ! {
    runner::plain(Kind::Abort, 0, Some(Location::caller()));
    runner::unreachable()
}

/// Another process: not modelled.
#[derive(Debug)]
pub struct Command(::std::process::Command);

impl Command {
    /// Not modelled.
    #[track_caller]
    pub fn new<S: AsRef<OsStr>>(_program: S) -> Command {
        runner::unmodelled("std::process::Command", Location::caller())
    }
}

impl Deref for Command {
    type Target = ::std::process::Command;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Command {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
