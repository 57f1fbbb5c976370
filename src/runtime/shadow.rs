//! Shadow memory: for each byte of the program's memory, the accesses that a later one could race with.
//!
//! FastTrack (Flanagan, Freund, PLDI 2009) keeps the last write and the last reads of each variable as epochs. Here, an
//! access is kept until another one makes it superfluous: a later one of the same thread that conflicts with at least as
//! much, or a later write that it happens before; unless races of the later one may be excused. Happens-before is the
//! synchronisation that the program may rely on ([`crate::explore::memory::happens_before`]).

use rustc_hash::{FxHashMap, FxHashSet};
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

/// Pairs of places in the code, by return addresses, whose races are nobody's business.
#[derive(Debug, Default)]
pub struct Excused {
    pairs: FxHashSet<(u32, u32)>,
    /// All that are part of a pair.
    callers: FxHashSet<u32>,
}

impl Excused {
    /// Adds a pair.
    pub fn add(&mut self, first: u32, second: u32) {
        self.pairs.insert(pair(first, second));
        self.callers.extend([first, second]);
    }

    fn contains(&self, first: u32, second: u32) -> bool {
        self.pairs.contains(&pair(first, second))
    }
}

fn pair(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
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
        let forget = |accesses: &mut SmallVec<[Access; 3]>, bytes: u8| {
            accesses.retain(|access| {
                access.bytes &= !bytes;
                access.bytes != 0
            });
        };
        if size / GRANULE > self.granules.len() {
            let end = start.saturating_add(size);
            self.granules.retain(|&granule, accesses| {
                forget(accesses, bytes_of(granule, start, end));
                !accesses.is_empty()
            });
            return;
        }
        for (granule, bytes) in granules(start, size) {
            if let Some(accesses) = self.granules.get_mut(&granule) {
                forget(accesses, bytes);
            }
        }
    }

    /// Adds an access, and tells of an earlier one that it conflicts with and that does not happen before it. `clock` is
    /// what the accessing thread knows: for each thread, how many of its events. What is `excused` is not told.
    pub fn add(
        &mut self,
        start: usize,
        size: usize,
        new: Access,
        clock: &[u32],
        excused: &Excused,
    ) -> Option<Access> {
        if self.granules.len() + size / GRANULE > MOST {
            self.full = true;
            return None;
        }
        let mut race = None;
        // Whoever races with this access may be excused, and yet race with an earlier one.
        let may_be_excused = excused.callers.contains(&new.caller);
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
                if conflict
                    && !ordered
                    && race.is_none()
                    && !excused.contains(old.caller, new.caller)
                {
                    race = Some(*old);
                }
                let covered = old.bytes & !new.bytes == 0;
                let as_strong = (new.write || !old.write)
                    && (old.atomic || !new.atomic)
                    && (!may_be_excused || old.caller == new.caller);
                !(covered && as_strong && (old.thread == new.thread || (ordered && new.write)))
            });
            accesses.push(new);
        }
        race
    }
}

/// The granules of a range, each with the bytes that are meant.
fn granules(start: usize, size: usize) -> impl Iterator<Item = (usize, u8)> {
    let end = start.saturating_add(size);
    (start / GRANULE..end.div_ceil(GRANULE))
        .map(move |granule| (granule, bytes_of(granule, start, end)))
}

/// The bytes of a granule that are in a range.
fn bytes_of(granule: usize, start: usize, end: usize) -> u8 {
    let within = |address: usize| address.saturating_sub(granule * GRANULE).min(GRANULE);
    let bytes = (0xff_u32 << within(start)) & (0xff_u32 >> (GRANULE - within(end)));
    bytes as u8
}

#[cfg(test)]
mod tests {
    use super::{Access, Excused, Shadow, granules};

    fn add(
        shadow: &mut Shadow,
        start: usize,
        size: usize,
        new: Access,
        clock: &[u32],
    ) -> Option<Access> {
        shadow.add(start, size, new, clock, &Excused::default())
    }

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
        assert_eq!(add(&mut shadow, 0, 4, access(0, 1, true), &[1, 0]), None);
        assert_eq!(add(&mut shadow, 4, 4, access(1, 0, true), &[0, 0]), None);
        assert!(add(&mut shadow, 2, 4, access(1, 0, false), &[0, 0]).is_some());
        let mut shadow = Shadow::default();
        assert_eq!(add(&mut shadow, 0, 8, access(0, 1, false), &[1, 0]), None);
        assert_eq!(add(&mut shadow, 0, 8, access(1, 0, false), &[0, 0]), None);
        assert!(add(&mut shadow, 3, 1, access(2, 0, true), &[2, 0, 0]).is_some());
    }

    #[test]
    fn what_happens_before_does_not_race() {
        let mut shadow = Shadow::default();
        assert_eq!(add(&mut shadow, 0, 8, access(0, 1, true), &[1, 0]), None);
        assert_eq!(add(&mut shadow, 0, 8, access(1, 3, true), &[2, 3]), None);
        // The first one is forgotten with reason: whoever knows of the second knows of it.
        assert_eq!(add(&mut shadow, 0, 8, access(2, 0, true), &[2, 4, 0]), None);
        assert!(add(&mut shadow, 0, 8, access(0, 2, true), &[2, 4, 0]).is_some());
    }
}
