//! Few interruptions, one place after another: all schedules with one delay, then all with two, and so on.
//!
//! Emmi, Qadeer, Rakamarić: Delay-Bounded Scheduling (POPL 2011). Without delays a thread runs until it cannot, and then the next
//! one; a delay passes the turn on. Most bugs need very few (Thomson, Donaldson, Betts: Concurrency Testing Using
//! Schedule Bounding, PPoPP 2014), and there are much fewer such schedules than with as many preemptions.

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::event::Event;
use crate::explore::random::Random;
use crate::explore::ways::Ways;
use crate::operation::ThreadId;

/// One execution.
#[derive(Debug)]
pub struct Delays {
    random: Random,
    /// The steps before which the turn is passed on, each as often as it is named.
    before: Vec<u64>,
    step: u64,
    turn: Option<ThreadId>,
}

impl Delays {
    /// One execution of a portfolio: the next in the order.
    #[must_use]
    pub fn begin(round: &Round) -> Box<dyn Strategy> {
        Box::new(Delays {
            random: round.random.clone(),
            before: places(round.number, round.profile.length()),
            step: 0,
            turn: None,
        })
    }
}

/// The `number`-th choice of places among `length`: of one first, then of two, and so on; a place may be chosen again.
fn places(number: u64, length: u64) -> Vec<u64> {
    let mut rest = u128::from(number);
    let length = u128::from(length);
    let mut count = 1;
    while rest >= choices(length + count - 1, count) {
        rest -= choices(length + count - 1, count);
        count += 1;
    }
    // The combinatorial number system: a choice with repetition is one without, of places that are moved apart.
    let mut places = Vec::new();
    for k in (1..=count).rev() {
        let mut place = k - 1;
        while choices(place + 1, k) <= rest {
            place += 1;
        }
        rest -= choices(place, k);
        // A delay before the first step interrupts nothing: it comes last.
        places.push(((place - (k - 1) + 1) % length) as u64);
    }
    places
}

/// How many ways there are to choose `k` of `n`.
fn choices(n: u128, k: u128) -> u128 {
    (0..k).fold(1, |product, i| {
        product.saturating_mul(n.saturating_sub(i)) / (i + 1)
    })
}

impl Strategy for Delays {
    fn choose(&mut self, view: &View) -> Decision {
        let created = view.created;
        let place = |thread| created.iter().position(|&t| t == thread);
        let mut at = self.turn.and_then(place).unwrap_or(0);
        let next_enabled = |from: usize| {
            let mut cyclic = (from..created.len()).chain(0..from);
            cyclic.find(|&at| view.enabled.contains(created[at]))
        };
        at = next_enabled(at).expect("some thread is enabled");
        for _ in self.before.iter().filter(|&&step| step == self.step) {
            at = next_enabled(at + 1).unwrap_or(at);
        }
        self.turn = Some(created[at]);
        view.go(created[at], &mut self.random)
    }

    fn performed(&mut self, _index: usize, _event: &Event, _ways: Ways) {
        self.step += 1;
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::places;
    use std::collections::BTreeSet;

    #[test]
    fn each_choice_of_places_comes_once_and_small_ones_first() {
        let all: Vec<_> = (0..5 + 15 + 35).map(|n| places(n, 5)).collect();
        assert!(all[..5].iter().all(|places| places.len() == 1));
        assert!(all[5..20].iter().all(|places| places.len() == 2));
        assert!(all[20..].iter().all(|places| places.len() == 3));
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(all.iter().flatten().all(|&place| place < 5));
    }
}
