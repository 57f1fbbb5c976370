//! What of an execution can be seen from outside: what it printed, and how it ended. Engines that share nothing else
//! can be compared by it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::explore::search::is_failure;
use crate::trace::Ending;

/// The end of one execution.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Final {
    /// How it ended.
    pub how: How,
    /// What each thread printed, sorted: whose came first is not explored. Empty where the program was cut off: what
    /// others would have printed by then is a matter of chance.
    pub printed: Vec<String>,
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// `main` returned.
    Completed,
    /// `main` panicked, or returned an error.
    MainFailed,
    /// A thread panicked and nobody looked at its result.
    ThreadPanicked,
    /// No thread can go on.
    Deadlock,
    /// No thread can go on but by repeating a loop.
    Livelock,
    /// `process::exit`.
    Exited(i32),
    /// The process died.
    Crashed,
    /// The engine gave it up.
    TooLong,
}

impl Final {
    /// The end of an execution that printed `printed`.
    #[must_use]
    pub fn of(ending: &Ending, printed: Vec<Vec<u8>>) -> Final {
        let how = match ending {
            Ending::Completed => How::Completed,
            Ending::MainFailed => How::MainFailed,
            Ending::ThreadPanicked { .. } => How::ThreadPanicked,
            Ending::Stuck => How::Deadlock,
            Ending::Livelock => How::Livelock,
            Ending::Exited { code } => How::Exited(*code),
            Ending::Crashed { .. } => How::Crashed,
            Ending::Unmodelled { .. } | Ending::TooLong | Ending::DataRace => How::TooLong,
        };
        debug_assert_eq!(
            how.is_failure(),
            is_failure(ending) && how != How::TooLong,
            "{ending:?}"
        );
        let mut end = Final {
            how,
            printed: Vec::new(),
        };
        if !matches!(
            how,
            How::Exited(_) | How::Crashed | How::TooLong | How::Livelock
        ) {
            let texts = printed.into_iter().filter(|text| !text.is_empty());
            end.printed = texts
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .collect();
            end.printed.sort_unstable();
        }
        end
    }
}

impl How {
    /// Whether this is a bug.
    #[must_use]
    pub fn is_failure(self) -> bool {
        !matches!(self, How::Completed | How::TooLong | How::Exited(0))
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Completed => f.write_str("completed"),
            How::MainFailed => f.write_str("a panic of `main`"),
            How::ThreadPanicked => f.write_str("a panic"),
            How::Deadlock => f.write_str("a deadlock"),
            How::Livelock => f.write_str("a livelock"),
            How::Exited(code) => write!(f, "exit({code})"),
            How::Crashed => f.write_str("a crash"),
            How::TooLong => f.write_str("given up"),
        }
    }
}

impl fmt::Display for Final {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.how)?;
        for (nth, text) in self.printed.iter().enumerate() {
            let verb = if nth == 0 { "printed" } else { "and" };
            write!(f, ", {verb} {text:?}")?;
        }
        Ok(())
    }
}
