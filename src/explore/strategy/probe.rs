//! Estimates how many executions a proof takes: the number of Mazurkiewicz traces.
//!
//! Knuth: Estimating the Efficiency of Backtrack Programs (Mathematics of Computation 29, 1975), on the tree that persistent sets and sleep
//! sets make of the interleavings (Godefroid: Partial-Order Methods for the Verification of Concurrent Systems, LNCS 1032: algorithm 1 of
//! chapter 4, and chapter 5). In that tree each trace is the end of exactly one path; other paths end where all that could go
//! on is asleep. A probe walks down at random. It weighs the product of the numbers of choices on its way, or nothing if it
//! ends asleep: the mean of the weights is an unbiased estimate of the number of traces.
//!
//! Persistent sets need to know what threads may still do. The probe knows what they have done before; when a probe shows
//! something new, what was counted until then is forgotten.

use super::{Decision, Finished, Strategy, ThreadSet, View};
use crate::explore::event::Event;
use crate::explore::footprint::Footprint;
use crate::explore::random::Random;
use crate::explore::touched::Touched;
use crate::explore::ways::Ways;
use crate::operation::ThreadId;
use crate::trace::{Action, Step};

/// Probes without end; each execution is one.
#[derive(Debug)]
pub struct Probe {
    seed: u64,
    random: Random,
    /// What the current probe weighs so far.
    weight: f64,
    /// Threads that need not go on here, with what their step touches.
    sleep: Vec<(ThreadId, Footprint)>,
    ended: ThreadSet,
    touched: Touched,
    executions: u64,
    /// Those that count.
    probes: u64,
    mean: f64,
    /// The sum of the squared distances from the mean.
    spread: f64,
}

impl Probe {
    /// The probes of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Probe {
            seed,
            random: Random::stream(seed, 0),
            weight: 1.0,
            sleep: Vec::new(),
            ended: ThreadSet::default(),
            touched: Touched::default(),
            executions: 0,
            probes: 0,
            mean: 0.0,
            spread: 0.0,
        }
    }

    /// How many traces there are, as far as the probes so far tell; 0 before the first has found an end.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        self.mean
    }

    /// The standard error of the estimate; infinite before the second probe. It is itself an estimate, and too small as long as no probe
    /// has met the parts of the tree where most traces are.
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        if self.probes < 2 {
            return f64::INFINITY;
        }
        let probes = self.probes as f64;
        (self.spread / (probes - 1.0) / probes).sqrt()
    }

    /// How many probes the estimate is made from.
    #[must_use]
    pub fn probes(&self) -> u64 {
        self.probes
    }

    /// A persistent set: nothing that the other threads may do before one of its steps depends on that.
    fn persistent(&self, view: &View) -> ThreadSet {
        let threads = view.in_order().map(|thread| {
            let mut one = ThreadSet::default();
            one.insert(thread);
            let action = (view.pending)(thread).action;
            if self.touched.only_gives_back(action, thread) {
                return one;
            }
            self.closure(one, view)
        });
        let smallest = threads.min_by_key(|set| set.len());
        smallest.expect("some thread is enabled")
    }

    /// `set`, with all threads that may come into conflict with its steps, and so on.
    fn closure(&self, mut set: ThreadSet, view: &View) -> ThreadSet {
        let mut rest = set;
        while let Some(thread) = rest.pick(None) {
            rest.remove(thread);
            let conflicting = self.touched.conflicting(&(view.footprint)(thread));
            let added = conflicting.without(self.ended).without(set);
            if !added.without(view.enabled).is_empty() {
                // Who is to let that one go on is not known.
                return view.enabled;
            }
            rest = rest.union(added);
            set = set.union(added);
        }
        set
    }

    /// One of those that are awake, each equally likely; the others before it need not go on after it.
    fn one_awake(&mut self, of: ThreadSet, view: &View) -> Option<ThreadId> {
        let asleep = |thread: &ThreadId| self.sleep.iter().any(|(other, _)| other == thread);
        let mut awake: Vec<_> = view.in_order().filter(|&t| of.contains(t)).collect();
        awake.retain(|thread| !asleep(thread));
        let chosen = self.random.below(awake.len() as u64) as usize;
        let before = awake.get(..chosen)?.iter();
        self.sleep
            .extend(before.map(|&thread| (thread, (view.footprint)(thread))));
        self.weight *= awake.len() as f64;
        awake.get(chosen).copied()
    }

    fn add(&mut self, weight: f64) {
        self.probes += 1;
        let distance = weight - self.mean;
        self.mean += distance / self.probes as f64;
        self.spread += distance * (weight - self.mean);
    }
}

impl Strategy for Probe {
    fn choose(&mut self, view: &View) -> Decision {
        let persistent = self.persistent(view);
        let Some(thread) = self.one_awake(persistent, view) else {
            return Decision::Cut;
        };
        let ways = (view.ways)(thread);
        self.weight *= f64::from(ways.len());
        let chosen = self.random.below(u64::from(ways.len()));
        Decision::Go(Step {
            thread: thread.0,
            alternative: ways.iter().nth(chosen as usize).unwrap_or(0),
        })
    }

    fn performed(&mut self, _index: usize, event: &Event, _ways: Ways) {
        if event.action == Action::End {
            self.ended.insert(event.thread);
        }
        self.sleep
            .retain(|(_, footprint)| !footprint.depends(&event.footprint));
    }

    fn finish(&mut self, finished: &Finished) -> bool {
        let weight = std::mem::replace(&mut self.weight, 1.0);
        self.sleep.clear();
        self.ended = ThreadSet::default();
        self.executions += 1;
        self.random = Random::stream(self.seed, self.executions);
        if self.touched.learn(finished.history) {
            (self.probes, self.mean, self.spread) = (0, 0.0, 0.0);
            return true;
        }
        // Beyond what a number can hold, the largest will do.
        let weight = weight.min(f64::MAX.sqrt());
        self.add(if finished.complete { weight } else { 0.0 });
        true
    }
}
