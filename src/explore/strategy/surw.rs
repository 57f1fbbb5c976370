//! Selectively uniform random walk: the orders of the steps on one object, drawn at random, are equally likely.
//!
//! Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing (ASPLOS 2025), section 3.3. The thread of the next step on the
//! object is drawn beforehand, in proportion to the steps on it that each has still to take; others stop before theirs.
//! Steps on other objects come at any time.

use std::rc::Rc;

use super::portfolio::Round;
use super::{Decision, Finished, Strategy, View};
use crate::explore::event::Event;
use crate::explore::profile::{Profile, Remaining};
use crate::explore::random::Random;
use crate::explore::ways::Ways;
use crate::operation::ThreadId;

/// One execution.
#[derive(Debug)]
pub struct Surw {
    random: Random,
    profile: Rc<Profile>,
    /// The object: its place in the profile. None if threads share nothing.
    object: Option<usize>,
    /// Steps on the object.
    selected: Remaining,
    /// All steps.
    remaining: Remaining,
    /// Whose step on the object comes next.
    next: Option<ThreadId>,
}

impl Surw {
    /// One execution of a portfolio.
    #[must_use]
    pub fn begin(round: &Round) -> Box<dyn Strategy> {
        let mut random = round.random.clone();
        let profile = Rc::clone(&round.profile);
        let count = profile.shared.len() as u64;
        let object = (count > 0).then(|| random.below(count) as usize);
        let steps = object.map_or(&profile.steps, |object| &profile.shared[object].steps);
        Box::new(Surw {
            random,
            object,
            selected: Remaining::new(&profile, steps),
            remaining: Remaining::new(&profile, &profile.steps),
            profile,
            next: None,
        })
    }
}

impl Strategy for Surw {
    fn choose(&mut self, view: &View) -> Decision {
        self.remaining.meet(view.created);
        self.selected.meet(view.created);
        let shared = self.object.map(|object| &self.profile.shared[object]);
        let is_selected = |thread: ThreadId| {
            shared.is_some_and(|shared| shared.is_touched_by(&(view.footprint)(thread)))
        };
        if self.next.is_none() {
            let all = view.created.iter().copied();
            self.next = self.random.weighted(all, |thread| self.selected.of(thread));
        }
        let free = view
            .in_order()
            .filter(|&thread| Some(thread) == self.next || !is_selected(thread));
        let weight = |thread| self.remaining.of(thread).max(1);
        let thread = self.random.weighted(free, weight).or_else(|| {
            // Whoever was drawn waits for one of these.
            let weight = |thread| self.selected.of(thread).max(1);
            self.random.weighted(view.in_order(), weight)
        });
        let thread = thread.expect("some thread is enabled");
        if is_selected(thread) {
            self.selected.take(thread);
            self.next = None;
        }
        view.go(thread, &mut self.random)
    }

    fn performed(&mut self, _index: usize, event: &Event, _ways: Ways) {
        self.remaining.take(event.thread);
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        true
    }
}
