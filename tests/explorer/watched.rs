//! Plain memory of a program whose threads are closures, watched by the shadow memory of the real one.

use threadlings::operation::ThreadId;
use threadlings::runtime::shadow::{Access, Shadow};

/// What [`threadlings::guest::Guest::knows`] and `shown` speak of.
#[derive(Default)]
pub struct Watched {
    shadow: Shadow,
    thread: usize,
    clock: Vec<u32>,
    /// Whether two accesses of this execution race.
    pub raced: bool,
}

impl Watched {
    /// Another execution begins.
    pub fn begin(&mut self) {
        self.shadow.clear();
        self.clock.clear();
        self.raced = false;
    }

    /// A thread runs, and knows of so many events of each.
    pub fn runs(&mut self, thread: ThreadId, clock: &[u32]) {
        self.thread = thread.index();
        self.clock = clock.to_vec();
    }

    /// An access to plain memory.
    pub fn plain(&mut self, start: usize, size: usize, write: bool) {
        self.access(start, size, write, false, self.events());
    }

    /// An operation on an atomic, which has just happened: its own event is counted already.
    pub fn atomic(&mut self, start: usize, size: usize, write: bool) {
        self.access(start, size, write, true, self.events().saturating_sub(1));
    }

    fn events(&self) -> u32 {
        self.clock.get(self.thread).copied().unwrap_or(0)
    }

    fn access(&mut self, start: usize, size: usize, write: bool, atomic: bool, events: u32) {
        let access = Access {
            all: 0,
            bytes: 0,
            write,
            atomic,
            thread: self.thread as u8,
            events,
            number: 0,
        };
        let race = self.shadow.add(start, size, access, &self.clock);
        self.raced |= race.is_some();
    }
}
