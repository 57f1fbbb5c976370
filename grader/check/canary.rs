//! A check that must fail: who says that it does not would say so of every other.

use threadlings::runtime::{self, Limits, Task};
use threadlings::trace::Ending;

use super::no_answer;
use crate::compile::Library;
use crate::failure::Failure;
use crate::options::Options;
use crate::outcome::Cause;
use crate::subject::Subject;

/// Whether a run ended in a way that nobody would make up.
pub fn is_failure(cause: &Cause) -> bool {
    matches!(cause, Cause::Failed(_) | Cause::Unmodelled(_))
}

/// Whether a program that is bound to fail says that it does not. Its scenarios have run in processes that could say
/// anything, and so does this.
///
/// # Errors
/// When its process does not answer as expected, which is no better.
pub fn is_lying(subject: &Subject, library: &Library, options: &Options) -> Result<bool, Failure> {
    // What comes after the last one fails in any case.
    let request = library.request(
        library.entries.len(),
        Task::Try,
        Limits {
            memory: options.memory_limit,
            ..Limits::default()
        },
    );
    let tried = match runtime::run(&request, &mut |_| ()) {
        Ok(tried) => tried,
        // To say that it cannot be tried is not to say that it succeeds.
        Err(runtime::Fault::Failed(_)) => return Ok(false),
        Err(fault) => return Err(no_answer(fault)),
    };
    // A program may end itself, with `exit(0)`; an answer may not end the check that it is asked in.
    let has_completed = tried.ending == Some(Ending::Completed);
    Ok(has_completed && subject.exercise.is_some())
}

/// See [`is_lying`].
pub const LIE: &str =
    "this program says that it is right where it cannot be: it interferes with what judges it";
