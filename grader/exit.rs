//! The only place that turns what happened into an exit code. Scripts rely on these numbers.

use std::process::ExitCode;

use crate::failure::Failure;

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// No bug found, solved, all as declared.
    Good,
    /// The budget ran out, or something is not modelled: no answer.
    NoAnswer,
    /// A bug, not solved, or something that is not as declared.
    Bad,
    /// We were unable to judge.
    Fault,
}

/// The exit code of a command.
pub fn code(ended: &Result<Ended, Failure>) -> ExitCode {
    ExitCode::from(match ended {
        Ok(Ended::Good) => 0,
        Ok(Ended::Bad) => 1,
        Err(Failure::Usage | Failure::Request(_) | Failure::Interference(_)) => 2,
        Ok(Ended::NoAnswer) => 3,
        // `EX_SOFTWARE` of sysexits.h
        Ok(Ended::Fault) | Err(Failure::Ours(_)) => 70,
    })
}
