//! What one execution tells about the next: how many steps each thread takes, and who spawns whom.

use super::event::History;
use crate::operation::ThreadId;
use crate::trace::Action;

/// The shape of an execution.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Steps of each thread that a strategy has chosen.
    pub steps: Vec<u32>,
    /// Who spawned each thread.
    pub parents: Vec<Option<ThreadId>>,
}

impl Profile {
    /// Of an execution.
    #[must_use]
    pub fn of(history: &History) -> Self {
        let mut profile = Profile {
            steps: vec![0; history.threads],
            parents: vec![None; history.threads],
        };
        for event in &history.events {
            profile.steps[event.thread.index()] += u32::from(event.scheduled);
            if let (Action::Spawn, Some(child)) = (event.action, event.peer) {
                profile.parents[child.index()] = Some(event.thread);
            }
        }
        profile
    }

    /// Steps of all threads; at least 1.
    #[must_use]
    pub fn length(&self) -> u64 {
        let steps: u64 = self.steps.iter().map(|&steps| u64::from(steps)).sum();
        steps.max(1)
    }
}
