//! Whether what a child says can be true: its process has run somebody's program.

use super::fault::Fault;
use super::page::Page;
use super::protocol::{Exploration, Request, Task};

/// Executions that nobody can have run.
const TOO_MANY: u64 = 1 << 48;

/// Examines an answer before anybody acts on it.
///
/// # Errors
/// [`Fault::Malformed`], with what is odd about it.
pub fn examine(answer: &Exploration, request: &Request, page: &Page) -> Result<(), Fault> {
    match oddity(answer, request, page) {
        None => Ok(()),
        Some(what) => Err(Fault::Malformed(what.to_owned())),
    }
}

fn oddity(answer: &Exploration, request: &Request, page: &Page) -> Option<&'static str> {
    let Request { entries, entry, .. } = request;
    if !entries.is_empty() && answer.entries != *entries {
        return Some("it has other entry points");
    }
    let executions = answer.executions.max(answer.hunted);
    let limit = TOO_MANY.min(page.executions());
    if executions > limit {
        return Some("it counts more executions than there were");
    }
    if let Some(trace) = &answer.failure {
        if !trace.is_whole() {
            return Some("its trace names what is not in it");
        }
        if answer.entries.get(*entry) != Some(&trace.entry) {
            return Some("its trace is one of something else");
        }
    }
    let is_try = matches!(request.task, Task::Try);
    if is_try != answer.ending.is_some() {
        return Some("it answers another question");
    }
    let is_consistent = match &request.task {
        Task::Explore(_) => {
            let is_proof = answer.complete;
            let ended = answer.truncated_by.is_some() || answer.failure.is_some();
            answer.executions > 0 && !(is_proof && (ended || answer.hunt.is_some()))
        }
        Task::Hunt(_) => !answer.complete && answer.hunt.is_none(),
        Task::Replay(_) => answer.failure.is_some(),
        Task::Try => answer.failure.is_none() && !answer.complete,
        Task::Ask(..) => answer.opinion.is_some() && answer.failure.is_none(),
    };
    (!is_consistent).then_some("it contradicts itself")
}
