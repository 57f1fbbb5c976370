//! Shadow memory: for each byte of the program's memory, the accesses that a later one could race with.
//!
//! FastTrack (Flanagan, Freund, PLDI 2009) keeps the last write and the last reads of each variable as epochs. Here, an
//! access is kept until another one makes it superfluous: a later one of the same thread that conflicts with at least as
//! much, or a later write that it happens before. Happens-before is the synchronisation that the program may rely on
//! ([`crate::explore::memory::happens_before`]).

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Bytes that share an entry.
const GRANULE: usize = 8;

/// One access, as far as it concerns one granule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Which bytes of the granule.
    pub bytes: u8,
    /// Whether it writes.
    pub write: bool,
    /// Whether it is one of an atomic: two of these never race.
    pub atomic: bool,
    /// Who.
    pub thread: u8,
    /// How many events of its thread come before it.
    pub events: u32,
    /// How many accesses of its thread come before it, in this execution.
    pub number: u32,
    /// The return address in the instrumented code, relative to the library.
    pub caller: u32,
}

/// Memory that is watched, in granules: beyond that, what an execution touches for the first time is not.
const MOST: usize = 4 << 20;

/// All accesses of one execution that still count.
#[derive(Debug, Default)]
pub struct Shadow {
    granules: FxHashMap<usize, SmallVec<[Access; 3]>>,
    full: bool,
}

impl Shadow {
    /// Forgets everything, for the next execution.
    pub fn clear(&mut self) {
        self.granules.clear();
    }

    /// Whether some execution has touched more memory than is watched.
    pub fn was_full(&self) -> bool {
        self.full
    }

    /// Forgets a block: what comes now is other memory.
    pub fn forget(&mut self, start: usize, size: usize) {
        if size / GRANULE > self.granules.len() {
            let range = start / GRANULE..start.saturating_add(size).div_ceil(GRANULE);
            self.granules.retain(|granule, _| !range.contains(granule));
            return;
        }
        for (granule, bytes) in granules(start, size) {
            if let Some(accesses) = self.granules.get_mut(&granule) {
                for access in accesses.iter_mut() {
                    access.bytes &= !bytes;
                }
                accesses.retain(|access| access.bytes != 0);
            }
        }
    }

    /// Adds an access, and tells of an earlier one that it conflicts with and that does not happen before it. `clock` is
    /// what the accessing thread knows: for each thread, how many of its events.
    pub fn add(&mut self, start: usize, size: usize, new: Access, clock: &[u32]) -> Option<Access> {
        if self.granules.len() + size / GRANULE > MOST {
            self.full = true;
            return None;
        }
        let mut race = None;
        let precedes = |old: &Access| {
            old.thread == new.thread
                || clock.get(usize::from(old.thread)).copied().unwrap_or(0) > old.events
        };
        for (granule, bytes) in granules(start, size) {
            let new = Access { bytes, ..new };
            let accesses = self.granules.entry(granule).or_default();
            accesses.retain(|old| {
                let conflict = (old.write || new.write)
                    && !(old.atomic && new.atomic)
                    && old.bytes & new.bytes != 0;
                let ordered = precedes(old);
                if conflict && !ordered && race.is_none() {
                    race = Some(*old);
                }
                let as_strong = (new.write || !old.write) && (old.atomic || !new.atomic);
                if as_strong && (old.thread == new.thread || (ordered && new.write)) {
                    old.bytes &= !new.bytes;
                }
                old.bytes != 0
            });
            accesses.push(new);
        }
        race
    }
}

/// The granules of a range, each with the bytes that are meant.
fn granules(start: usize, size: usize) -> impl Iterator<Item = (usize, u8)> {
    let end = start.saturating_add(size);
    (start / GRANULE..end.div_ceil(GRANULE)).map(move |granule| {
        let first = start.saturating_sub(granule * GRANULE).min(GRANULE);
        let last = (end - granule * GRANULE).min(GRANULE);
        let bytes = (0xff_u32 << first) & (0xff_u32 >> (GRANULE - last));
        (granule, bytes as u8)
    })
}

#[cfg(test)]
mod tests {
    use super::{Access, Shadow, granules};

    fn access(thread: u8, events: u32, write: bool) -> Access {
        Access {
            bytes: 0,
            write,
            atomic: false,
            thread,
            events,
            number: 0,
            caller: 0,
        }
    }

    #[test]
    fn a_range_is_cut_into_granules() {
        let parts: Vec<_> = granules(6, 12).collect();
        assert_eq!(parts, [(0, 0b1100_0000), (1, 0xff), (2, 0b11)]);
        assert_eq!(granules(9, 2).collect::<Vec<_>>(), [(1, 0b110)]);
        assert_eq!(granules(8, 0).count(), 0);
    }

    #[test]
    fn unordered_accesses_race_if_one_writes_and_they_overlap() {
        let mut shadow = Shadow::default();
        assert_eq!(shadow.add(0, 4, access(0, 1, true), &[1, 0]), None);
        assert_eq!(shadow.add(4, 4, access(1, 0, true), &[0, 0]), None);
        assert!(shadow.add(2, 4, access(1, 0, false), &[0, 0]).is_some());
        let mut shadow = Shadow::default();
        assert_eq!(shadow.add(0, 8, access(0, 1, false), &[1, 0]), None);
        assert_eq!(shadow.add(0, 8, access(1, 0, false), &[0, 0]), None);
        assert!(shadow.add(3, 1, access(2, 0, true), &[2, 0, 0]).is_some());
    }

    #[test]
    fn what_happens_before_does_not_race() {
        let mut shadow = Shadow::default();
        assert_eq!(shadow.add(0, 8, access(0, 1, true), &[1, 0]), None);
        assert_eq!(shadow.add(0, 8, access(1, 3, true), &[2, 3]), None);
        // The first one is forgotten with reason: whoever knows of the second knows of it.
        assert_eq!(shadow.add(0, 8, access(2, 0, true), &[2, 4, 0]), None);
        assert!(shadow.add(0, 8, access(0, 2, true), &[2, 4, 0]).is_some());
    }

    #[test]
    fn the_last_access_to_the_byte_is_the_one_that_races() {
        let mut shadow = Shadow::default();
        let wide = Access {
            number: 1,
            ..access(0, 0, true)
        };
        let narrow = Access {
            number: 2,
            ..access(0, 0, true)
        };
        assert_eq!(shadow.add(0, 8, wide, &[]), None);
        assert_eq!(shadow.add(4, 4, narrow, &[]), None);
        let number = |race: Option<Access>| race.map(|race| race.number);
        assert_eq!(number(shadow.add(0, 4, access(1, 0, false), &[])), Some(1));
        assert_eq!(number(shadow.add(4, 4, access(1, 0, false), &[])), Some(2));
    }
}
