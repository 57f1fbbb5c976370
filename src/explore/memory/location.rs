//! One atomic: its stores in modification order, and who has read which.

use super::clock::{Clock, Stamp};
use crate::explore::event::History;
use crate::explore::footprint::Mode;
use crate::explore::ways::Ways;

/// A store, or the value from before the first one.
#[derive(Debug)]
pub struct Store {
    /// Its event; `None` for the value from before.
    pub event: Option<Author>,
    /// The value.
    pub value: u64,
    /// What a load that acquires it synchronises with.
    pub released: Clock,
    /// It belongs to a read-modify-write: nothing comes between it and the store before it.
    pub attached: bool,
    /// The loads that have read it (failed exchanges among them), and the read-modify-writes.
    pub readers: Vec<Reader>,
    /// Of a read-modify-write that may change places with others in the same mode: that mode.
    pub commutes: Option<Mode>,
}

/// The event of a store or a load.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// Its index in the execution.
    pub event: u32,
    /// Its place in its thread.
    pub stamp: Stamp,
}

/// A load.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Which event.
    pub author: Author,
    /// It was announced as a read-modify-write, so that its order against other loads is looked at too.
    pub exclusive: bool,
}

/// The stores of one atomic, oldest first.
#[derive(Debug)]
pub struct Location {
    stores: Vec<Store>,
}

impl Location {
    /// An atomic that has a value already.
    #[must_use]
    pub fn with_initial(value: u64) -> Self {
        Location {
            stores: vec![Store {
                event: None,
                value,
                released: Clock::default(),
                attached: false,
                readers: Vec::new(),
                commutes: None,
            }],
        }
    }

    /// The stores in modification order, oldest first; at least one.
    #[must_use]
    pub fn stores(&self) -> &[Store] {
        &self.stores
    }

    /// The store at a position.
    pub fn store(&mut self, position: usize) -> &mut Store {
        &mut self.stores[position]
    }

    /// The position of the newest store.
    #[must_use]
    pub fn newest(&self) -> usize {
        self.stores.len() - 1
    }

    /// The position that a way means: it passes over that many newer stores. Ways that do not exist are the oldest.
    #[must_use]
    pub fn position(&self, way: u32) -> usize {
        self.newest().saturating_sub(way as usize)
    }

    /// The oldest store that a thread may read, given what happens before: none older than one that it knows of,
    /// by itself or by a load that has read it. (Coherence: CoRR, CoWR, CoRW and CoWW.)
    #[must_use]
    pub fn oldest_visible(&self, now: &Clock) -> usize {
        let known = |store: &Store| {
            store.event.is_none_or(|author| now.covers(author.stamp))
                || store
                    .readers
                    .iter()
                    .any(|reader| now.covers(reader.author.stamp))
        };
        self.stores.iter().rposition(known).unwrap_or(0)
    }

    /// Whether a thread that may read any store from `oldest` on can tell in which order read-modify-writes came that
    /// may change places: it can read one in the middle, or could if they had come in another order. It cannot if
    /// it knows of all of them. Either way the answer is the same for all their orders.
    #[must_use]
    pub fn tells_order(&self, oldest: usize, now: &Clock) -> bool {
        let together = |a: &Store, b: &Store| a.commutes.is_some() && a.commutes == b.commutes;
        let mut end = 0;
        self.stores.chunk_by(together).any(|group| {
            end += group.len();
            let mut authors = group.iter().filter_map(|store| store.event);
            end > oldest && group.len() > 1 && !authors.all(|author| now.covers(author.stamp))
        })
    }

    /// Whether there is more than one place for a read-modify-write that may come after any store from `oldest` on.
    #[must_use]
    pub fn has_older_place(&self, oldest: usize) -> bool {
        (oldest..self.newest()).any(|position| self.may_follow(position))
    }

    /// Whether a read-modify-write may read the store at `position`: its own store comes right after.
    #[must_use]
    pub fn may_follow(&self, position: usize) -> bool {
        self.stores
            .get(position + 1)
            .is_none_or(|next| !next.attached)
    }

    /// Tells the events of its stores and loads, each with its [`super::seq_cst::Place::key`].
    pub fn keys(&self, mut tell: impl FnMut(u32, usize)) {
        for (position, store) in self.stores.iter().enumerate() {
            if let Some(author) = store.event {
                tell(author.event, 2 * position);
            }
            for reader in &store.readers {
                tell(reader.author.event, 2 * position + 1);
            }
        }
    }

    /// Writes down where its events stand among each other.
    pub fn rank(&self, history: &mut History) {
        self.keys(|event, key| {
            if let Some(event) = history.events.get_mut(event as usize) {
                event.rank = Some(key as u32);
            }
        });
    }

    /// Forgets all stores but the newest.
    pub fn keep_newest(&mut self) {
        self.stores.drain(..self.newest());
    }

    /// The position of the store of an event, or of the value from before.
    #[must_use]
    pub fn position_of(&self, event: Option<u32>) -> usize {
        self.stores
            .iter()
            .position(|store| store.event.map(|author| author.event) == event)
            .unwrap_or(0)
    }

    /// Puts a store after the one at `after`.
    pub fn insert(&mut self, after: usize, store: Store) {
        self.stores.insert(after + 1, store);
    }

    /// The ways that pass over at most as many stores as have a number, from the newest on down to `oldest`, where
    /// `allowed` agrees; and whether there were more.
    pub fn ways(
        &self,
        oldest: usize,
        most: u32,
        mut allowed: impl FnMut(usize) -> bool,
    ) -> (Ways, bool) {
        let mut ways = Ways::ONE;
        for position in (oldest..self.newest()).rev() {
            let way = (self.newest() - position) as u32;
            if allowed(position) {
                if way >= most {
                    return (ways, true);
                }
                ways = ways.with(way);
            }
        }
        (ways, false)
    }
}
