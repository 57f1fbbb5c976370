//! Happens-before: vector clocks over the dependency relation of one execution.
//!
//! Two clocks for each event. `of_event` is everything that comes before it in every order of the same trace.
//! `before` (the paper's *pre*) leaves out what merely happened to enable or precede it: an event that is not
//! in `before` might have come after. Races are looked for there.
//!
//! Abdulla, Aronis, Jonsson, Sagonas: Source Sets (JACM 2017), section 3; the split for enabling edges is ours.

use rustc_hash::FxHashMap;

use super::event::{Event, History};
use super::footprint::{Location, Mode};
use crate::operation::ThreadId;
use crate::trace::Action;

/// The clocks of one execution. A clock counts, for each thread, its events up to and including the last one
/// that happens before.
#[derive(Debug, Default)]
pub struct Clocks {
    /// Whether a thread that goes round again because one location has changed is not ordered after the changes: what it
    /// then reads there orders it after those that it needs.
    pub awaits_order_nothing: bool,
    /// A known mistake, for tests of the tests: a notification does not come before the wake-up that it causes.
    pub forget_notifications: bool,
    width: usize,
    full: Vec<u32>,
    before: Vec<u32>,
    last: Vec<u32>,
    /// The position of each event among its thread's, from 1.
    ordinal: Vec<u32>,
    /// The position of each location among `accesses`.
    locations: FxHashMap<Location, usize>,
    /// How each location was touched last.
    modes: Vec<Mode>,
    /// Two rows for each location: what comes before every touch in the present mode, and the joined clocks of the
    /// touches in the present mode, which commute.
    accesses: Vec<u32>,
    /// Memory for the clock that is being computed.
    clock: Vec<u32>,
}

impl Clocks {
    /// The clocks of `history`.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let mut clocks = Clocks::default();
        clocks.compute(history);
        clocks
    }

    /// The same, into memory that is there already.
    pub fn compute(&mut self, history: &History) {
        self.clear();
        self.extend(history);
    }

    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.width = 0;
        self.full.clear();
        self.before.clear();
        self.ordinal.clear();
        self.last.clear();
        self.locations.clear();
        self.modes.clear();
        self.accesses.clear();
    }

    /// Adds the events of `history` that are not there yet.
    pub fn extend(&mut self, history: &History) {
        let width = history.threads;
        if width != self.width {
            self.clear();
            self.width = width;
            self.last.resize(width * width, 0);
        }
        let mut clock = std::mem::take(&mut self.clock);
        clock.clear();
        clock.resize(width, 0);
        for event in &history.events[self.ordinal.len()..] {
            self.add(history, event, &mut clock);
        }
        self.clock = clock;
    }

    /// What happens before event `index`, with itself.
    #[must_use]
    pub fn of_event(&self, index: usize) -> &[u32] {
        row(&self.full, self.width, index)
    }

    /// What happened before the next event of `thread`, as far as its own past decides.
    #[must_use]
    pub fn last(&self, thread: ThreadId) -> &[u32] {
        row(&self.last, self.width, thread.index())
    }

    /// Whether event `first`, of `thread`, happens before event `second`.
    #[inline]
    #[must_use]
    pub fn ordered(&self, first: usize, thread: ThreadId, second: usize) -> bool {
        self.full[second * self.width + thread.index()] >= self.ordinal[first]
    }

    /// Whether event `first`, of `thread`, must precede event `second` whatever else is reordered.
    #[inline]
    #[must_use]
    pub fn fixed(&self, first: usize, thread: ThreadId, second: usize) -> bool {
        self.before[second * self.width + thread.index()] >= self.ordinal[first]
    }

    /// Whether event `first`, of `thread`, precedes the step that `waiting` has announced.
    #[inline]
    #[must_use]
    pub fn precedes_pending(&self, first: usize, thread: ThreadId, waiting: ThreadId) -> bool {
        self.last[waiting.index() * self.width + thread.index()] >= self.ordinal[first]
    }

    fn add(&mut self, history: &History, event: &Event, clock: &mut [u32]) {
        let width = self.width;
        let own = event.thread.index();
        clock.copy_from_slice(row(&self.last, width, own));
        let ordinal = clock[own] + 1;
        let forgets = self.forget_notifications && event.action == Action::Reacquire;
        for cause in history
            .causes(event)
            .iter()
            .filter(|c| c.exclusive && !forgets)
        {
            join(clock, row(&self.full, width, cause.event as usize));
        }
        if event.forced {
            for thread in 0..width {
                join(clock, row(&self.last, width, thread));
            }
        }
        self.before.extend_from_slice(clock);
        clock[own] = ordinal;
        for cause in history
            .causes(event)
            .iter()
            .filter(|c| !c.exclusive || forgets)
        {
            join(clock, row(&self.full, width, cause.event as usize));
        }
        let orders_nothing = self.awaits_order_nothing
            && event.action == Action::AwaitChange
            && event.footprint.accesses().count() == 1;
        if !orders_nothing {
            self.join_dependencies(event, clock);
        }
        self.full.extend_from_slice(clock);
        self.ordinal.push(ordinal);
        self.last[own * width..(own + 1) * width].copy_from_slice(clock);
        if event.action == Action::Spawn
            && let Some(child) = event.peer
        {
            let child = child.index();
            self.last[child * width..(child + 1) * width].copy_from_slice(clock);
        }
    }

    fn join_dependencies(&mut self, event: &Event, clock: &mut [u32]) {
        let width = self.width;
        if event.footprint.is_reads_all() {
            for index in 0..self.modes.len() {
                join(clock, self.before_touch(index, Mode::Read));
            }
        }
        for (location, mode) in event.footprint.accesses() {
            let index = self.index(location);
            join(clock, self.before_touch(index, mode));
        }
        for (location, mode) in event.footprint.accesses() {
            let index = self.index(location);
            let rows = &mut self.accesses[2 * index * width..2 * (index + 1) * width];
            let (settled, present) = rows.split_at_mut(width);
            if mode.commutes_with(self.modes[index]) {
                join(present, clock);
            } else {
                settled.copy_from_slice(present);
                present.copy_from_slice(clock);
                self.modes[index] = mode;
            }
        }
    }

    /// What comes before a touch of a location in `mode`.
    fn before_touch(&self, index: usize, mode: Mode) -> &[u32] {
        let commutes = mode.commutes_with(self.modes[index]);
        row(
            &self.accesses,
            self.width,
            2 * index + usize::from(!commutes),
        )
    }

    /// The position of a location among `accesses`, with rows of zeroes if it is new.
    fn index(&mut self, location: Location) -> usize {
        let next = self.locations.len();
        let index = *self.locations.entry(location).or_insert(next);
        if index == next {
            self.accesses.resize(2 * (next + 1) * self.width, 0);
            self.modes.push(Mode::Read);
        }
        index
    }
}

fn row(table: &[u32], width: usize, index: usize) -> &[u32] {
    &table[index * width..(index + 1) * width]
}

fn join(clock: &mut [u32], other: &[u32]) {
    for (mine, theirs) in clock.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}
