//! A hunt on all processors: several children that share the rounds.
//!
//! A failure counts when all rounds below its own are over without one. So the children that are behind it go on
//! until they have passed it, and those that are beyond it are ended: what is reported is the failure of the lowest
//! round, however many children there are and whichever is the fastest.

use std::time::{Duration, Instant};

use super::fault::Fault;
use super::messages::ready;
use super::parent::{GRACE, Progress, written_down};
use super::protocol::{Exploration, Hunt, Request, Settings, Task};
use super::watch::{LOOK, Outcome, Watched};
use crate::explore::hunt::{Plan, Share};
use crate::trace::Crash;

/// Goes on with a search that has come to `plan`, until `deadline` or until its limit of executions is reached.
pub fn hunt(
    request: &Request,
    settings: &Settings,
    plan: &Plan,
    before: &Exploration,
    deadline: Instant,
    on_progress: &mut dyn FnMut(&Progress),
) -> Result<Exploration, Fault> {
    let executed = before.executions.saturating_add(before.hunted);
    let end = settings
        .max_interleavings
        .map(|most| most.saturating_sub(executed));
    let mut crew = Crew::start(request, settings, plan, end, deadline)?;
    while crew.is_needed(deadline) {
        crew.wait(deadline);
        crew.look();
        on_progress(&Progress {
            executions: executed.saturating_add(crew.tried()),
            estimate: None,
            hunting: true,
        });
    }
    let tried = crew.tried();
    let truncated_by = match (&crew.lowest, crew.children.is_empty()) {
        (None, false) => Some("budget".to_owned()),
        _ => before.truncated_by.clone(),
    };
    let found = match crew.lowest {
        None => Exploration::default(),
        Some(Found { end, child, .. }) => match end? {
            End::Failure(exploration) => *exploration,
            End::Death(how) => written_down(request, child.page(), how),
        },
    };
    Ok(Exploration {
        truncated_by,
        ..merged(before, found, tried)
    })
}

fn merged(before: &Exploration, found: Exploration, tried: u64) -> Exploration {
    let before = before.clone();
    Exploration {
        hunted: before.hunted.saturating_add(tried),
        strategies: Plan::strategies(tried),
        hunt: None,
        weak_ordering: before.weak_ordering || found.weak_ordering,
        cut_off: before.cut_off || found.cut_off,
        failure: found.failure,
        output: found.output,
        ..before
    }
}

/// The children of one hunt.
struct Crew {
    /// Those that are still at work.
    children: Vec<Watched>,
    /// The failure in the lowest round so far.
    lowest: Option<Found>,
    /// Rounds of children that have done all of theirs.
    done: u64,
}

/// A round that has failed.
struct Found {
    round: u64,
    end: Result<End, Fault>,
    child: Watched,
}

enum End {
    Failure(Box<Exploration>),
    Death(Crash),
}

impl Crew {
    fn start(
        request: &Request,
        settings: &Settings,
        plan: &Plan,
        end: Option<u64>,
        deadline: Instant,
    ) -> Result<Crew, Fault> {
        let left = deadline.saturating_duration_since(Instant::now()) + 2 * GRACE;
        let mut limits = request.limits;
        limits.budget_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        let stride = u64::from(limits.jobs.max(1));
        let start = |first| {
            Watched::start(&Request {
                task: Task::Hunt(Hunt {
                    settings: *settings,
                    plan: plan.clone(),
                    share: Share { first, stride },
                    end,
                }),
                limits,
                ..request.clone()
            })
        };
        Ok(Crew {
            children: (0..stride).map(start).collect::<Result<_, Fault>>()?,
            lowest: None,
            done: 0,
        })
    }

    /// Whether anybody's work still matters. Who is behind a failure gets some time beyond the deadline to pass it.
    fn is_needed(&self, deadline: Instant) -> bool {
        let until = if self.lowest.is_some() {
            deadline + GRACE
        } else {
            deadline
        };
        !self.children.is_empty() && Instant::now() < until
    }

    /// Waits until somebody has something to say, but not for long.
    fn wait(&self, deadline: Instant) {
        let pipes: Vec<_> = self.children.iter().map(Watched::descriptor).collect();
        let left = deadline.saturating_duration_since(Instant::now());
        let patience = if self.lowest.is_some() {
            LOOK
        } else {
            LOOK.min(left)
        };
        // An interrupted wait is as good as one that is over.
        let _ = ready(&pipes, patience.max(Duration::from_millis(1)));
    }

    fn look(&mut self) {
        for mut child in std::mem::take(&mut self.children) {
            let end = match child.look() {
                Ok(None) => {
                    self.children.push(child);
                    continue;
                }
                Ok(Some(Outcome::Answer(exploration))) if exploration.failure.is_none() => {
                    self.done = self.done.saturating_add(child.page().rounds());
                    continue;
                }
                Ok(Some(Outcome::Answer(exploration))) => Ok(End::Failure(exploration)),
                Ok(Some(Outcome::Death(how))) => Ok(End::Death(how)),
                Err(fault) => Err(fault),
            };
            let round = child.page().round();
            if self
                .lowest
                .as_ref()
                .is_none_or(|lowest| round < lowest.round)
            {
                self.lowest = Some(Found { round, end, child });
            }
        }
        if let Some(lowest) = &self.lowest {
            // Whoever has come further can find nothing that would be reported.
            self.children
                .retain(|child| child.page().round() < lowest.round);
        }
    }

    /// Rounds that are over. The pages may hold anything: the program's process writes to them.
    fn tried(&self) -> u64 {
        let over = |child: &Watched| child.page().rounds().saturating_sub(1);
        match &self.lowest {
            Some(lowest) => lowest.round.saturating_add(1),
            None => (self.children.iter().map(over)).fold(self.done, u64::saturating_add),
        }
    }
}
