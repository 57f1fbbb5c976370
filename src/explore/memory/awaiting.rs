//! Threads that went round in a loop, and wait for a newer store.
//!
//! Stores are not hidden for ever: the next turn of such a thread must differ from its last, so it sees a newer store of at
//! least one atomic that it waits for. Which one is a choice; what it has yet to see is owed until it looks there.

use super::WeakMemory;
use crate::explore::footprint::Footprint;
use crate::explore::ways::Ways;
use crate::operation::{ObjectId, ThreadId};

impl WeakMemory {
    /// The ways in which a thread goes on that was going round in a loop and waits for news at `awaits`: each atomic
    /// there that has a newer store may be the one of which it sees it. Others may be seen as old as before.
    pub fn ways_to_go_on(&self, thread: ThreadId, awaits: &Footprint) -> Ways {
        if self.strong || self.has_yet_to_see(thread, awaits) {
            return Ways::ONE;
        }
        let news = self.with_newer_stores(thread, awaits).count() as u32;
        let others = awaits.accesses().any(|(location, _)| {
            let object = ObjectId(location >> 3);
            !self.current.contains_key(&object)
        });
        Ways::below(news + u32::from(others))
    }

    /// The thread goes on in one of those ways.
    pub fn go_on(&mut self, thread: ThreadId, awaits: &Footprint, way: u32) {
        if self.strong || self.has_yet_to_see(thread, awaits) {
            return;
        }
        let location = self.with_newer_stores(thread, awaits).nth(way as usize);
        if let Some(location) = location {
            let next = self.seen_position(thread, location) + 1;
            self.owe(thread, location, next);
        }
    }

    /// The thread goes on to see the newest store of everything it waits for, in a turn that its loop is given beyond its
    /// bound: stores are not hidden for ever.
    pub fn see_the_newest(&mut self, thread: ThreadId, awaits: &Footprint) {
        let locations: Vec<usize> = self.with_newer_stores(thread, awaits).collect();
        for location in locations {
            self.owe(thread, location, self.locations[location].newest());
        }
    }

    /// Whether the thread has yet to see something that makes its next turn differ from the last.
    fn has_yet_to_see(&self, thread: ThreadId, awaits: &Footprint) -> bool {
        awaits
            .objects()
            .filter_map(|object| self.current.get(&ObjectId(object)))
            .any(|&location| self.must_see.contains_key(&(thread, location)))
    }

    fn owe(&mut self, thread: ThreadId, location: usize, position: usize) {
        if let Some(store) = self.locations[location].stores()[position].event {
            self.must_see.insert((thread, location), store.event);
        }
    }

    fn seen_position(&self, thread: ThreadId, location: usize) -> usize {
        let seen = self.seen.get(&(thread, location)).copied().flatten();
        self.locations[location].position_of(seen)
    }

    fn with_newer_stores<'a>(
        &'a self,
        thread: ThreadId,
        awaits: &'a Footprint,
    ) -> impl Iterator<Item = usize> + 'a {
        awaits
            .accesses()
            .filter_map(|(location, _)| self.current.get(&ObjectId(location >> 3)).copied())
            .filter(move |&index| {
                self.seen_position(thread, index) < self.locations[index].newest()
            })
    }
}
