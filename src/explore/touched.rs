//! What each thread has ever been seen to touch, over many executions: a guess at what it may still do.

use rustc_hash::FxHashMap;

use super::event::History;
use super::footprint::{Footprint, Location};
use super::strategy::ThreadSet;
use crate::operation::ThreadId;
use crate::trace::Action;

/// Who touches what.
#[derive(Debug, Default)]
pub struct Touched {
    readers: FxHashMap<Location, ThreadSet>,
    writers: FxHashMap<Location, ThreadSet>,
    /// Who waits for any change at all.
    look_at_all: ThreadSet,
    /// Whether some thread asks for what it cannot wait for, and so notices when it is given back.
    tries: bool,
}

impl Touched {
    /// Learns from an execution. Whether anything was new.
    pub fn learn(&mut self, history: &History) -> bool {
        let mut new = false;
        for event in history.events.iter().filter(|event| event.scheduled) {
            let thread = event.thread;
            for (location, write) in event.footprint.accesses() {
                let by = if write {
                    &mut self.writers
                } else {
                    &mut self.readers
                };
                new |= by.entry(location).or_default().insert(thread);
            }
            if event.footprint.is_reads_all() {
                new |= self.look_at_all.insert(thread);
            }
            let tries = matches!(
                event.action,
                Action::TryLock | Action::TryReadLock | Action::TryWriteLock | Action::IsFinished
            );
            new |= tries && !self.tries;
            self.tries |= tries;
        }
        new
    }

    /// The threads that have performed a step that depends on `footprint`.
    #[must_use]
    pub fn conflicting(&self, footprint: &Footprint) -> ThreadSet {
        let mut threads = self.look_at_all;
        for (location, write) in footprint.accesses() {
            threads = threads.union(of(&self.writers, location));
            if write {
                threads = threads.union(of(&self.readers, location));
            }
        }
        if footprint.is_reads_all() {
            threads = self
                .writers
                .values()
                .fold(threads, |all, &by| all.union(by));
            threads = self
                .readers
                .values()
                .fold(threads, |all, &by| all.union(by));
        }
        threads
    }

    /// Whether a step gives something back, and nobody can notice before.
    #[must_use]
    pub fn only_gives_back(&self, action: Action, thread: ThreadId) -> bool {
        !self.tries && gives_back(action, thread)
    }
}

fn of(by: &FxHashMap<Location, ThreadSet>, location: Location) -> ThreadSet {
    by.get(&location).copied().unwrap_or_default()
}

/// Whether a step only lets others go on. What happens when `main` ends is another matter.
#[must_use]
pub fn gives_back(action: Action, thread: ThreadId) -> bool {
    match action {
        Action::Unlock | Action::ReadUnlock | Action::WriteUnlock | Action::ConsoleUnlock => true,
        Action::End => thread != ThreadId::MAIN,
        _ => false,
    }
}
