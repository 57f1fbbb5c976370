//! How a search decides. A strategy sees threads and footprints, and nothing of what they mean.

pub mod delays;
pub mod depth_first;
pub mod optimal;
pub mod pct;
pub mod portfolio;
pub mod pos;
pub mod probe;
pub mod random;
pub mod replay;
pub mod surw;
pub mod turns;
pub mod urw;

use super::event::{Event, History};
use super::footprint::Footprint;
use super::model::Pending;
use super::races::Later;
use super::random::Random;
use super::ways::Ways;
use crate::operation::ThreadId;
use crate::trace::Step;

/// What a strategy can know where it must decide.
pub struct View<'a> {
    /// The threads whose announced step can happen now; at least one.
    pub enabled: ThreadSet,
    /// The threads of this execution in the order of their creation, which is the same in every process. Numbers of threads
    /// are not: they tell which execution has shown a thread first.
    pub created: &'a [ThreadId],
    /// The thread that performed the last step.
    pub current: Option<ThreadId>,
    /// What a thread has announced.
    pub pending: &'a dyn Fn(ThreadId) -> &'a Pending,
    /// What an announced step touches.
    pub footprint: &'a dyn Fn(ThreadId) -> Footprint,
    /// The ways in which an enabled step can go.
    pub ways: &'a dyn Fn(ThreadId) -> Ways,
}

impl View<'_> {
    /// The enabled threads in the order of their creation.
    pub fn in_order(&self) -> impl Iterator<Item = ThreadId> + Clone {
        let enabled = self.enabled;
        let threads = self.created.iter().copied();
        threads.filter(move |&thread| enabled.contains(thread))
    }

    /// This thread goes on, in a way that is drawn.
    pub fn go(&self, thread: ThreadId, random: &mut Random) -> Decision {
        Decision::Go(Step {
            thread: thread.0,
            alternative: random.way((self.ways)(thread)),
        })
    }

    /// This thread goes on, where nothing special happens.
    #[must_use]
    pub fn first_way(&self, thread: ThreadId) -> Decision {
        Decision::Go(Step {
            thread: thread.0,
            alternative: 0,
        })
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This thread, this way.
    Go(Step),
    /// Every continuation is covered by another execution.
    Cut,
    /// The program did not do again what it did before.
    Diverged(Divergence),
}

/// A program that behaved differently under the same schedule: nothing can be proved about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The step of the schedule, from 0.
    pub step: usize,
    /// What was recorded, and what is announced now.
    pub explanation: String,
}

/// What a finished execution tells the strategy.
pub struct Finished<'a> {
    /// What happened.
    pub history: &'a History,
    /// What threads that have not ended were waiting to do.
    pub pending: &'a [Later],
    /// False for an execution that was cut.
    pub complete: bool,
}

/// Chooses one execution after another.
pub trait Strategy {
    /// Decides the next step.
    fn choose(&mut self, view: &View) -> Decision;

    /// Hears what the step did, and in which ways it could have gone.
    fn performed(&mut self, _index: usize, _event: &Event, _ways: Ways) {}

    /// Hears of the end of the execution. False when there is nothing left to explore.
    fn finish(&mut self, finished: &Finished) -> bool;
}

impl Strategy for Box<dyn Strategy> {
    fn choose(&mut self, view: &View) -> Decision {
        (**self).choose(view)
    }

    fn performed(&mut self, index: usize, event: &Event, ways: Ways) {
        (**self).performed(index, event, ways);
    }

    fn finish(&mut self, finished: &Finished) -> bool {
        (**self).finish(finished)
    }
}

/// A set of threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ThreadSet(u128);

impl ThreadSet {
    /// Adds a thread. Whether it was no member before.
    pub fn insert(&mut self, thread: ThreadId) -> bool {
        let new = !self.contains(thread);
        self.0 |= 1 << thread.0;
        new
    }

    /// The members of either.
    #[must_use]
    pub fn union(self, other: ThreadSet) -> ThreadSet {
        ThreadSet(self.0 | other.0)
    }

    /// The members that are none of `other`.
    #[must_use]
    pub fn without(self, other: ThreadSet) -> ThreadSet {
        ThreadSet(self.0 & !other.0)
    }

    /// Removes a thread.
    pub fn remove(&mut self, thread: ThreadId) {
        self.0 &= !(1 << thread.0);
    }

    /// Whether it is in the set.
    #[must_use]
    pub fn contains(self, thread: ThreadId) -> bool {
        self.0 >> thread.0 & 1 == 1
    }

    /// Whether it has no members.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many.
    #[must_use]
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// In order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = ThreadId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = rest.trailing_zeros();
            (rest != 0).then(|| {
                rest &= rest - 1;
                ThreadId(next)
            })
        })
    }

    /// `preferred` if it is a member, else the lowest number.
    #[must_use]
    pub fn pick(self, preferred: Option<ThreadId>) -> Option<ThreadId> {
        preferred
            .filter(|&t| self.contains(t))
            .or_else(|| self.iter().next())
    }
}
