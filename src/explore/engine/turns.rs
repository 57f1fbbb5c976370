//! How a thread gets from one step to the next: what it does on the way commutes with everything that other
//! threads do, and is performed at once.

use super::{Engine, Status, Thread};
use crate::explore::footprint::{self, Footprint};
use crate::explore::loops::{self, News, Visit};
use crate::explore::memory::happens_before::acquires;
use crate::explore::model::{Effect, Pending};
use crate::explore::remedy::strengthened;
use crate::guest::{Announced, Guest, Shown};
use crate::operation::{Kind, MAX_THREADS, ObjectId, Operation, Reply, ThreadId};
use crate::trace::{Action, Crash, Ending};

/// `b` of a condvar wait that may end by itself only when something has changed.
pub const WAITS_FOR_NEWS: u64 = 1;

impl<G: Guest> Engine<'_, G> {
    pub(super) fn start(&mut self) {
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
        self.lent_stack = false;
        self.time_matters = false;
        self.times.clear();
        if let Some(weak) = &mut self.weak {
            weak.clear();
        }
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
                    operation: Operation::new(Kind::Yield, ObjectId::NONE),
                },
                footprint: Footprint::NONE,
                parent: None,
                spawned: 0,
                announcements: 0,
                joined: false,
                panicked: false,
                repetition: self.spare.pop().unwrap_or_default(),
                stack: None,
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
    pub(super) fn run_on(&mut self, thread: ThreadId, mut reply: Reply) {
        while self.ending.is_none() && !self.suspicious && !self.lent_stack {
            let announced = self.advance(thread, reply);
            if self.ending.is_some() || self.lent_stack {
                return;
            }
            match announced {
                Announced::Operation(mut operation) => {
                    let own = &mut self.threads[thread.index()];
                    own.announcements += 1;
                    if own.announcements as usize > self.rules.max_steps {
                        self.ending = Some(Ending::TooLong);
                        return;
                    }
                    operation = operation.placed(thread);
                    if !self.rules.strengthened.is_empty() {
                        operation = strengthened(operation, &self.rules.strengthened);
                    }
                    operation.unused &= self.rules.lets_change_places(&operation)
                        && !(self.guest.watches_accesses() && acquires(operation.ordering));
                    let mut pending = Pending {
                        action: footprint::first_action(operation.kind, operation.a),
                        operation,
                    };
                    if operation.kind == Kind::RwWrite && self.rules.writers_first {
                        pending.action = Action::QueueToWrite;
                    }
                    self.notice(thread, &pending);
                    if self.repeats_itself(thread, &mut pending) {
                        return;
                    }
                    match self.at_once(thread, &pending) {
                        Some(answer) => reply = answer,
                        None => return self.announce(thread, pending),
                    }
                }
                Announced::Stopped => {
                    self.model.thread(thread).awaits = Footprint::NONE;
                    return self.announce(
                        thread,
                        Pending {
                            action: Action::AwaitChange,
                            operation: Operation::new(Kind::Yield, ObjectId::NONE),
                        },
                    );
                }
                announced => {
                    let mut operation = Operation::new(Kind::Yield, ObjectId::end(thread));
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

    fn advance(&mut self, thread: ThreadId, reply: Reply) -> Announced {
        if !self.guest.watches_accesses() {
            return self.guest.advance(thread, reply);
        }
        if let Some(weak) = &mut self.weak {
            self.guest.knows(thread, weak.known_to(thread).as_slice());
        }
        let announced = self.guest.advance(thread, reply);
        match self.guest.shown() {
            Some(Shown::Race) => self.ending = Some(Ending::DataRace),
            Some(Shown::LentStack) => self.lent_stack = true,
            None => {}
        }
        announced
    }

    pub(super) fn announce(&mut self, thread: ThreadId, pending: Pending) {
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
                let passed = if operation.kind == Kind::Sleep {
                    operation.a
                } else {
                    1_000
                };
                *clock = clock.saturating_add(passed);
                self.time_matters = true;
                reply.value = *clock;
                if operation.kind == Kind::Now {
                    return Some(reply);
                }
            }
            Action::LookAtCount if operation.b == 1 => {
                if let Some(weak) = &mut self.weak {
                    weak.order_counts(thread, operation.object, operation.a);
                }
                return Some(reply);
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
            Action::ChangeCount if operation.b == 2 => {}
            Action::Fence | Action::Yield | Action::SpinHint | Action::Panic | Action::Reach => {}
            Action::Exit => {
                self.record(thread, pending, &Effect::default(), None);
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
                self.record(thread, pending, &Effect::default(), None);
                self.ending = Some(Ending::Crashed {
                    how: Crash::Abort,
                    thread: thread.index(),
                });
                return None;
            }
            Action::Unmodelled => {
                self.record(thread, pending, &Effect::default(), None);
                self.ending = Some(Ending::Unmodelled {
                    what: String::new(),
                });
                return None;
            }
            _ => return None,
        }
        let effect = Effect {
            peer,
            ..Effect::default()
        };
        self.record(thread, pending, &effect, None);
        if let Some(child) = peer {
            self.guest.spawn(child, operation.a);
            self.create(child, Some(thread));
            let inherited = self.model.thread(thread).clock;
            self.model.thread(child).clock = inherited;
            self.run_on(child, Reply::default());
        }
        Some(reply)
    }

    /// Whether `thread` is about to do again exactly what it has just done, to no effect; if so it waits for a
    /// change instead.
    fn repeats_itself(&mut self, thread: ThreadId, pending: &mut Pending) -> bool {
        let own = &mut self.threads[thread.index()];
        let tracked = self.rules.track_loops;
        let announcement = own.announcements.saturating_sub(1);
        let visit = own.repetition.visit(
            thread,
            pending,
            &self.history,
            &*self.guest,
            announcement,
            tracked,
        );
        let Visit::Repeats(news) = visit else {
            self.suspicious |= matches!(visit, Visit::Suspicious);
            return false;
        };
        self.noticed.loop_bounded |= own.repetition.is_going_round();
        if pending.action == Action::Wait {
            // This step releases a lock, and must not be held back. It is the wake-up that nothing would change.
            own.repetition.wait_for_news(news);
            pending.operation.b = WAITS_FOR_NEWS;
            return false;
        }
        own.repetition.suspend(*pending);
        self.model.thread(thread).awaits = news.looked_at;
        let mut awaiting = Pending {
            action: Action::AwaitChange,
            ..*pending
        };
        awaiting.operation.a = u64::from(news.tries);
        awaiting.operation.b = u64::from(news.since);
        self.announce(thread, awaiting);
        true
    }

    /// Something has changed: the thread takes up the step that it was about to repeat.
    pub(super) fn resume_loop(&mut self, thread: ThreadId) {
        let pending = self.threads[thread.index()].repetition.resume();
        match self.at_once(thread, &pending) {
            Some(answer) => self.run_on(thread, answer),
            None => self.announce(thread, pending),
        }
    }

    /// Whether a thread that would only repeat itself has something new to see.
    pub(super) fn has_news(&self, thread: ThreadId, news: &News) -> bool {
        let past = || self.history.events.iter().enumerate();
        past().any(|(k, e)| loops::wakes(k, e, thread, news, past()))
    }

    fn notice(&mut self, thread: ThreadId, pending: &Pending) {
        let kind = pending.operation.kind;
        let holds_a_lock = self.threads[thread.index()].repetition.holds_a_lock();
        self.noticed.nested_read |= kind == Kind::RwRead && holds_a_lock;
        self.noticed.weak_ordering |= pending.operation.is_weak();
        self.noticed.spurious_possible |=
            matches!(kind, Kind::CondvarWait | Kind::Park | Kind::AtomicCasWeak);
    }
}
