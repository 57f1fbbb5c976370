//! Shadow memory: for each byte of the program's memory, the accesses that a later one could race with.
//!
//! FastTrack (Flanagan, Freund, PLDI 2009) keeps the last write and the last reads of each variable as epochs. Here, an
//! access is kept until another one makes it superfluous: a later one of the same thread that conflicts with at least as
//! much, or a later write that it happens before. Happens-before is the synchronisation that the program may rely on
//! ([`crate::explore::memory::happens_before`]).
//!
//! As there, an access that its thread has made already since its last event costs a comparison. Beginning an execution
//! costs nothing: a granule knows in which one it was touched last.

use std::ops::Range;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Bytes that share an entry.
const GRANULE: usize = 8;

/// Granules of a page, which is what memory is shadowed by.
const PAGE: usize = 128;

/// Pages that are found without a look into the table.
const NEAR: usize = 64;

/// Memory that is watched, in granules: beyond that, what an execution touches for the first time is not.
const MOST: usize = 4 << 20;

/// One access, as far as it concerns one granule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Which bytes of the granule; [`Shadow::add`] sees to it.
    pub all: u8,
    /// Those of them that still count; likewise.
    pub bytes: u8,
    /// Whether it writes.
    pub write: bool,
    /// Whether it is one of an atomic: two of these never race, unless they differ in size.
    pub atomic: bool,
    /// Who.
    pub thread: u8,
    /// How many events of its thread come before it.
    pub events: u32,
    /// How many accesses of its thread come before it, in this execution.
    pub number: u32,
}

/// All accesses of one execution that still count.
#[derive(Debug)]
pub struct Shadow {
    pages: Vec<Box<[Granule]>>,
    /// Where the page of an address is, by the address in pages.
    index: FxHashMap<usize, usize>,
    /// The pages that were looked up last, each in the place that its number has for it.
    near: [(usize, usize); NEAR],
    /// Counted from 1.
    execution: u64,
    /// Pages that may be made.
    most: usize,
    full: bool,
}

/// What is known of eight bytes.
#[derive(Clone, Debug, Default)]
struct Granule {
    /// The execution that touched it last; what is of an earlier one does not count.
    execution: u64,
    accesses: SmallVec<[Access; 2]>,
    /// One of them was added although it raced.
    raced: bool,
}

impl Default for Shadow {
    fn default() -> Self {
        Shadow::with_room(MOST)
    }
}

impl Shadow {
    /// A memory that watches `most` granules.
    pub fn with_room(most: usize) -> Self {
        Shadow {
            pages: Vec::new(),
            index: FxHashMap::default(),
            near: [(usize::MAX, 0); NEAR],
            execution: 1,
            most: most / PAGE,
            full: false,
        }
    }

    /// Forgets everything, for the next execution.
    pub fn clear(&mut self) {
        self.execution += 1;
        // The next one may need room elsewhere.
        if self.pages.len() > self.most / 2 {
            self.pages.clear();
            self.index.clear();
            self.near = [(usize::MAX, 0); NEAR];
        }
    }

    /// Whether some execution has touched more memory than is watched.
    pub fn was_full(&self) -> bool {
        self.full
    }

    /// Forgets a block: what comes now is other memory.
    pub fn forget(&mut self, start: usize, size: usize) {
        let end = start.saturating_add(size);
        let touched = start / GRANULE / PAGE..end.div_ceil(GRANULE).div_ceil(PAGE);
        if touched.len() > self.pages.len() {
            let all = self.index.iter().map(|(&number, &page)| (number, page));
            let all: Vec<_> = all.filter(|(number, _)| touched.contains(number)).collect();
            for (number, page) in all {
                self.forget_in(number, page, start, end);
            }
            return;
        }
        for number in touched {
            if let Some(page) = self.find(number) {
                self.forget_in(number, page, start, end);
            }
        }
    }

    fn forget_in(&mut self, number: usize, page: usize, start: usize, end: usize) {
        let all = number * PAGE * GRANULE..(number + 1) * PAGE * GRANULE;
        let (start, end) = (start.max(all.start), end.min(all.end));
        for (granule, bytes) in granules(start, end - start) {
            let known = &mut self.pages[page][granule % PAGE];
            if bytes == 0xff || known.execution != self.execution {
                known.execution = 0;
                continue;
            }
            for access in &mut known.accesses {
                access.bytes &= !bytes;
            }
            known.accesses.retain(|access| access.bytes != 0);
        }
    }

    /// Adds an access, and tells of an earlier one that it conflicts with and that does not happen before it. `clock` is
    /// what the accessing thread knows: for each thread, how many of its events.
    #[inline]
    pub fn add(&mut self, start: usize, size: usize, new: Access, clock: &[u32]) -> Option<Access> {
        let (granule, first) = (start / GRANULE, start % GRANULE);
        if first + size <= GRANULE {
            let bytes = ((1_u32 << size) - 1) << first;
            return self.add_to(granule, bytes as u8, new, clock);
        }
        let mut race = None;
        for (granule, bytes) in granules(start, size) {
            let found = self.add_to(granule, bytes, new, clock);
            race = race.or(found);
        }
        race
    }

    #[inline]
    fn add_to(&mut self, granule: usize, bytes: u8, new: Access, clock: &[u32]) -> Option<Access> {
        let page = self.page(granule / PAGE)?;
        let known = &mut self.pages[page][granule % PAGE];
        let new = Access {
            all: bytes,
            bytes,
            ..new
        };
        if known.execution != self.execution {
            known.execution = self.execution;
            known.raced = false;
            known.accesses.clear();
            known.accesses.push(new);
            return None;
        }
        known.add(new, clock)
    }

    /// Where a page is; it is made if need be. `None` if there is no room.
    #[inline]
    fn page(&mut self, number: usize) -> Option<usize> {
        let (near, page) = self.near[number % NEAR];
        if near == number {
            return Some(page);
        }
        self.find(number).or_else(|| self.make(number))
    }

    fn find(&mut self, number: usize) -> Option<usize> {
        let page = *self.index.get(&number)?;
        self.near[number % NEAR] = (number, page);
        Some(page)
    }

    #[cold]
    fn make(&mut self, number: usize) -> Option<usize> {
        if self.pages.len() >= self.most {
            self.full = true;
            return None;
        }
        self.pages.push(vec![Granule::default(); PAGE].into());
        self.index.insert(number, self.pages.len() - 1);
        self.find(number)
    }
}

impl Granule {
    #[inline]
    fn add(&mut self, new: Access, clock: &[u32]) -> Option<Access> {
        if self.is_repeated(&new) {
            return None;
        }
        self.add_other(new, clock)
    }

    /// Whether the thread has done as much here since its last event, and nobody else anything after that. Nothing races
    /// with it then: it would have raced with what the thread has done first.
    #[inline]
    fn is_repeated(&mut self, new: &Access) -> bool {
        if self.raced {
            return false;
        }
        for old in self.accesses.iter_mut().rev() {
            if (old.thread, old.events) != (new.thread, new.events) {
                return false;
            }
            if (old.bytes, old.write, old.atomic) == (new.bytes, new.write, new.atomic) {
                *old = *new;
                return true;
            }
            // A race is with the last write, which may be narrower than the one before it.
            if !new.write && old.covers(new) {
                return true;
            }
        }
        false
    }

    fn add_other(&mut self, new: Access, clock: &[u32]) -> Option<Access> {
        let mut race = None;
        self.accesses.retain(|old| {
            // Atomics of different sizes are not atomic to each other.
            let both_atomic = old.atomic && new.atomic && old.all == new.all;
            let conflict = (old.write || new.write) && !both_atomic && old.bytes & new.bytes != 0;
            let ordered = old.thread == new.thread
                || clock.get(usize::from(old.thread)).copied().unwrap_or(0) > old.events;
            if conflict && !ordered && race.is_none() {
                race = Some(*old);
            }
            if new.is_as_strong(old) && (old.thread == new.thread || (ordered && new.write)) {
                old.bytes &= !new.bytes;
            }
            old.bytes != 0
        });
        self.accesses.push(new);
        self.raced |= race.is_some();
        race
    }
}

impl Access {
    /// Whether all that races with `other` races with it too, if both are made by one thread between two of its events.
    #[inline]
    fn covers(&self, other: &Access) -> bool {
        other.bytes & !self.bytes == 0 && self.is_as_strong(other)
    }

    /// The same of the bytes that both touch.
    #[inline]
    fn is_as_strong(&self, other: &Access) -> bool {
        let of_one_size = !self.atomic || self.all == other.all;
        (self.write || !other.write) && (other.atomic || !self.atomic) && of_one_size
    }
}

/// The granules of a range, each with the bytes that are meant.
#[inline]
fn granules(start: usize, size: usize) -> impl Iterator<Item = (usize, u8)> {
    let end = start.saturating_add(size);
    let all: Range<usize> = start / GRANULE..end.div_ceil(GRANULE);
    let all = if size == 0 { 0..0 } else { all };
    all.map(move |granule| {
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
            all: 0,
            bytes: 0,
            write,
            atomic: false,
            thread,
            events,
            number: 0,
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
