//! The last execution as data.

use super::{Engine, Status};
use crate::execution::{Execution, Performed, ThreadSummary};
use crate::explore::clocks::Clocks;
use crate::explore::model::Pending;
use crate::guest::Guest;
use crate::operation::ThreadId;
use crate::trace::{Action, Ending, Outcome, Step, ThreadEnd};

impl<G: Guest> Engine<'_, G> {
    /// The last execution as data.
    pub fn execution(&self, ending: &Ending) -> Execution {
        let clocks = Clocks::of(&self.history);
        let events = self
            .history
            .events
            .iter()
            .enumerate()
            .map(|(index, event)| {
                let weak = self.weak.as_ref();
                let (reads_from, passed_over) =
                    weak.map_or_else(Default::default, |weak| weak.reading(index as u32));
                Performed {
                    thread: event.thread,
                    announcement: event.announcement,
                    action: event.action,
                    scheduled: event.scheduled,
                    operation: event.operation,
                    outcome: event.outcome,
                    before: event.before,
                    after: event.after,
                    reads_from: reads_from.map(|event| event as usize),
                    passed_over: passed_over.iter().map(|&event| event as usize).collect(),
                    peer: event.peer,
                    clock: self.by_creation(clocks.of_event(index)),
                }
            });
        let pending = self.waiting().map(|t| {
            let thread = &self.threads[t.index()];
            Performed {
                thread: t,
                announcement: thread.announcements.saturating_sub(1),
                action: thread.pending.action,
                scheduled: false,
                operation: thread.pending.operation,
                outcome: Outcome::Done,
                before: None,
                after: None,
                reads_from: None,
                passed_over: Vec::new(),
                peer: peer_of(&thread.pending),
                clock: self.by_creation(clocks.last(t)),
            }
        });
        Execution {
            events: events.collect(),
            pending: pending.collect(),
            threads: self
                .created
                .iter()
                .map(|&thread| self.summary(thread))
                .collect(),
            ending: ending.clone(),
            schedule: self
                .schedule
                .iter()
                .map(|&step| self.numbered_by_creation(step))
                .collect(),
            memory: self.rules.memory,
        }
    }

    fn summary(&self, id: ThreadId) -> ThreadSummary {
        let thread = &self.threads[id.index()];
        let end = match thread.status {
            Status::Absent => ThreadEnd::Absent,
            Status::Ended if thread.panicked => ThreadEnd::Panicked,
            Status::Ended => ThreadEnd::Returned,
            Status::Waiting if self.enabled().contains(id) => ThreadEnd::CutOff,
            Status::Waiting => ThreadEnd::Blocked,
        };
        ThreadSummary {
            id,
            parent: thread.parent,
            end,
            joined: thread.joined,
        }
    }

    fn by_creation(&self, clock: &[u32]) -> Vec<u32> {
        self.created.iter().map(|t| clock[t.index()]).collect()
    }

    pub(super) fn numbered_by_creation(&self, step: Step) -> Step {
        let position = self.created.iter().position(|t| t.0 == step.thread);
        Step {
            thread: position.expect("a scheduled thread was created") as u32,
            ..step
        }
    }
}

/// The thread that an announced step names.
pub(super) fn peer_of(pending: &Pending) -> Option<ThreadId> {
    matches!(
        pending.action,
        Action::Join | Action::Unpark | Action::IsFinished
    )
    .then_some(ThreadId(pending.operation.a as u32))
}
