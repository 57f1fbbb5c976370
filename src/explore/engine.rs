//! Runs one execution after another: asks the strategy, performs a step, lets the thread run on to its next.

use super::clocks::Clocks;
use super::event::{Event, History};
use super::footprint::{self, Footprint};
use super::loops::{self, Repetition, Visit};
use super::model::{Model, NotifyOrder, Pending};
use super::races::{Later, Mutations};
use super::strategy::{Decision, Divergence, Finished, Strategy, ThreadSet, View};
use super::threads::ThreadNames;
use crate::execution::{Execution, Performed, ThreadSummary};
use crate::guest::{Announced, Guest};
use crate::operation::{Kind, MAX_THREADS, MemoryOrdering, ObjectId, Reply, ThreadId};
use crate::trace::{AWAIT, Action, Crash, Ending, Outcome, Step, ThreadEnd};

/// What does not change from one execution to the next.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Which waiter `notify_one` wakes.
    pub notify_order: NotifyOrder,
    /// Spurious wake-ups and weak failures that each thread may suffer in an execution.
    pub spurious: u32,
    /// Steps after which an execution is given up.
    pub max_steps: usize,
    /// Turns of a loop without any effect that a thread may take although nothing changes, before that is
    /// called a livelock.
    pub idle_turns: u32,
    /// Whether it is found out which steps change the program's memory: needed where a thread may spin.
    pub track_loops: bool,
    /// Mistakes to make, for tests of the tests.
    pub mutations: Mutations,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            notify_order: NotifyOrder::Any,
            spurious: 0,
            max_steps: 20_000,
            idle_turns: 40,
            track_loops: false,
            mutations: Mutations::default(),
        }
    }
}

/// How a run of the engine ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The execution is complete.
    Ended(Ending),
    /// The strategy gave it up: it is covered by another.
    Cut,
    /// A thread may be spinning: the search must begin again, with [`Rules::track_loops`].
    Untracked,
    /// The program behaved differently under the same schedule.
    Diverged(Divergence),
}

/// What was noticed over all executions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// An atomic access or fence weaker than `SeqCst`.
    pub weak_ordering: bool,
    /// A wait or a weak compare-exchange that may end without a reason.
    pub spurious_possible: bool,
    /// A loop that makes no progress was followed for a limited number of turns only.
    pub loop_bounded: bool,
    /// Steps scheduled.
    pub steps: u64,
}

impl Noticed {
    /// Adds what was noticed elsewhere.
    pub fn merge(&mut self, other: &Noticed) {
        self.weak_ordering |= other.weak_ordering;
        self.spurious_possible |= other.spurious_possible;
        self.loop_bounded |= other.loop_bounded;
        self.steps += other.steps;
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
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Absent,
    Waiting,
    Ended,
}

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
    /// A hash of the program's memory after the last step, where loops are tracked.
    memory: u64,
    noticed: Noticed,
}

impl<'g, G: Guest> Engine<'g, G> {
    /// An engine that has run nothing yet.
    pub fn new(guest: &'g mut G, names: &'g mut ThreadNames, rules: Rules) -> Self {
        let model = Model::new(rules.notify_order, rules.spurious);
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
            memory: 0,
            noticed: Noticed::default(),
        }
    }

    /// What was noticed so far.
    pub fn noticed(&self) -> &Noticed {
        &self.noticed
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
            if let Some(ending) = self.ending.take() {
                return RunEnd::Ended(ending);
            }
            if self.suspicious {
                return RunEnd::Untracked;
            }
            if self.schedule.len() >= self.rules.max_steps {
                return RunEnd::Ended(Ending::TooLong);
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
                    let step = self.marked(step);
                    self.guest.decided(self.numbered_by_creation(step));
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

    /// The last execution as data.
    pub fn execution(&self, ending: &Ending) -> Execution {
        let clocks = Clocks::of(&self.history);
        let events = self
            .history
            .events
            .iter()
            .enumerate()
            .map(|(index, event)| Performed {
                thread: event.thread,
                announcement: event.announcement,
                action: event.action,
                scheduled: event.scheduled,
                operation: event.operation,
                outcome: event.outcome,
                before: event.before,
                after: event.after,
                peer: event.peer,
                clock: self.by_creation(clocks.of_event(index)),
            });
        let pending = self.waiting().map(|t| {
            let thread = &self.threads[t.index()];
            Performed {
                thread: t,
                announcement: thread.announcements.saturating_sub(1),
                action: thread.pending.action,
                scheduled: false,
                operation: thread.pending.operation,
                outcome: Outcome::Done,
                before: None,
                after: None,
                peer: peer_of(&thread.pending),
                clock: self.by_creation(clocks.last(t)),
            }
        });
        Execution {
            events: events.collect(),
            pending: pending.collect(),
            threads: self
                .created
                .iter()
                .map(|&thread| self.summary(thread))
                .collect(),
            ending: ending.clone(),
            schedule: self
                .schedule
                .iter()
                .map(|&step| self.numbered_by_creation(step))
                .collect(),
        }
    }

    fn start(&mut self) {
        self.guest.start();
        self.model.reset();
        self.history.clear();
        self.schedule.clear();
        let threads = self.threads.drain(..);
        self.spare
            .extend(threads.map(|thread| thread.repetition.emptied()));
        self.created.clear();
        self.current = None;
        self.ending = None;
        self.exited = false;
        self.forced = 0;
        self.suspicious = false;
        self.create(ThreadId::MAIN, None);
        self.run_on(ThreadId::MAIN, Reply::default());
        if self.rules.track_loops {
            self.memory = self.guest.shared_state();
        }
    }

    fn create(&mut self, thread: ThreadId, parent: Option<ThreadId>) {
        while self.threads.len() <= thread.index() {
            self.threads.push(Thread {
                status: Status::Absent,
                pending: Pending {
                    action: Action::End,
                    operation: crate::operation::Operation::new(Kind::Yield, ObjectId::NONE),
                },
                footprint: Footprint::NONE,
                parent: None,
                spawned: 0,
                announcements: 0,
                joined: false,
                panicked: false,
                repetition: self.spare.pop().unwrap_or_default(),
            });
        }
        self.history.threads = self.threads.len();
        self.model.thread(thread);
        self.created.push(thread);
        let own = &mut self.threads[thread.index()];
        own.status = Status::Waiting;
        own.parent = parent;
    }

    /// Lets a thread run until it announces a step whose order against other threads can matter.
    fn run_on(&mut self, thread: ThreadId, mut reply: Reply) {
        while self.ending.is_none() {
            match self.guest.advance(thread, reply) {
                Announced::Operation(mut operation) => {
                    let own = &mut self.threads[thread.index()];
                    own.announcements += 1;
                    complete_object(&mut operation, thread);
                    let pending = Pending {
                        action: footprint::first_action(operation.kind, operation.a),
                        operation,
                    };
                    self.notice(&pending);
                    if self.repeats_itself(thread, &pending) {
                        return;
                    }
                    match self.at_once(thread, &pending) {
                        Some(answer) => reply = answer,
                        None => return self.announce(thread, pending),
                    }
                }
                announced => {
                    let mut operation =
                        crate::operation::Operation::new(Kind::Yield, ObjectId::end(thread));
                    operation.a = u64::from(announced == Announced::Panicked);
                    self.threads[thread.index()].panicked = announced == Announced::Panicked;
                    return self.announce(
                        thread,
                        Pending {
                            action: Action::End,
                            operation,
                        },
                    );
                }
            }
        }
    }

    fn announce(&mut self, thread: ThreadId, pending: Pending) {
        let footprint = self.model.footprint(thread, &pending);
        let own = &mut self.threads[thread.index()];
        own.pending = pending;
        own.footprint = footprint;
    }

    /// Performs a step that commutes with every step of other threads; `None` if it is not one of those, or if
    /// the thread does not go on after it.
    fn at_once(&mut self, thread: ThreadId, pending: &Pending) -> Option<Reply> {
        let operation = &pending.operation;
        let mut reply = Reply::default();
        let mut peer = None;
        match pending.action {
            Action::Spawn => {
                let own = &mut self.threads[thread.index()];
                let child = self.names.child(thread, own.spawned);
                own.spawned += 1;
                if child.index() >= MAX_THREADS {
                    self.ending = Some(Ending::Unmodelled {
                        what: format!("more than {MAX_THREADS} threads"),
                    });
                    return None;
                }
                peer = Some(child);
                reply.value = u64::from(child.0);
            }
            Action::Sleep => {
                let clock = &mut self.model.thread(thread).clock;
                *clock += if operation.kind == Kind::Sleep {
                    operation.a
                } else {
                    1_000
                };
                reply.value = *clock;
                if operation.kind == Kind::Now {
                    return Some(reply);
                }
            }
            Action::ScopeLeave => {
                let event = self.history.events.len() as u32;
                self.model.thread(thread).left = Some((operation.object, event));
            }
            Action::CloneSender => {
                let event = self.history.events.len() as u32;
                self.model
                    .perform(thread, pending, 0, event, &mut Vec::new(), self.guest);
            }
            Action::Fence | Action::Yield | Action::SpinHint | Action::Panic | Action::Reach => {}
            Action::Exit => {
                self.record(
                    thread,
                    pending,
                    false,
                    false,
                    0,
                    super::model::Effect::default(),
                    0,
                );
                self.threads[thread.index()].status = Status::Ended;
                self.exited = true;
                let code = operation.a as i32;
                if code != 0 {
                    self.ending = Some(Ending::Exited { code });
                }
                // The thread never goes on, but others might have come before it.
                self.announce(thread, *pending);
                return None;
            }
            Action::Abort => {
                self.record(
                    thread,
                    pending,
                    false,
                    false,
                    0,
                    super::model::Effect::default(),
                    0,
                );
                self.ending = Some(Ending::Crashed {
                    how: Crash::Abort,
                    thread: thread.index(),
                });
                return None;
            }
            Action::Unmodelled => {
                self.record(
                    thread,
                    pending,
                    false,
                    false,
                    0,
                    super::model::Effect::default(),
                    0,
                );
                self.ending = Some(Ending::Unmodelled {
                    what: String::new(),
                });
                return None;
            }
            _ => return None,
        }
        let effect = super::model::Effect {
            peer,
            ..Default::default()
        };
        self.record(
            thread,
            pending,
            false,
            false,
            0,
            effect,
            self.history.causes.len() as u32,
        );
        if let Some(child) = peer {
            self.guest.spawn(child, operation.a);
            self.create(child, Some(thread));
            let inherited = self.model.thread(thread).clock;
            self.model.thread(child).clock = inherited;
            self.run_on(child, Reply::default());
        }
        Some(reply)
    }

    fn perform(&mut self, step: Step, forced: bool, strategy: &mut impl Strategy) {
        let thread = ThreadId(step.thread);
        let pending = self.threads[thread.index()].pending;
        let index = self.history.events.len();
        let first_cause = self.history.causes.len() as u32;
        let alternatives = self.model.alternatives(thread, &pending, self.guest);
        let own_wake = self.model.may_wake_itself(thread, &pending);
        let effect = self.model.perform(
            thread,
            &pending,
            step.alternative,
            index as u32,
            &mut self.history.causes,
            self.guest,
        );
        self.record(
            thread,
            &pending,
            true,
            forced,
            step.alternative,
            effect,
            first_cause,
        );
        let own = &mut self.threads[thread.index()];
        let neutral = own.repetition.performed(&pending, &effect);
        let event = &mut self.history.events[index];
        event.own_wake = own_wake;
        event.neutral = neutral;
        self.schedule.push(step);
        self.noticed.steps += 1;
        self.current = Some(thread);
        strategy.performed(index, &self.history.events[index], alternatives);
        self.after(thread, &pending, &effect);
        match effect.next {
            Some(action) => self.announce(thread, Pending { action, ..pending }),
            None if pending.action == Action::End => {}
            None if pending.action == Action::AwaitChange => self.resume_loop(thread),
            None => self.run_on(thread, effect.reply),
        }
        if self.rules.track_loops {
            let memory = self.guest.shared_state();
            if std::mem::replace(&mut self.memory, memory) != memory {
                self.threads[thread.index()].repetition.changed_memory();
            }
        }
    }

    /// What a step means for the engine itself.
    fn after(&mut self, thread: ThreadId, pending: &Pending, effect: &super::model::Effect) {
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
                let theirs = self.model.thread(ThreadId(target as u32)).clock;
                let own = self.model.thread(thread);
                own.clock = own.clock.max(theirs);
            }
            Action::ScopeWait => {
                let scope = Some(pending.operation.object);
                for index in 0..self.threads.len() {
                    if self
                        .model
                        .thread(ThreadId(index as u32))
                        .left
                        .map(|(s, _)| s)
                        == scope
                    {
                        self.threads[index].joined = true;
                    }
                }
            }
            _ if effect.outcome == Outcome::TimedOut => {
                self.model.thread(thread).clock += pending.operation.a.max(pending.operation.b);
            }
            _ => {}
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one event, assembled in one place"
    )]
    fn record(
        &mut self,
        thread: ThreadId,
        pending: &Pending,
        scheduled: bool,
        forced: bool,
        alternative: u32,
        effect: super::model::Effect,
        first_cause: u32,
    ) {
        let own = &self.threads[thread.index()];
        let footprint = match (pending.action, effect.outcome) {
            _ if !scheduled => Footprint::NONE,
            // A look at what is already initialised does not exclude another look.
            (Action::CompareExchange, Outcome::Failed)
                if self.rules.mutations.failed_exchange_reads =>
            {
                own.footprint.as_reads()
            }
            (Action::OnceBegin, Outcome::Done | Outcome::Failed) => own.footprint.as_reads(),
            _ => own.footprint,
        };
        self.history.events.push(Event {
            thread,
            action: pending.action,
            operation: pending.operation,
            footprint,
            alternative,
            outcome: effect.outcome,
            before: effect.before,
            after: effect.after,
            peer: effect.peer.or_else(|| peer_of(pending)),
            changed: effect.changed,
            neutral: false,
            scheduled,
            forced,
            own_wake: false,
            announcement: own.announcements.saturating_sub(1),
            causes: (first_cause, self.history.causes.len() as u32),
        });
    }

    fn decide(&self, strategy: &mut impl Strategy, enabled: ThreadSet) -> Decision {
        let guest = &*self.guest;
        strategy.choose(&View {
            enabled,
            current: self.current,
            pending: &|t| &self.threads[t.index()].pending,
            alternatives: &|t| {
                self.model
                    .alternatives(t, &self.threads[t.index()].pending, guest)
            },
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
            let can = if own.pending.action == Action::AwaitChange {
                self.has_news(thread)
            } else {
                self.model.enabled(thread, &own.pending)
            };
            if can {
                set.insert(thread);
            }
        }
        set
    }

    /// No thread can go on: either a bounded loop is given more turns, or the execution is over.
    fn standstill(&mut self) -> Result<ThreadId, Ending> {
        let main_is_done = self.exited || self.threads[0].status == Status::Ended;
        if !main_is_done && self.forced < self.rules.idle_turns {
            let bounded = self
                .waiting()
                .find(|t| self.threads[t.index()].repetition.is_bounded());
            if let Some(thread) = bounded {
                self.forced += 1;
                return Ok(thread);
            }
        }
        let spins = self
            .waiting()
            .any(|t| self.threads[t.index()].pending.action == Action::AwaitChange);
        Err(
            match self.threads.iter().position(|t| t.panicked && !t.joined) {
                Some(0) => Ending::MainFailed,
                _ if !main_is_done && spins => Ending::Livelock,
                _ if !main_is_done => Ending::Stuck,
                Some(thread) => Ending::ThreadPanicked { thread },
                None => Ending::Completed,
            },
        )
    }

    /// Whether `thread` is about to do again exactly what it has just done, to no effect; if so it waits for a
    /// change instead.
    fn repeats_itself(&mut self, thread: ThreadId, pending: &Pending) -> bool {
        let own = &mut self.threads[thread.index()];
        let tracked = self.rules.track_loops;
        let visit = own
            .repetition
            .visit(thread, pending, &self.history, &*self.guest, tracked);
        let Visit::Repeats { looked_at, tries } = visit else {
            self.suspicious |= visit == Visit::Suspicious;
            return false;
        };
        own.repetition.suspend(*pending);
        self.noticed.loop_bounded |= own.repetition.is_bounded();
        self.model.thread(thread).awaits = looked_at;
        let mut awaiting = Pending {
            action: Action::AwaitChange,
            ..*pending
        };
        awaiting.operation.a = u64::from(tries);
        self.announce(thread, awaiting);
        true
    }

    /// Something has changed: the thread takes up the step that it was about to repeat.
    fn resume_loop(&mut self, thread: ThreadId) {
        let pending = self.threads[thread.index()].repetition.resume();
        match self.at_once(thread, &pending) {
            Some(answer) => self.run_on(thread, answer),
            None => self.announce(thread, pending),
        }
    }

    /// Whether a thread that would only repeat itself has something new to see.
    fn has_news(&self, thread: ThreadId) -> bool {
        let own = &self.threads[thread.index()];
        let tries = own.pending.operation.a == 1;
        let past = || self.history.events.iter().enumerate();
        !own.repetition.is_bounded()
            && past().any(|(k, e)| loops::wakes(k, e, thread, &own.footprint, tries, past()))
    }

    fn notice(&mut self, pending: &Pending) {
        let kind = pending.operation.kind;
        let atomic = matches!(
            kind,
            Kind::AtomicLoad
                | Kind::AtomicStore
                | Kind::AtomicRmw
                | Kind::AtomicCas
                | Kind::AtomicCasWeak
                | Kind::Fence
        );
        self.noticed.weak_ordering |=
            atomic && pending.operation.ordering != MemoryOrdering::SeqCst;
        self.noticed.spurious_possible |=
            matches!(kind, Kind::CondvarWait | Kind::Park | Kind::AtomicCasWeak);
    }

    fn summary(&self, id: ThreadId) -> ThreadSummary {
        let thread = &self.threads[id.index()];
        let end = match thread.status {
            Status::Absent => ThreadEnd::Absent,
            Status::Ended if thread.panicked => ThreadEnd::Panicked,
            Status::Ended => ThreadEnd::Returned,
            Status::Waiting if self.enabled().contains(id) => ThreadEnd::CutOff,
            Status::Waiting => ThreadEnd::Blocked,
        };
        ThreadSummary {
            id,
            parent: thread.parent,
            end,
            joined: thread.joined,
        }
    }

    fn marked(&self, step: Step) -> Step {
        let awaits = self.threads[step.thread as usize].pending.action == Action::AwaitChange;
        if awaits {
            Step {
                alternative: AWAIT,
                ..step
            }
        } else {
            step
        }
    }

    fn by_creation(&self, clock: &[u32]) -> Vec<u32> {
        self.created.iter().map(|t| clock[t.index()]).collect()
    }

    fn numbered_by_creation(&self, step: Step) -> Step {
        let position = self.created.iter().position(|t| t.0 == step.thread);
        Step {
            thread: position.expect("a scheduled thread was created") as u32,
            ..step
        }
    }
}

/// Objects that have no place in the program's memory.
fn complete_object(operation: &mut crate::operation::Operation, thread: ThreadId) {
    let target = ThreadId(operation.a as u32);
    match operation.kind {
        Kind::Park | Kind::ParkTimeout => operation.object = ObjectId::token(thread),
        Kind::Unpark => operation.object = ObjectId::token(target),
        Kind::IsFinished | Kind::Join => operation.object = ObjectId::end(target),
        Kind::Print | Kind::ConsoleLock | Kind::ConsoleUnlock => {
            operation.object = ObjectId::console(operation.a)
        }
        _ => {}
    }
}

fn peer_of(pending: &Pending) -> Option<ThreadId> {
    matches!(
        pending.action,
        Action::Join | Action::Unpark | Action::IsFinished
    )
    .then_some(ThreadId(pending.operation.a as u32))
}
