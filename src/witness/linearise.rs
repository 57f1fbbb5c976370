//! The linearisation of a trace with the fewest context switches, and among those the fewest preemptions.
//!
//! Events of one thread are grouped into segments: one scheduled operation and the silent events after it. A
//! state is how many segments each thread has done; a move runs one thread as far as the clocks allow. (Running
//! further never hurts: what another thread needs is only ever satisfied earlier.) So every move is one switch,
//! and Dijkstra over these states finds the cheapest order. A very long trace falls back to a greedy order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::trace::{Action, Ending, Event, Step, Trace};

/// States looked at before giving up on the optimum: some 50 ms and 20 MB.
const STATES: usize = 100_000;

/// Segments run on the way before giving up, as a few states of a very long trace can be much work too.
const SEGMENTS: usize = 2_000_000;

/// The schedule of the same partial order with the fewest context switches. Where the execution ends with a
/// thread (an exit, a crash), that thread comes last, and what its end does not depend on is left out. Where a
/// thread panics and the others run on, all that leads to the panic comes first, and what it does not depend on
/// comes after it.
#[must_use]
pub fn relinearise(trace: &Trace) -> Vec<Step> {
    let Some(mut problem) = Problem::new(trace) else {
        return trace.schedule.clone();
    };
    let mut progress = problem.start();
    let mut turns = vec![(0, 0..progress.first().copied().unwrap_or(0))];
    for (goal, last) in problem.stages.clone() {
        problem.goal = goal;
        problem.last = last;
        let found = problem.shortest(&progress);
        let Some(found) = found.or_else(|| problem.greedy(&progress)) else {
            return trace.schedule.clone();
        };
        for thread in found {
            let from = progress[thread];
            problem.run(&mut progress, thread);
            turns.push((thread, from..progress[thread]));
        }
    }
    let mut steps = Vec::new();
    let mut numbers = Numbers::default();
    for (thread, done) in turns {
        for segment in &problem.segments[thread][done] {
            steps.extend(segment.step.map(|step| numbers.of(step)));
            segment
                .spawns
                .iter()
                .for_each(|&child| numbers.created(child));
        }
    }
    // Decisions without an event of their own (an operation that never returned) stay at the end.
    let rest = trace.schedule[problem.scheduled..].iter();
    steps.extend(rest.map(|&step| numbers.of(step)));
    steps
}

/// A scheduled operation with the silent events after it.
struct Segment {
    /// `None` for what a thread does before its first operation.
    step: Option<Step>,
    /// For each thread, how many of its segments must be done before.
    needs: Vec<usize>,
    /// The threads that it starts, in order.
    spawns: Vec<usize>,
    /// Whether a thread can be made to wait here: switching away is then no preemption.
    blocks: bool,
}

/// Threads are numbered in the order of their creation, which another order of the steps can change.
#[derive(Default)]
struct Numbers {
    /// The old numbers, in the new order; `main`, which is never created, is not among them.
    created: Vec<usize>,
}

impl Numbers {
    fn created(&mut self, thread: usize) {
        self.created.push(thread);
    }

    fn of(&self, step: Step) -> Step {
        let old = step.thread as usize;
        let new = self.created.iter().position(|&thread| thread == old);
        let new = new.and_then(|new| u32::try_from(new + 1).ok());
        Step {
            thread: new.unwrap_or(step.thread),
            ..step
        }
    }
}

struct Problem {
    /// By thread.
    segments: Vec<Vec<Segment>>,
    /// What must be reached, one after the other: how many segments of each thread are done, and the thread whose
    /// segment is the last one then.
    stages: Vec<(Vec<usize>, Option<usize>)>,
    /// The goal of the current stage.
    goal: Vec<usize>,
    /// The last thread of the current stage.
    last: Option<usize>,
    /// How many decisions have events.
    scheduled: usize,
}

impl Problem {
    /// `None` where the trace does not say which events are decisions.
    fn new(trace: &Trace) -> Option<Self> {
        let threads = trace.threads.len();
        let mut segments: Vec<Vec<Segment>> = (0..threads).map(|_| Vec::new()).collect();
        // For each thread, the number of the segment that holds its n-th event, from 1.
        let mut part_of: Vec<Vec<usize>> = vec![vec![0]; threads];
        let mut scheduled = 0;
        for event in &trace.events {
            let own = segments.get_mut(event.thread)?;
            if event.scheduled || own.is_empty() {
                let step = if event.scheduled {
                    let step = *trace.schedule.get(scheduled)?;
                    scheduled += 1;
                    Some(step)
                } else {
                    None
                };
                own.push(Segment {
                    step,
                    needs: vec![0; threads],
                    spawns: Vec::new(),
                    blocks: may_block(event),
                });
            }
            if let (Action::Spawn, Some(child), Some(last)) =
                (event.action, event.peer, own.last_mut())
            {
                last.spawns.push(child);
            }
            part_of[event.thread].push(own.len());
        }
        if scheduled == 0 {
            return None;
        }
        // A segment needs what any of its events needs.
        let mut seen = vec![0usize; threads];
        for event in &trace.events {
            seen[event.thread] += 1;
            let segment = part_of[event.thread][seen[event.thread]] - 1;
            for (other, &count) in event.clock.iter().enumerate().take(threads) {
                if other != event.thread {
                    let need = *part_of[other].get(count as usize)?;
                    let needs = &mut segments[event.thread][segment].needs[other];
                    *needs = (*needs).max(need);
                }
            }
        }
        let all = || segments.iter().map(Vec::len).collect::<Vec<usize>>();
        let through = |at: usize| {
            let thread = trace.events[at].thread;
            let before = trace.events[..at].iter();
            let nth = before.filter(|event| event.thread == thread).count();
            (
                Self::past(&segments, thread, part_of[thread][nth + 1]),
                Some(thread),
            )
        };
        let stages = match trace.ending {
            Ending::Exited { .. } | Ending::Crashed { .. } => {
                vec![through(trace.events.len().checked_sub(1)?)]
            }
            Ending::MainFailed => match failure(trace, 0) {
                Some(failure) => vec![through(failure), (all(), None)],
                None => vec![(all(), None)],
            },
            Ending::ThreadPanicked { thread } => match failure(trace, thread) {
                Some(failure) => vec![through(failure), (all(), None)],
                None => vec![(all(), None)],
            },
            _ => vec![(all(), None)],
        };
        Some(Problem {
            segments,
            stages,
            goal: Vec::new(),
            last: None,
            scheduled,
        })
    }

    /// Everything that the first `count` segments of `thread` depend on.
    fn past(segments: &[Vec<Segment>], thread: usize, count: usize) -> Vec<usize> {
        let mut goal = vec![0; segments.len()];
        goal[thread] = count;
        loop {
            let mut more = goal.clone();
            for (of, done) in segments.iter().zip(&goal) {
                for segment in &of[..*done] {
                    for (more, need) in more.iter_mut().zip(&segment.needs) {
                        *more = (*more).max(*need);
                    }
                }
            }
            if more == goal {
                return goal;
            }
            goal = more;
        }
    }

    /// What `main` does before its first decision is done already, and costs no switch.
    fn start(&self) -> Vec<usize> {
        let mut progress = vec![0; self.segments.len()];
        let silent = |main: &Vec<Segment>| main.first().is_some_and(|first| first.step.is_none());
        if self.segments.first().is_some_and(silent) {
            progress[0] = 1;
        }
        progress
    }

    fn enabled(&self, progress: &[usize], thread: usize) -> bool {
        let at = progress[thread];
        if at >= self.goal[thread] {
            return false;
        }
        // What ends the execution must be its last step.
        let ends = self.last == Some(thread) && at + 1 == self.goal[thread];
        let others_done = || {
            let mut all = progress.iter().zip(&self.goal).enumerate();
            all.all(|(other, (done, goal))| other == thread || done == goal)
        };
        let needs = &self.segments[thread][at].needs;
        needs.iter().zip(progress).all(|(need, done)| need <= done) && (!ends || others_done())
    }

    /// Runs a thread as far as it can go.
    fn run(&self, progress: &mut [usize], thread: usize) {
        while self.enabled(progress, thread) {
            progress[thread] += 1;
        }
    }

    /// Whether leaving `thread` in this state takes the processor from a thread that could have gone on.
    fn preempts(&self, progress: &[usize], thread: usize) -> bool {
        let next = self.segments[thread].get(progress[thread]);
        next.is_some_and(|segment| !segment.blocks) && progress[thread] < self.goal[thread]
    }

    fn shortest(&self, start: &[usize]) -> Option<Vec<usize>> {
        type Cost = (u32, u32);
        let mut nodes: Vec<(Vec<usize>, usize, usize)> =
            vec![(start.to_vec(), usize::MAX, usize::MAX)];
        let mut best: HashMap<(Vec<usize>, usize), Cost> = HashMap::new();
        let mut queue: BinaryHeap<Reverse<(Cost, usize)>> = BinaryHeap::new();
        queue.push(Reverse(((0, 0), 0)));
        let mut work = 0;
        while let Some(Reverse((cost, at))) = queue.pop() {
            let (progress, thread, _) = nodes[at].clone();
            if progress == self.goal {
                return Some(Self::path(&nodes, at));
            }
            if nodes.len() > STATES || work > SEGMENTS {
                return None;
            }
            for next in (0..progress.len()).filter(|&next| self.enabled(&progress, next)) {
                let preempted = thread != usize::MAX && self.preempts(&progress, thread);
                let cost = (cost.0 + 1, cost.1 + u32::from(preempted));
                let mut after = progress.clone();
                self.run(&mut after, next);
                work += after[next] - progress[next];
                let known = best
                    .entry((after.clone(), next))
                    .or_insert((u32::MAX, u32::MAX));
                if cost < *known {
                    *known = cost;
                    nodes.push((after, next, at));
                    queue.push(Reverse((cost, nodes.len() - 1)));
                }
            }
        }
        None
    }

    fn path(nodes: &[(Vec<usize>, usize, usize)], mut at: usize) -> Vec<usize> {
        let mut turns = Vec::new();
        while nodes[at].1 != usize::MAX {
            turns.push(nodes[at].1);
            at = nodes[at].2;
        }
        turns.reverse();
        turns
    }

    /// Always the thread that can go furthest.
    fn greedy(&self, start: &[usize]) -> Option<Vec<usize>> {
        let mut progress = start.to_vec();
        let mut turns = Vec::new();
        while progress != self.goal {
            let reach = |thread: usize| {
                let mut after = progress.clone();
                self.run(&mut after, thread);
                after[thread] - progress[thread]
            };
            let next = (0..progress.len())
                .filter(|&thread| self.enabled(&progress, thread))
                .max_by_key(|&thread| (reach(thread), Reverse(thread)))?;
            self.run(&mut progress, next);
            turns.push(next);
        }
        Some(turns)
    }
}

/// The last panic of a thread; its last event where it failed without one.
fn failure(trace: &Trace, thread: usize) -> Option<usize> {
    let own = |event: &Event| event.thread == thread;
    let panic = |event: &Event| own(event) && event.action == Action::Panic;
    let found = trace.events.iter().rposition(panic);
    found.or_else(|| trace.events.iter().rposition(own))
}

fn may_block(event: &Event) -> bool {
    use Action as A;
    matches!(
        event.action,
        A::Lock
            | A::ReadLock
            | A::WriteLock
            | A::Reacquire
            | A::Pass
            | A::OnceBegin
            | A::Send
            | A::SendTaken
            | A::Receive
            | A::Park
            | A::Join
            | A::ScopeWait
            | A::AwaitChange
            | A::ConsoleLock
    )
}
