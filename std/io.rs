//! `std::io` with captured output: what is printed goes to the runner, in the order of the schedule.

#[cfg_attr(threadlings_allowed, path = "io/allowed.rs")]
#[cfg_attr(not(threadlings_allowed), path = "io/all.rs")]
mod offered;

pub use offered::*;

use crate::abi::Kind;
use crate::runner::{self, Caller};
use core::fmt;
use core::marker::PhantomData;
use core::panic::{Location, RefUnwindSafe, UnwindSafe};

/// Whether something is a terminal, as in std; captured output never is.
pub trait IsTerminal {
    /// True for a terminal.
    fn is_terminal(&self) -> bool;
}

impl<T: ::std::io::IsTerminal> IsTerminal for T {
    fn is_terminal(&self) -> bool {
        ::std::io::IsTerminal::is_terminal(self)
    }
}

macro_rules! streams {
    ($($stream:ident $lock:ident $function:ident $number:literal $what:literal;)*) => {$(
        #[doc = concat!("A handle to the captured standard ", $what, ".")]
        pub struct $stream(());

        #[doc = concat!("Holds the captured standard ", $what, ".")]
        #[must_use = concat!("if unused ", stringify!($function), " will immediately unlock")]
        pub struct $lock<'a> {
            // As in std: it stays in its thread.
            not_send: PhantomData<(*const (), &'a ())>,
        }

        impl UnwindSafe for $lock<'_> {}
        impl RefUnwindSafe for $lock<'_> {}

        #[doc = concat!("A handle to the captured standard ", $what, ".")]
        #[must_use]
        pub fn $function() -> $stream {
            $stream(())
        }

        impl $stream {
            /// Waits for the stream and holds it.
            #[track_caller]
            pub fn lock(&self) -> $lock<'static> {
                runner::plain(Kind::ConsoleLock, $number, Some(Location::caller()));
                $lock { not_send: PhantomData }
            }

            /// Never: the output is captured.
            #[must_use]
            pub fn is_terminal(&self) -> bool {
                false
            }
        }

        impl $lock<'_> {
            /// Never: the output is captured.
            #[must_use]
            pub fn is_terminal(&self) -> bool {
                false
            }
        }

        impl Drop for $lock<'_> {
            fn drop(&mut self) {
                runner::plain(Kind::ConsoleUnlock, $number, None);
            }
        }

        writes! { $number; $stream &$stream $lock<'_> }

        impl fmt::Debug for $stream {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($stream)).finish_non_exhaustive()
            }
        }

        impl fmt::Debug for $lock<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($lock)).finish_non_exhaustive()
            }
        }
    )*};
}

macro_rules! writes {
    ($number:literal; $($type:ty)*) => {$(
        impl Write for $type {
            #[track_caller]
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                print_bytes($number, buf, Location::caller());
                Ok(buf.len())
            }

            #[track_caller]
            fn write_all(&mut self, buf: &[u8]) -> Result<()> {
                print_bytes($number, buf, Location::caller());
                Ok(())
            }

            #[track_caller]
            fn write_fmt(&mut self, args: fmt::Arguments<'_>) -> Result<()> {
                print_to($number, args, "", Location::caller());
                Ok(())
            }

            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }
    )*};
}

streams! {
    Stdout StdoutLock stdout 1 "output";
    Stderr StderrLock stderr 2 "error";
}

#[doc(hidden)]
#[inline(never)]
#[track_caller]
pub fn _print(args: fmt::Arguments<'_>) {
    print_to(1, args, "", Location::caller());
}

#[doc(hidden)]
#[inline(never)]
#[track_caller]
pub fn _print_line(args: fmt::Arguments<'_>) {
    print_to(1, args, "\n", Location::caller());
}

#[doc(hidden)]
#[inline(never)]
#[track_caller]
pub fn _eprint(args: fmt::Arguments<'_>) {
    print_to(2, args, "", Location::caller());
}

#[doc(hidden)]
#[inline(never)]
#[track_caller]
pub fn _eprint_line(args: fmt::Arguments<'_>) {
    print_to(2, args, "\n", Location::caller());
}

/// One text, one operation: a line is printed as a whole.
#[inline(never)]
fn print_to(stream: u64, args: fmt::Arguments<'_>, end: &str, site: Caller) {
    let mut text = ::std::fmt::format(args);
    text.push_str(end);
    runner::text(Kind::Print, stream, &text, Some(site));
}

#[inline(never)]
fn print_bytes(stream: u64, bytes: &[u8], site: Caller) {
    runner::text(
        Kind::Print,
        stream,
        &String::from_utf8_lossy(bytes),
        Some(site),
    );
}
