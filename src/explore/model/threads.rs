//! What belongs to a thread: its park token, its end, its scope.

use super::{Cause, Effect, Pending};
use crate::explore::footprint::Footprint;
use crate::operation::{Kind, ObjectId, Reply, ThreadId};
use crate::trace::{Action, Outcome};

/// A thread's own part of the model.
#[derive(Debug, Default)]
pub struct ThreadState {
    /// The unpark that left a token.
    pub token_by: Option<u32>,
    /// The event of its end.
    pub ended_by: Option<u32>,
    /// It has left this scope, by this event.
    pub left: Option<(ObjectId, u32)>,
    /// The notification that woke it from the condvar it waits at.
    pub signalled_by: Option<u32>,
    /// The barrier's generation when it arrived.
    pub generation: u64,
    /// Whether it was the last to arrive.
    pub leads: bool,
    /// Which message of a rendezvous channel it waits to see taken.
    pub ticket: u64,
    /// Spurious wake-ups and weak failures that are left to it.
    pub spurious_left: u32,
    /// What it waits for while it would only repeat itself.
    pub awaits: Footprint,
    /// Virtual nanoseconds.
    pub clock: u64,
}

impl ThreadState {
    /// Ends a wait without the event that it waits for.
    pub fn wake_itself(&mut self, kind: Kind) -> Outcome {
        if matches!(kind, Kind::CondvarWaitTimeout | Kind::ParkTimeout) {
            Outcome::TimedOut
        } else {
            self.spurious_left = self.spurious_left.saturating_sub(1);
            Outcome::Spurious
        }
    }
}

/// `a` of a scope's wait says how many threads the scope has had: all must have left.
pub(super) fn scope_is_left(threads: &[ThreadState], pending: &Pending) -> bool {
    leavers(threads, pending.operation.object).count() as u64 >= pending.operation.a
}

pub(super) fn perform(
    threads: &mut [ThreadState],
    thread: ThreadId,
    pending: &Pending,
    event: u32,
    causes: &mut Vec<Cause>,
) -> Effect {
    let operation = &pending.operation;
    let mut effect = Effect {
        changed: true,
        ..Effect::default()
    };
    match pending.action {
        Action::Park => {
            let own = &mut threads[thread.index()];
            // The token's writes already order it after the unpark; there is no other cause.
            if own.token_by.take().is_none() {
                effect.outcome = own.wake_itself(operation.kind);
                effect.changed = false;
            }
        }
        Action::Unpark => {
            let target = ThreadId(operation.a as u32);
            threads[target.index()].token_by = Some(event);
            effect.peer = Some(target);
        }
        Action::Join => {
            let target = ThreadId(operation.a as u32);
            let ended_by = threads[target.index()]
                .ended_by
                .expect("join is enabled by the end");
            causes.push(Cause {
                event: ended_by,
                exclusive: true,
            });
            effect.peer = Some(target);
        }
        Action::IsFinished => {
            let target = ThreadId(operation.a as u32);
            let ended = threads
                .get(target.index())
                .is_some_and(|t| t.ended_by.is_some());
            effect.reply = Reply {
                value: u64::from(ended),
                flag: 0,
            };
            effect.peer = Some(target);
            effect.changed = false;
        }
        Action::ScopeWait => {
            causes.extend(leavers(threads, operation.object).map(|event| Cause {
                event,
                exclusive: true,
            }));
        }
        _ => threads[thread.index()].ended_by = Some(event),
    }
    effect
}

fn leavers(threads: &[ThreadState], scope: ObjectId) -> impl Iterator<Item = u32> + '_ {
    threads
        .iter()
        .filter_map(move |t| t.left.filter(|&(s, _)| s == scope).map(|(_, event)| event))
}
