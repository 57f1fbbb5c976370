//! Runs a request in child processes: one that explores; where a proof is given up, a crew that hunts; and one more
//! to write down an execution that has killed its process.

use std::time::{Duration, Instant};

use super::crew;
use super::fault::Fault;
use super::messages::ready;
use super::page::Page;
use super::plugin::Fatal;
use super::protocol::{Estimate, Exploration, Replay, Request, Task};
use super::watch::{LOOK, Outcome, Watched};
use crate::opinions::Opinion;
use crate::trace::{Crash, Ending, FORMAT, Memory, ThreadEnd, ThreadRecord, Trace};

/// What a child gets beyond its budget to write its answer down, before it is ended.
pub const GRACE: Duration = Duration::from_secs(10);

/// How far a task has come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Executions so far.
    pub executions: u64,
    /// What is believed of the proof in progress, once that is known.
    pub estimate: Option<Estimate>,
    /// The proof has been given up.
    pub hunting: bool,
}

/// Runs a request. `on_progress` hears now and then how far it has come.
///
/// A program that takes its child with it (a crash, an endless loop, a real exit) is an answer too: its last
/// execution, as far as it came, run once more in another child to be written down.
///
/// # Errors
/// See [`Fault`].
pub fn run(
    request: &Request,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Exploration, Fault> {
    let begun = Instant::now();
    let deadline = begun + Duration::from_millis(request.limits.budget_ms);
    let mut child = Watched::start(request)?;
    let outcome = watched(&mut child, deadline + GRACE, on_progress)?;
    if let (Task::Ask(..), None | Some(Outcome::Death(_))) = (&request.task, &outcome) {
        let executions = child.page().executions();
        return Ok(Exploration {
            opinion: Some(Opinion::cut_short(executions, outcome.is_some())),
            ..Exploration::default()
        });
    }
    if let (Task::Try, Some(Outcome::Death(_))) = (&request.task, &outcome) {
        return Ok(Exploration::default());
    }
    let exploration = match outcome {
        Some(Outcome::Answer(exploration)) => *exploration,
        Some(Outcome::Death(how)) => Exploration {
            executions: child.page().executions(),
            ..written_down(request, child.page(), how)
        },
        // It did not stop when its time was over.
        None => Exploration {
            executions: child.page().executions(),
            truncated_by: Some("budget".into()),
            ..Exploration::default()
        },
    };
    drop(child);
    match (&exploration.hunt, &request.task) {
        (Some(plan), Task::Explore(settings)) => {
            crew::hunt(request, settings, plan, &exploration, deadline, on_progress)
        }
        _ => Ok(exploration),
    }
}

/// How the child has ended; `None` if it has not by `deadline`.
fn watched(
    child: &mut Watched,
    deadline: Instant,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Option<Outcome>, Fault> {
    // A program that runs on its own is given the time to show whether it ever stops.
    while Instant::now() < deadline || child.is_silent() {
        // An interrupted wait is as good as one that is over.
        let _ = ready(&[child.descriptor()], LOOK);
        let outcome = child.look()?;
        on_progress(&Progress {
            executions: child.page().executions(),
            estimate: child.estimate(),
            hunting: false,
        });
        if outcome.is_some() {
            return Ok(outcome);
        }
    }
    Ok(None)
}

/// The execution that has killed the child of this page, as far as it came.
pub fn written_down(request: &Request, page: &Page, how: Crash) -> Exploration {
    let fatal = Fatal {
        turn: page.turns(),
        how,
        addresses: page.addresses(),
        others_go_on: false,
    };
    // Who waits in a loop for plain memory to change races with whoever changes it.
    if request.watch && how == Crash::EndlessLoop {
        let fatal = Fatal {
            others_go_on: true,
            ..fatal.clone()
        };
        let told = told(request, page, fatal);
        if let Some(exploration) = told.filter(|told| ending(told) == Some(&Ending::DataRace)) {
            return exploration;
        }
    }
    let mut exploration = told(request, page, fatal).unwrap_or_default();
    // Anything else did not come to the same point.
    if !matches!(ending(&exploration), Some(Ending::Crashed { .. })) {
        exploration.failure = Some(bare(page, how));
    }
    exploration
}

/// What a replay of the execution on this page tells.
fn told(request: &Request, page: &Page, fatal: Fatal) -> Option<Exploration> {
    let again = Request {
        task: Task::Replay(Replay {
            schedule: page.schedule()?,
            fatal: Some(fatal),
        }),
        ..request.clone()
    };
    let deadline = Instant::now() + Duration::from_millis(request.limits.budget_ms) + GRACE;
    let mut child = Watched::start(&again).ok()?;
    match watched(&mut child, deadline, &mut |_| ()) {
        Ok(Some(Outcome::Answer(exploration))) => Some(*exploration),
        _ => None,
    }
}

fn ending(exploration: &Exploration) -> Option<&Ending> {
    exploration.failure.as_ref().map(|trace| &trace.ending)
}

/// A death of which nothing else is known.
fn bare(page: &Page, how: Crash) -> Trace {
    Trace {
        format: FORMAT,
        entry: "main".into(),
        threads: vec![ThreadRecord {
            name: None,
            parent: None,
            spawned_by: None,
            end: ThreadEnd::CutOff,
            joined: false,
        }],
        objects: Vec::new(),
        events: Vec::new(),
        pending: Vec::new(),
        ending: Ending::Crashed { how, thread: 0 },
        schedule: page.schedule().unwrap_or_default(),
        reached: Vec::new(),
        output: String::new(),
        memory: Memory::Sc,
        race: None,
        remedy: Vec::new(),
    }
}
