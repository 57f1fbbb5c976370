//! Replay: a recorded schedule once more, and then on without preemptions.

use super::{Decision, Divergence, Finished, Strategy, View};
use crate::operation::ThreadId;
use crate::trace::{AWAIT, Action, QUEUE, Step};

/// Follows a schedule.
#[derive(Debug)]
pub struct Replay<'a> {
    schedule: &'a [Step],
    position: usize,
}

impl<'a> Replay<'a> {
    /// From the start of `schedule`.
    #[must_use]
    pub fn new(schedule: &'a [Step]) -> Self {
        Replay {
            schedule,
            position: 0,
        }
    }
}

impl Strategy for Replay<'_> {
    fn choose(&mut self, view: &View) -> Decision {
        let step = self.position;
        self.position += 1;
        let Some(&recorded) = self.schedule.get(step) else {
            let thread = view
                .enabled
                .pick(view.current)
                .expect("some thread is enabled");
            return Decision::Go(Step {
                thread: thread.0,
                alternative: 0,
            });
        };
        let thread = ThreadId(recorded.thread);
        let (way, awaits) = match recorded.alternative {
            QUEUE => (0, false),
            alternative if alternative >= AWAIT => (alternative - AWAIT, true),
            alternative => (alternative, false),
        };
        let possible = view.enabled.contains(thread)
            && awaits == ((view.pending)(thread).action == Action::AwaitChange)
            && match (view.pending)(thread).action {
                Action::QueueToWrite => recorded.alternative == QUEUE,
                _ => (view.ways)(thread).contains(way),
            };
        if !possible {
            let explanation = format!("thread {} cannot go on as recorded", recorded.thread);
            return Decision::Diverged(Divergence { step, explanation });
        }
        Decision::Go(Step {
            alternative: way,
            ..recorded
        })
    }

    fn finish(&mut self, _finished: &Finished) -> bool {
        false
    }
}
