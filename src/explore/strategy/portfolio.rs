//! A portfolio: many strategies take turns, because none finds every bug.
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
use crate::explore::ways::Ways;

/// A strategy of the portfolio.
pub struct Row {
    /// How a report names it.
    pub name: &'static str,
    /// Of how many rounds in a cycle it gets this many.
    pub share: u32,
    /// Begins one execution.
    pub begin: fn(&Round) -> Box<dyn Strategy>,
}

/// All strategies that look for bugs and prove nothing.
pub static ALL: &[Row] = &[
    row("URW", 2, Urw::begin),
    row("POS", 2, Pos::begin),
    row("SURW", 2, Surw::begin),
    row("PCT-2", 1, Pct::begin::<2>),
    row("PCT-3", 1, Pct::begin::<3>),
    row("delays", 1, Delays::begin),
    row("turns", 1, Turns::begin),
    row("random walk", 1, RandomWalk::begin),
];

const fn row(name: &'static str, share: u32, begin: fn(&Round) -> Box<dyn Strategy>) -> Row {
    Row { name, share, begin }
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
    profile: Option<Rc<Profile>>,
    playing: Option<Box<dyn Strategy>>,
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
            profile: None,
            playing: None,
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
        let Some(profile) = &self.profile else {
            return Box::new(Uninterrupted);
        };
        self.round = self.next;
        self.next += self.stride;
        let length = self.cycle.len() as u64;
        let (cycles, place) = ((self.round - 1) / length, (self.round - 1) % length);
        let (earlier, rest) = self.cycle.split_at(place as usize);
        let row = self.rows[rest[0]];
        let in_this_cycle = earlier.iter().filter(|&&other| other == rest[0]).count();
        (row.begin)(&Round {
            random: Random::stream(self.seed, self.round),
            number: cycles * u64::from(row.share) + in_this_cycle as u64,
            profile: Rc::clone(profile),
        })
    }
}

/// Which row plays when: each as often as its share says, as evenly as possible.
fn cycle(rows: &[&Row]) -> Vec<usize> {
    let length: u32 = rows.iter().map(|row| row.share).sum();
    let mut due = vec![0; rows.len()];
    let mut cycle = Vec::new();
    for _ in 0..length {
        for (due, row) in due.iter_mut().zip(rows) {
            *due += i64::from(row.share);
        }
        let most = due.iter().max().copied();
        let first = due.iter().position(|&due| Some(due) == most);
        let chosen = first.expect("a portfolio has strategies");
        due[chosen] -= i64::from(length);
        cycle.push(chosen);
    }
    cycle
}

impl Strategy for Portfolio {
    fn choose(&mut self, view: &View) -> Decision {
        if self.playing.is_none() {
            self.playing = Some(self.begin());
        }
        let playing = self.playing.as_mut().expect("just begun");
        playing.choose(view)
    }

    fn performed(&mut self, index: usize, event: &Event, ways: Ways) {
        if let Some(playing) = &mut self.playing {
            playing.performed(index, event, ways);
        }
    }

    fn finish(&mut self, finished: &Finished) -> bool {
        if self.playing.take().is_none() {
            // An execution without a choice is a round, too.
            self.begin();
        }
        if self.profile.is_none() {
            self.profile = Some(Rc::new(Profile::of(finished.history)));
        }
        true
    }
}

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
