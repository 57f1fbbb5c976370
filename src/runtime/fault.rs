//! Why there is no answer, through no fault of the program.

use std::fmt;
use std::io;

/// Why there is no answer, through no fault of the program.
#[derive(Debug)]
pub enum Fault {
    /// No child could be started.
    Start(io::Error),
    /// The child says that it cannot.
    Failed(String),
    /// The child died outside the program.
    Died(String),
    /// What the child says makes no sense.
    Malformed(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Start(error) => write!(f, "the child process cannot be started: {error}"),
            Fault::Failed(message) => f.write_str(message),
            Fault::Died(how) => write!(f, "the child process died outside the program: {how}"),
            Fault::Malformed(what) => write!(
                f,
                "the process of the program did not answer as expected: {what}"
            ),
        }
    }
}

impl std::error::Error for Fault {}
