//! Threads that repeat themselves.
//!
//! A loop that waits for another thread (`while !ready.load(..) {}`) can turn any number of times: its
//! executions are endless, and each turn that changes nothing is as good as none. When a thread comes back to
//! a place with the same stack, and all shared memory is as it was the last time it was there, the turn had
//! no effect: the thread is then made to wait until another thread changes something that the turn has
//! looked at. This is exact: the next turn could only be the same.
//!
//! A turn that counts (`for _ in 0..100`) has an effect on the stack, so it is never taken for one that has
//! none. If it goes on for long without touching anything that changes, it is bounded, and the search says so.

use super::event::History;
use super::footprint::Footprint;
use super::model::{Model, Pending};
use crate::guest::Guest;
use crate::operation::{Kind, ThreadId};

/// Turns without any change by any thread, but with some on the stack, before a loop is bounded.
const PATIENCE: u32 = 64;

/// A place that the thread has announced a step from.
#[derive(Debug)]
struct Anchor {
    site: u64,
    visits: u32,
    /// Events of the execution at the last visit.
    events: usize,
    local: Option<u64>,
    shared: Option<u64>,
    /// Visits in a row in between which the thread changed nothing.
    idle: u32,
}

/// Where a thread has been.
#[derive(Debug, Default)]
pub struct Repetition {
    anchors: Vec<Anchor>,
    /// What the thread will do when it goes on.
    pub suspended: Option<Pending>,
    /// Events of the execution when it began to wait.
    waiting_since: usize,
    bounded: bool,
}

impl Repetition {
    /// Forgets everything, but keeps the memory for another thread.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        self.anchors.clear();
        Repetition {
            anchors: self.anchors,
            ..Repetition::default()
        }
    }

    /// The thread is about to announce `pending`. Returns what it must wait for a change of, if it would only
    /// repeat itself.
    pub fn visit(
        &mut self,
        thread: ThreadId,
        pending: &Pending,
        history: &mut History,
        model: &Model,
        guest: &impl Guest,
    ) -> Option<Footprint> {
        let site = pending.operation.site;
        // Each spawn or join is of another thread: a turn with one of them is not the last turn again.
        if site == 0 || matches!(pending.operation.kind, Kind::Spawn | Kind::Join) {
            return None;
        }
        let hint = matches!(
            pending.operation.kind,
            Kind::Yield | Kind::SpinHint | Kind::Sleep
        );
        let now = history.events.len();
        let Some(anchor) = self.anchors.iter_mut().find(|a| a.site == site) else {
            let local = hint.then(|| guest.local_state(thread));
            let shared = hint.then(|| guest.shared_state() ^ model.fingerprint());
            self.anchors.push(Anchor {
                site,
                visits: 1,
                events: now,
                local,
                shared,
                idle: 0,
            });
            return None;
        };
        anchor.visits += 1;
        let since = std::mem::replace(&mut anchor.events, now);
        let local = Some(guest.local_state(thread));
        let same_local = std::mem::replace(&mut anchor.local, local) == local;
        // A turn of one step that changed nothing: the next one may be the same.
        let adjacent = now <= since + 1 && history.events[since..now].iter().all(|e| !e.changed);
        let shared =
            (same_local || hint || adjacent).then(|| guest.shared_state() ^ model.fingerprint());
        let same_shared =
            std::mem::replace(&mut anchor.shared, shared) == shared && shared.is_some();
        if same_local && same_shared {
            return Some(self.wait(thread, since, history, false));
        }
        let own_change = history.events[since..now]
            .iter()
            .any(|e| e.thread == thread && e.changed);
        anchor.idle = if own_change { 0 } else { anchor.idle + 1 };
        if anchor.idle >= PATIENCE {
            anchor.idle = 0;
            return Some(self.wait(thread, since, history, true));
        }
        None
    }

    /// Whether another thread has changed something that `awaits` reads, since the thread began to wait.
    pub fn has_changed(&self, thread: ThreadId, awaits: &Footprint, history: &History) -> bool {
        history.events[self.waiting_since..]
            .iter()
            .any(|e| e.thread != thread && e.changed && e.footprint.changes(awaits))
    }

    /// Whether the loop that it waits in was bounded, not proved to have no effect.
    pub fn is_bounded(&self) -> bool {
        self.bounded && self.suspended.is_some()
    }

    /// The step that was held back. The next turn is looked at afresh.
    pub fn resume(&mut self) -> Pending {
        for anchor in &mut self.anchors {
            anchor.local = None;
            anchor.shared = None;
        }
        self.suspended
            .take()
            .expect("only a suspended thread is resumed")
    }

    fn wait(
        &mut self,
        thread: ThreadId,
        since: usize,
        history: &mut History,
        bounded: bool,
    ) -> Footprint {
        let mut awaits = Footprint::NONE;
        for event in &mut history.events[since..] {
            if event.thread == thread {
                awaits = awaits.union_of_reads(&event.footprint);
                // The turn as a whole changed nothing: others that wait must not wake for it.
                event.changed &= bounded;
            }
        }
        self.waiting_since = history.events.len();
        self.bounded = bounded;
        awaits
    }
}
