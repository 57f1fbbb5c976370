//! Taking turns: every thread a few steps, one after the other, in an order drawn at random.

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::random::Random;
use crate::operation::ThreadId;

/// One execution.
#[derive(Debug)]
pub struct Turns {
    random: Random,
    /// Steps of a turn.
    length: u64,
    /// Where each thread is in the order; 0 where that was not drawn yet.
    places: Vec<u64>,
    /// Whose turn it is, and the steps left in it.
    turn: Option<(ThreadId, u64)>,
}

/// The longest turn.
const LONGEST: u64 = 4;

impl Turns {
    /// One execution of a portfolio: the turns are of one step in the first, of two in the second, and so on.
    #[must_use]
    pub fn begin(round: &Round) -> Box<dyn Strategy> {
        Box::new(Turns {
            random: round.random.clone(),
            length: 1 + round.number % LONGEST,
            places: Vec::new(),
            turn: None,
        })
    }

    /// The first enabled thread after the one whose turn it was.
    fn next(&self, view: &View) -> ThreadId {
        let place = |thread: &ThreadId| self.places[thread.index()];
        let last = self.turn.map(|(thread, _)| place(&thread));
        let later = view.in_order().filter(|t| Some(place(t)) > last);
        let next = later.min_by_key(place);
        let first = || view.in_order().min_by_key(place);
        next.or_else(first).expect("some thread is enabled")
    }
}

impl Strategy for Turns {
    fn choose(&mut self, view: &View) -> Decision {
        for &thread in view.created {
            if self.places.len() <= thread.index() {
                self.places.resize(thread.index() + 1, 0);
            }
            let place = &mut self.places[thread.index()];
            if *place == 0 {
                *place = self.random.next() | 1;
            }
        }
        let goes_on = |&(thread, left): &(ThreadId, u64)| left > 0 && view.enabled.contains(thread);
        let (thread, left) = self
            .turn
            .filter(goes_on)
            .unwrap_or_else(|| (self.next(view), self.length));
        self.turn = Some((thread, left - 1));
        view.go(thread, &mut self.random)
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
