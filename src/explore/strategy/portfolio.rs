//! A portfolio: many strategies take turns, because none finds every bug.
//!
//! In most rounds a thread that is about to give something back does so at once, and no strategy is asked: whoever waits for
//! it can come no earlier, so little can be found by waiting (only what an attempt to lock would see), and a strategy has half as many
//! steps to choose.
//!
//! Each execution is a round, and what is played in a round depends on the seed and the number of the round only: who
//! plays every third round plays the same schedules as who plays all of them.

use std::rc::Rc;

use super::delays::Delays;
use super::pct::Pct;
use super::pos::Pos;
use super::random::RandomWalk;
use super::surw::Surw;
use super::turns::Turns;
use super::urw::Urw;
use super::{Decision, Finished, Strategy, View};
use crate::explore::event::Event;
use crate::explore::profile::Profile;
use crate::explore::random::Random;
use crate::explore::touched::gives_back;
use crate::explore::ways::Ways;
use crate::operation::ThreadId;

/// A strategy of the portfolio.
pub struct Row {
    /// How a report names it.
    pub name: &'static str,
    /// When it plays in each cycle of rounds.
    places: &'static [u32],
    /// Begins one execution.
    begin: fn(&Round) -> Box<dyn Strategy>,
}

/// All strategies that look for bugs and prove nothing. The places make up a cycle: they are such that, on the programs of the
/// benchmarks, the portfolio needs at most twice as many schedules as the best strategy for each. What needs no luck comes early.
pub static ALL: &[Row] = &[
    row("delays", &[0], Delays::begin),
    row("turns", &[2], Turns::begin),
    row("URW", &[5], Urw::begin),
    row("SURW", &[1, 4, 6, 8, 10, 13, 15, 18, 19], Surw::begin),
    row("POS", &[3, 7, 11, 16], Pos::begin),
    row("PCT-2", &[9, 14], Pct::begin::<2>),
    row("PCT-3", &[17], Pct::begin::<3>),
    row("random walk", &[12], RandomWalk::begin),
];

const fn row(
    name: &'static str,
    places: &'static [u32],
    begin: fn(&Round) -> Box<dyn Strategy>,
) -> Row {
    Row {
        name,
        places,
        begin,
    }
}

/// What one execution of a strategy depends on.
pub struct Round {
    /// Random numbers of its own.
    pub random: Random,
    /// How many executions of the same strategy come before it in the portfolio.
    pub number: u64,
    /// The shape of round 0, where no thread is interrupted.
    pub profile: Rc<Profile>,
}

/// Plays rounds.
pub struct Portfolio {
    seed: u64,
    /// The strategies, and which of them plays in each round of a cycle.
    rows: Vec<&'static Row>,
    cycle: Vec<usize>,
    next: u64,
    stride: u64,
    round: u64,
    /// Of round 0: with the steps that give something back, and without.
    profiles: Option<[Rc<Profile>; 2]>,
    playing: Option<Box<dyn Strategy>>,
    /// Whether steps that give something back are performed at once, and whether the last step was.
    at_once: bool,
    unasked: bool,
}

impl Portfolio {
    /// All strategies of [`ALL`]. Plays round 0 first, from which all others take their measure, and then the rounds
    /// `first`, `first + stride`, … without end.
    #[must_use]
    pub fn new(seed: u64, first: u64, stride: u64) -> Self {
        Self::of(ALL.iter().collect(), seed, first, stride)
    }

    /// Only these strategies.
    #[must_use]
    pub fn of(rows: Vec<&'static Row>, seed: u64, first: u64, stride: u64) -> Self {
        let stride = stride.max(1);
        Portfolio {
            seed,
            cycle: cycle(&rows),
            rows,
            next: if first == 0 { stride } else { first },
            stride,
            round: 0,
            profiles: None,
            playing: None,
            at_once: false,
            unasked: false,
        }
    }

    /// The round of the current execution, or else of the last one.
    #[must_use]
    pub fn round(&self) -> u64 {
        self.round
    }

    /// The names of its strategies, in the order of the table.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().map(|row| row.name)
    }

    fn begin(&mut self) -> Box<dyn Strategy> {
        let Some(profiles) = &self.profiles else {
            return Box::new(Uninterrupted);
        };
        self.round = self.next;
        self.next += self.stride;
        let length = self.cycle.len() as u64;
        let (cycles, place) = ((self.round - 1) / length, (self.round - 1) % length);
        let (earlier, rest) = self.cycle.split_at(place as usize);
        let row = self.rows[rest[0]];
        let in_this_cycle = earlier.iter().filter(|&&other| other == rest[0]).count();
        let number = cycles * row.places.len() as u64 + in_this_cycle as u64;
        self.at_once = number % PATIENT != PATIENT - 1;
        (row.begin)(&Round {
            random: Random::stream(self.seed, self.round),
            number,
            profile: Rc::clone(&profiles[usize::from(self.at_once)]),
        })
    }
}

/// Which row plays when.
fn cycle(rows: &[&Row]) -> Vec<usize> {
    let rows = rows.iter().enumerate();
    let mut places: Vec<_> = rows
        .flat_map(|(index, row)| row.places.iter().map(move |&place| (place, index)))
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(_, index)| index).collect()
}

impl Strategy for Portfolio {
    fn choose(&mut self, view: &View) -> Decision {
        if self.playing.is_none() {
            self.playing = Some(self.begin());
        }
        let gives_back = |&thread: &ThreadId| gives_back((view.pending)(thread).action, thread);
        let unasked = view.in_order().find(gives_back).filter(|_| self.at_once);
        self.unasked = unasked.is_some();
        if let Some(thread) = unasked {
            return view.first_way(thread);
        }
        let playing = self.playing.as_mut().expect("just begun");
        playing.choose(view)
    }

    fn performed(&mut self, index: usize, event: &Event, ways: Ways) {
        if self.unasked {
            return;
        }
        if let Some(playing) = &mut self.playing {
            playing.performed(index, event, ways);
        }
    }

    fn finish(&mut self, finished: &Finished) -> bool {
        if self.playing.take().is_none() {
            // An execution without a choice is a round, too.
            self.begin();
        }
        if self.profiles.is_none() {
            let history = finished.history;
            let all = Profile::of(history, |_| true);
            let others = Profile::of(history, |event| !gives_back(event.action, event.thread));
            self.profiles = Some([Rc::new(all), Rc::new(others)]);
        }
        true
    }
}

/// One round of so many of each strategy chooses every step.
const PATIENT: u64 = 4;

/// Each thread runs until it cannot.
struct Uninterrupted;

impl Strategy for Uninterrupted {
    fn choose(&mut self, view: &View) -> Decision {
        let current = view.current.filter(|&thread| view.enabled.contains(thread));
        let thread = current.or_else(|| view.in_order().next());
        view.first_way(thread.expect("some thread is enabled"))
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    /// What proves, repeats, measures, or plays the others.
    const OTHERS: [&str; 6] = [
        "mod",
        "depth_first",
        "optimal",
        "portfolio",
        "probe",
        "replay",
    ];

    #[test]
    fn every_strategy_has_its_row() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/explore/strategy");
        let files = std::fs::read_dir(folder).unwrap();
        let mut files: BTreeSet<String> = files
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        assert!(OTHERS.iter().all(|other| files.remove(*other)));
        let first_word = |name: &str| name.split([' ', '-']).next().unwrap().to_lowercase();
        assert_eq!(files, ALL.iter().map(|row| first_word(row.name)).collect());
    }

    #[test]
    fn every_place_of_the_cycle_is_taken_once() {
        let mut places: Vec<_> = ALL.iter().flat_map(|row| row.places).copied().collect();
        places.sort_unstable();
        assert_eq!(places, (0..places.len() as u32).collect::<Vec<_>>());
    }
}
