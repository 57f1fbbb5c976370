//! What each thread has ever been seen to touch, over many executions: a guess at what it may still do.

use rustc_hash::FxHashMap;

use super::event::History;
use super::footprint::{Footprint, Location, Mode};
use super::strategy::ThreadSet;
use crate::operation::ThreadId;
use crate::trace::Action;

/// Who touches what.
#[derive(Debug, Default)]
pub struct Touched {
    /// By mode, in the order of [`Mode::ALL`].
    by: FxHashMap<Location, [ThreadSet; Mode::ALL.len()]>,
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
            for (location, mode) in event.footprint.accesses() {
                let by = self.by.entry(location).or_default();
                new |= by[mode as usize].insert(thread);
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
        for (location, mode) in footprint.accesses() {
            let by = self.by.get(&location).into_iter().flatten();
            let conflicting = by
                .zip(Mode::ALL)
                .filter(|(_, other)| !mode.commutes_with(*other));
            threads = conflicting.fold(threads, |all, (&by, _)| all.union(by));
        }
        if footprint.is_reads_all() {
            let all = self.by.values().flatten();
            threads = all.fold(threads, |all, &by| all.union(by));
        }
        threads
    }

    /// Whether a step gives something back, and nobody can notice before.
    #[must_use]
    pub fn only_gives_back(&self, action: Action, thread: ThreadId) -> bool {
        !self.tries && gives_back(action, thread)
    }
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
