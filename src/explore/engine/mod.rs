//! Runs one execution after another: asks the strategy, performs a step, lets the thread run on to its next.
//!
//! `turns` is how a thread gets from one step to the next; `account` is the execution as data.

mod account;
mod turns;

pub use turns::WAITS_FOR_NEWS;

use super::event::{Event, History};
use super::footprint::Footprint;
use super::loops::{News, Repetition};
use super::memory::{WeakMemory, is_atomic};
use super::model::{Effect, Model, Pending};
use super::races::Later;
pub use super::rules::{Noticed, Rules, RunEnd};
use super::strategy::{Decision, Finished, Strategy, ThreadSet, View};
use super::threads::ThreadNames;
use super::time::Times;
use super::ways::Ways;
use crate::guest::Guest;
use crate::operation::ThreadId;
use crate::trace::{AWAIT, Action, Ending, Memory, Outcome, QUEUE, Step};

/// The engine of one guest.
pub struct Engine<'g, G: Guest> {
    guest: &'g mut G,
    rules: Rules,
    names: &'g mut ThreadNames,
    model: Model,
    threads: Vec<Thread>,
    /// Memory of threads of earlier executions.
    spare: Vec<Repetition>,
    /// Threads of this execution in order of creation.
    created: Vec<ThreadId>,
    history: History,
    schedule: Vec<Step>,
    current: Option<ThreadId>,
    ending: Option<Ending>,
    exited: bool,
    forced: u32,
    suspicious: bool,
    lent_stack: bool,
    /// What atomics hold, unless that is simply what the program's memory holds.
    weak: Option<WeakMemory>,
    /// A hash of the program's memory after the last step, where loops are tracked.
    memory: u64,
    /// Whether this execution has slept or looked at a clock, and the times that its locations have seen.
    time_matters: bool,
    times: Times,
    noticed: Noticed,
}

impl<'g, G: Guest> Engine<'g, G> {
    /// An engine that has run nothing yet.
    pub fn new(guest: &'g mut G, names: &'g mut ThreadNames, rules: Rules) -> Self {
        let model = Model::new(rules.notify_order, rules.spurious);
        let weak = match rules.memory {
            Memory::C11 => Some(WeakMemory::default()),
            Memory::Sc => guest.watches_accesses().then(WeakMemory::strong),
        };
        Engine {
            guest,
            rules,
            names,
            model,
            threads: Vec::new(),
            spare: Vec::new(),
            created: Vec::new(),
            history: History::default(),
            schedule: Vec::new(),
            current: None,
            ending: None,
            exited: false,
            forced: 0,
            suspicious: false,
            lent_stack: false,
            weak,
            memory: 0,
            time_matters: false,
            times: Times::default(),
            noticed: Noticed::default(),
        }
    }

    /// What was noticed so far.
    pub fn noticed(&self) -> &Noticed {
        &self.noticed
    }

    /// Whether a store was so old, in any execution, that nothing was made to read it.
    pub fn has_left_out_stores(&self) -> bool {
        self.weak.as_ref().is_some_and(WeakMemory::has_left_out)
    }

    /// The events of the last execution.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The program.
    pub fn guest(&mut self) -> &mut G {
        self.guest
    }

    /// Runs one execution.
    pub fn run(&mut self, strategy: &mut impl Strategy) -> RunEnd {
        self.start();
        loop {
            if self.weak.as_ref().is_some_and(WeakMemory::is_order_told) {
                return RunEnd::OrderTold;
            }
            if let Some(ending) = self.ending.take() {
                return RunEnd::Ended(ending);
            }
            if self.suspicious {
                return RunEnd::Untracked;
            }
            if self.lent_stack {
                return RunEnd::LentStack;
            }
            if self.schedule.len() >= self.rules.max_steps {
                return RunEnd::Ended(Ending::TooLong);
            }
            if let Some(weak) = &mut self.weak {
                weak.catch_up(&self.history);
            }
            let mut enabled = self.enabled();
            let mut forced = false;
            if enabled.is_empty() {
                match self.standstill() {
                    Ok(thread) => {
                        enabled.insert(thread);
                        forced = true;
                    }
                    Err(ending) => return RunEnd::Ended(ending),
                }
            }
            match self.decide(strategy, enabled) {
                Decision::Go(step) => {
                    let marked = self.marked(step);
                    self.guest.decided(self.numbered_by_creation(marked));
                    self.schedule.push(marked);
                    self.perform(step, forced, strategy);
                }
                Decision::Cut => return RunEnd::Cut,
                Decision::Diverged(divergence) => return RunEnd::Diverged(divergence),
            }
        }
    }

    /// Tells the strategy that the run is over. False when there is nothing left to explore.
    pub fn finish(&mut self, strategy: &mut impl Strategy, end: &RunEnd) -> bool {
        let pending: Vec<_> = self
            .waiting()
            .map(|t| {
                let thread = &self.threads[t.index()];
                let own_wake = self.model.may_wake_itself(t, &thread.pending);
                // A waiter that nobody has notified has raced already, when it began to wait.
                let unsignalled = thread.pending.action == Action::Reacquire
                    && !own_wake
                    && !self.model.is_signalled(t);
                Later {
                    index: self.history.events.len(),
                    thread: t,
                    pending: thread.pending,
                    footprint: if unsignalled {
                        Footprint::NONE
                    } else {
                        thread.footprint
                    },
                    own_wake,
                    performed: false,
                }
            })
            .collect();
        let complete = matches!(end, RunEnd::Ended(_));
        strategy.finish(&Finished {
            history: &self.history,
            pending: &pending,
            complete,
        })
    }

    fn perform(&mut self, step: Step, forced: bool, strategy: &mut impl Strategy) {
        let thread = ThreadId(step.thread);
        let pending = self.threads[thread.index()].pending;
        let index = self.history.events.len();
        let first_cause = self.history.causes.len() as u32;
        let ways = self.ways(thread);
        let own_wake = self.model.may_wake_itself(thread, &pending);
        let effect = self.effect(thread, &pending, step.alternative, forced);
        let nothing_changed = self.threads[thread.index()]
            .repetition
            .performed(&pending, &effect);
        let neutral = nothing_changed && !self.guest.is_on_stack(pending.operation.object, thread);
        let chosen = Chosen {
            alternative: step.alternative,
            forced,
            own_wake,
            neutral,
            first_cause,
        };
        self.record(thread, &pending, &effect, Some(chosen));
        self.noticed.steps += 1;
        self.current = Some(thread);
        strategy.performed(index, &self.history.events[index], ways);
        if self.time_matters {
            let clock = &mut self.model.thread(thread).clock;
            *clock = self.times.pass(&self.history, index, *clock);
        }
        self.after(thread, &pending, &effect);
        match effect.next {
            Some(action) => self.announce(thread, Pending { action, ..pending }),
            None if pending.action == Action::End => {}
            None if pending.action == Action::AwaitChange => self.resume_loop(thread),
            None => self.run_on(thread, effect.reply),
        }
        if self.rules.track_loops {
            self.look_for_changes(thread);
        }
    }

    /// The ways in which the announced step of an enabled thread can go.
    fn ways(&self, thread: ThreadId) -> Ways {
        let own = &self.threads[thread.index()];
        match &self.weak {
            Some(weak) if is_atomic(own.pending.action) => weak.ways(
                thread,
                &own.pending.operation,
                self.model.state(thread),
                &*self.guest,
            ),
            Some(weak) if own.pending.action == Action::AwaitChange => {
                weak.ways_to_go_on(thread, &own.footprint)
            }
            _ => self.model.ways(thread, &own.pending, &*self.guest),
        }
    }

    /// Performs an announced step in one of its ways.
    fn effect(&mut self, thread: ThreadId, pending: &Pending, way: u32, forced: bool) -> Effect {
        let index = self.history.events.len() as u32;
        match &mut self.weak {
            Some(weak) if is_atomic(pending.action) => {
                let own = self.model.thread(thread);
                return weak.perform(thread, &pending.operation, way, index, own, self.guest);
            }
            Some(weak) if pending.action == Action::AwaitChange => {
                let awaits = &self.threads[thread.index()].footprint;
                if forced {
                    weak.see_the_newest(thread, awaits);
                } else {
                    weak.go_on(thread, awaits, way);
                }
            }
            _ => {}
        }
        let causes = &mut self.history.causes;
        self.model
            .perform(thread, pending, way, index, causes, self.guest)
    }

    /// Finds out whether the step that `thread` has just performed has changed memory that others can see: the
    /// heap, the statics, and the stacks of the other threads, which may have lent it their variables.
    fn look_for_changes(&mut self, thread: ThreadId) {
        let memory = self.guest.shared_state();
        let mut changed = std::mem::replace(&mut self.memory, memory) != memory;
        for index in 0..self.threads.len() {
            let other = ThreadId(index as u32);
            if self.threads[index].status != Status::Waiting {
                continue;
            }
            let stack = Some(self.guest.local_state(other));
            let before = std::mem::replace(&mut self.threads[index].stack, stack);
            changed |= other != thread && before.is_some() && before != stack;
        }
        if changed {
            self.threads[thread.index()].repetition.changed_memory();
        }
    }

    /// What a step means for the engine itself.
    fn after(&mut self, thread: ThreadId, pending: &Pending, effect: &Effect) {
        match pending.action {
            Action::End => {
                let own = &mut self.threads[thread.index()];
                own.status = Status::Ended;
                if thread == ThreadId::MAIN && own.panicked {
                    // Others run on: what they would still have done tells a lost join from a wrong result.
                    self.exited = true;
                }
            }
            Action::Join => {
                let target = effect.peer.expect("a join has a thread").index();
                self.threads[target].joined = true;
            }
            Action::ScopeWait => {
                let scope = Some(pending.operation.object);
                for (index, thread) in self.threads.iter_mut().enumerate() {
                    let left = self.model.thread(ThreadId(index as u32)).left;
                    thread.joined |= left.map(|(scope, _)| scope) == scope;
                }
            }
            _ if effect.outcome == Outcome::TimedOut => {
                let waited = pending.operation.a.max(pending.operation.b);
                let clock = &mut self.model.thread(thread).clock;
                *clock = clock.saturating_add(waited);
                self.time_matters = true;
            }
            _ => {}
        }
    }

    /// Adds an event. `chosen` is `None` for a step that no strategy has chosen.
    fn record(
        &mut self,
        thread: ThreadId,
        pending: &Pending,
        effect: &Effect,
        chosen: Option<Chosen>,
    ) {
        let own = &self.threads[thread.index()];
        let reads_after_all = match (pending.action, effect.outcome) {
            // A look at what is already initialised does not exclude another look.
            (Action::OnceBegin, Outcome::Done | Outcome::Failed) => true,
            (Action::CompareExchange, Outcome::Failed) => {
                self.rules.mutations.failed_exchange_reads
            }
            _ => false,
        };
        let footprint = match &chosen {
            None => Footprint::NONE,
            Some(_) if reads_after_all => own.footprint.as_reads(),
            Some(_) => own.footprint,
        };
        let scheduled = chosen.is_some();
        if self.time_matters && !scheduled {
            let now = self.model.thread(thread).clock;
            self.times.note(self.history.events.len(), now);
        }
        let last_cause = self.history.causes.len() as u32;
        let chosen = chosen.unwrap_or(Chosen {
            first_cause: last_cause,
            ..Chosen::default()
        });
        self.history.events.push(Event {
            thread,
            action: pending.action,
            operation: pending.operation,
            footprint,
            alternative: chosen.alternative,
            outcome: effect.outcome,
            before: effect.before,
            after: effect.after,
            rank: None,
            peer: effect.peer.or_else(|| account::peer_of(pending)),
            changed: effect.changed,
            neutral: chosen.neutral,
            scheduled,
            forced: chosen.forced,
            own_wake: chosen.own_wake,
            announcement: own.announcements.saturating_sub(1),
            causes: (chosen.first_cause, last_cause),
        });
        if let Some(weak) = &mut self.weak {
            weak.observe(&mut self.history);
        }
    }

    fn decide(&self, strategy: &mut impl Strategy, enabled: ThreadSet) -> Decision {
        strategy.choose(&View {
            enabled,
            created: &self.created,
            current: self.current,
            pending: &|t| &self.threads[t.index()].pending,
            footprint: &|t| self.threads[t.index()].footprint,
            ways: &|t| self.ways(t),
        })
    }

    fn waiting(&self) -> impl Iterator<Item = ThreadId> + '_ {
        (0..self.threads.len() as u32)
            .map(ThreadId)
            .filter(|t| self.threads[t.index()].status == Status::Waiting)
    }

    fn enabled(&self) -> ThreadSet {
        let mut set = ThreadSet::default();
        for thread in self.waiting() {
            let own = &self.threads[thread.index()];
            let can = match (own.pending.action, own.repetition.news()) {
                (Action::AwaitChange, _) => self.goes_round_again(thread),
                (Action::Reacquire, Some(_)) => {
                    self.model.enabled(thread, &own.pending)
                        && (self.model.is_signalled(thread) || self.goes_round_again(thread))
                }
                _ => self.model.enabled(thread, &own.pending),
            };
            if can {
                set.insert(thread);
            }
        }
        set
    }

    /// Whether a thread that would only repeat itself has something new to see, and is not bounded.
    fn goes_round_again(&self, thread: ThreadId) -> bool {
        !self.threads[thread.index()].repetition.is_bounded() && self.sees_news(thread)
    }

    /// Whether a thread that would only repeat itself has something new to see.
    fn sees_news(&self, thread: ThreadId) -> bool {
        let own = &self.threads[thread.index()];
        match (own.pending.action, own.repetition.news()) {
            (Action::AwaitChange, _) => self.has_news(
                thread,
                &News::awaited(&own.pending.operation, own.footprint),
            ),
            (_, Some(news)) => self.has_news(thread, news),
            _ => false,
        }
    }

    /// No thread can go on: either a bounded loop is given more turns, or the execution is over.
    fn standstill(&mut self) -> Result<ThreadId, Ending> {
        let main_is_done = self.exited || self.threads[0].status == Status::Ended;
        if !main_is_done && self.forced < self.rules.idle_turns {
            let bounded = self.waiting().find(|&t| self.may_be_given_a_turn(t));
            if let Some(thread) = bounded {
                self.forced += 1;
                return Ok(thread);
            }
        }
        let spins = self
            .waiting()
            .map(|t| &self.threads[t.index()])
            .any(|t| t.pending.action == Action::AwaitChange || t.repetition.news().is_some());
        // Whoever was stopped only by the bound of its loop might have gone on for ever, or have got out of it.
        let cut_off = self
            .waiting()
            .any(|t| self.may_be_given_a_turn(t) && self.sees_news(t));
        Err(
            match self.threads.iter().position(|t| t.panicked && !t.joined) {
                Some(0) => Ending::MainFailed,
                _ if !main_is_done && cut_off => Ending::TooLong,
                _ if !main_is_done && spins => Ending::Livelock,
                _ if !main_is_done => Ending::Stuck,
                Some(thread) => Ending::ThreadPanicked { thread },
                None => Ending::Completed,
            },
        )
    }

    /// Whether a bounded loop stands still here, and nothing but its bound holds it.
    fn may_be_given_a_turn(&self, thread: ThreadId) -> bool {
        let own = &self.threads[thread.index()];
        own.repetition.is_bounded()
            && (own.pending.action == Action::AwaitChange
                || self.model.enabled(thread, &own.pending))
    }

    /// Shows in the schedule what only some rules have.
    fn marked(&self, step: Step) -> Step {
        let alternative = match self.threads[step.thread as usize].pending.action {
            Action::AwaitChange => AWAIT + step.alternative,
            Action::QueueToWrite => QUEUE,
            _ => step.alternative,
        };
        Step {
            alternative,
            ..step
        }
    }
}

struct Thread {
    status: Status,
    pending: Pending,
    footprint: Footprint,
    parent: Option<ThreadId>,
    spawned: u32,
    announcements: u32,
    joined: bool,
    panicked: bool,
    repetition: Repetition,
    /// A hash of its stack when it last stopped, where loops are tracked.
    stack: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Absent,
    Waiting,
    Ended,
}

/// What the engine knows of a step that a strategy has chosen, beside its effect: see [`Event`].
#[derive(Default)]
struct Chosen {
    alternative: u32,
    forced: bool,
    own_wake: bool,
    neutral: bool,
    first_cause: u32,
}
