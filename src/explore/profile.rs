//! What one execution tells about the next: how many steps each thread takes, who spawns whom, and what they share.

use super::event::{Event, History};
use super::footprint::{Footprint, Mode};
use crate::operation::ThreadId;
use crate::trace::Action;

/// The shape of an execution.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Steps of each thread that a strategy has chosen, by [`ThreadId`].
    pub steps: Vec<u32>,
    /// Who spawned each thread.
    pub parents: Vec<Option<ThreadId>>,
    /// What more than one thread touches and someone writes, in the order in which it was first touched: these numbers are
    /// the same in every process, those of the objects need not be.
    pub shared: Vec<Shared>,
}

/// An object that threads share.
#[derive(Clone, Debug)]
pub struct Shared {
    object: u32,
    written: bool,
    /// Steps of each thread that touch it.
    pub steps: Vec<u32>,
}

impl Shared {
    /// Whether a step touches it.
    #[must_use]
    pub fn is_touched_by(&self, footprint: &Footprint) -> bool {
        footprint.objects().any(|object| object == self.object)
    }
}

impl Profile {
    /// Of an execution; only the events that `counts` accepts.
    #[must_use]
    pub fn of(history: &History, counts: impl Fn(&Event) -> bool) -> Self {
        let threads = history.threads;
        let mut profile = Profile {
            steps: vec![0; threads],
            parents: vec![None; threads],
            shared: Vec::new(),
        };
        for event in &history.events {
            if let (Action::Spawn, Some(child)) = (event.action, event.peer) {
                profile.parents[child.index()] = Some(event.thread);
            }
            if !event.scheduled || !counts(event) {
                continue;
            }
            profile.steps[event.thread.index()] += 1;
            let written = event
                .footprint
                .accesses()
                .any(|(_, mode)| mode != Mode::Read);
            let mut last = None;
            for object in event.footprint.objects() {
                if last.replace(object) != Some(object) {
                    let shared = profile.object(object, threads);
                    shared.written |= written;
                    shared.steps[event.thread.index()] += 1;
                }
            }
        }
        let is_shared = |shared: &Shared| {
            shared.written && shared.steps.iter().filter(|&&steps| steps > 0).count() > 1
        };
        profile.shared.retain(is_shared);
        profile
    }

    /// Steps of all threads; at least 1.
    #[must_use]
    pub fn length(&self) -> u64 {
        total(&self.steps).max(1)
    }

    fn object(&mut self, object: u32, threads: usize) -> &mut Shared {
        let known = self
            .shared
            .iter()
            .position(|shared| shared.object == object);
        let index = known.unwrap_or(self.shared.len());
        if known.is_none() {
            self.shared.push(Shared {
                object,
                written: false,
                steps: vec![0; threads],
            });
        }
        &mut self.shared[index]
    }
}

fn total(steps: &[u32]) -> u64 {
    steps.iter().map(|&steps| u64::from(steps)).sum()
}

/// How many steps each thread has still to take, as an earlier execution tells it. Those of a thread that has not been
/// spawned yet count for the one that will spawn it.
#[derive(Debug)]
pub struct Remaining {
    steps: Vec<u64>,
    parents: Vec<Option<ThreadId>>,
    /// The steps of each thread and of all that it spawns.
    whole: Vec<u64>,
    spawned: usize,
}

impl Remaining {
    /// `steps` of each thread; `profile` knows who spawns whom.
    #[must_use]
    pub fn new(profile: &Profile, steps: &[u32]) -> Self {
        let mut whole: Vec<u64> = steps.iter().map(|&steps| u64::from(steps)).collect();
        // A thread may have a smaller number than the one that spawned it, so no single pass would do.
        for (child, &own) in steps.iter().enumerate() {
            let mut ancestor = profile.parents[child];
            while let Some(thread) = ancestor {
                whole[thread.index()] += u64::from(own);
                ancestor = profile.parents[thread.index()];
            }
        }
        Remaining {
            steps: whole.clone(),
            parents: profile.parents.clone(),
            whole,
            spawned: 0,
        }
    }

    /// Takes note of the threads that exist by now, in the order of their creation.
    pub fn meet(&mut self, created: &[ThreadId]) {
        for &child in &created[self.spawned..] {
            if self.steps.len() <= child.index() {
                self.steps.resize(child.index() + 1, 0);
                self.parents.resize(child.index() + 1, None);
                self.whole.resize(child.index() + 1, 0);
            }
            if let Some(parent) = self.parents[child.index()] {
                let steps = &mut self.steps[parent.index()];
                *steps = steps.saturating_sub(self.whole[child.index()]);
            }
        }
        self.spawned = created.len();
    }

    /// The steps that `thread` has still to take; 0 if there are more than was thought.
    #[must_use]
    pub fn of(&self, thread: ThreadId) -> u64 {
        self.steps.get(thread.index()).copied().unwrap_or(0)
    }

    /// `thread` has taken one.
    pub fn take(&mut self, thread: ThreadId) {
        if let Some(steps) = self.steps.get_mut(thread.index()) {
            *steps = steps.saturating_sub(1);
        }
    }
}
