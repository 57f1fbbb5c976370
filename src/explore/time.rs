//! Virtual time: it passes only where a thread sleeps, times out or looks at a clock, and it never runs
//! backwards along happens-before. What a clock shows is so a matter of the thread's own past, and the same in
//! every order of the same trace.

use rustc_hash::FxHashMap;

use super::event::History;
use super::footprint::{Location, Mode};

/// The times, in virtual nanoseconds, of what has happened.
#[derive(Debug, Default)]
pub struct Times {
    locations: FxHashMap<Location, Touched>,
    /// Of each event that was passed; earlier ones were at 0.
    events: FxHashMap<usize, u64>,
}

/// When a location was touched.
#[derive(Debug)]
struct Touched {
    /// How it was touched last.
    mode: Mode,
    /// At the latest touch before those in this mode, which commute.
    settled: u64,
    /// At the latest touch.
    present: u64,
}

impl Times {
    /// The time of a thread, `now` on its own clock, after event `index`: not before anything that happened before.
    pub fn pass(&mut self, history: &History, index: usize, now: u64) -> u64 {
        let event = &history.events[index];
        let causes = history.causes(event).iter();
        let after_causes = causes.filter_map(|cause| self.events.get(&(cause.event as usize)));
        let mut time = after_causes.fold(now, |time, &cause| time.max(cause));
        for (location, mode) in event.footprint.accesses() {
            let Some(touched) = self.locations.get(&location) else {
                continue;
            };
            time = time.max(if mode.commutes_with(touched.mode) {
                touched.settled
            } else {
                touched.present
            });
        }
        for (location, mode) in event.footprint.accesses() {
            let touched = self.locations.entry(location).or_default();
            if !mode.commutes_with(touched.mode) {
                touched.settled = touched.present;
                touched.mode = mode;
            }
            touched.present = touched.present.max(time);
        }
        self.events.insert(index, time);
        time
    }

    /// Records an event that no strategy has chosen.
    pub fn note(&mut self, index: usize, now: u64) {
        self.events.insert(index, now);
    }

    /// Forgets everything, for the next execution.
    pub fn clear(&mut self) {
        self.locations.clear();
        self.events.clear();
    }
}

impl Default for Touched {
    fn default() -> Self {
        Touched {
            mode: Mode::Read,
            settled: 0,
            present: 0,
        }
    }
}
