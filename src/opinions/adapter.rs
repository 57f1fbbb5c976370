//! Runs a program on the threads of another library: one of its threads for each of the program's, which lets the
//! program's run from one operation to the next and performs the operation with the library's own mutexes, condvars and
//! atomics.
//!
//! Every object but an atomic is a monitor: its state, under a mutex and with a condvar of the library. While an operation
//! takes effect and its thread runs on to its next one, the monitor stays locked: to the other threads that is one
//! step. Deadlocks are noticed here, before the library would call them its own failure, and every execution ends in
//! good order: a thread with nothing left to do leaves, and what the program had on its stack is forgotten.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::atomics::Atomics;
use super::library::{Library, ordering};
use super::objects::{Attempt, Object, Own};
use super::{Deadline, Final, Opinion, Patience};
use crate::explore::threads::ThreadNames;
use crate::guest::{Announced, Guest};
use crate::operation::{Kind, MAX_THREADS, ObjectId, Operation, Reply, Rmw, ThreadId};
use crate::trace::{Crash, Ending};

/// A program, and what is known of it so far.
pub struct Adapter<L: Library> {
    guest: RefCell<Box<dyn Guest>>,
    names: RefCell<ThreadNames>,
    patience: Patience,
    deadline: Deadline,
    opinion: RefCell<Opinion>,
    pub(super) atomics: RefCell<Atomics<L>>,
    execution: RefCell<Execution<L>>,
}

/// The execution that runs now.
struct Execution<L: Library> {
    threads: FxHashMap<ThreadId, Thread>,
    monitors: FxHashMap<ObjectId, Rc<Monitor<L>>>,
    handles: Vec<L::Handle>,
    /// Threads that have neither ended nor left.
    live: usize,
    /// Those of them that wait at a monitor which nobody has changed since.
    blocked: usize,
    /// The library's threads that still run, or have not begun.
    present: usize,
    /// Some thread has called `exit`.
    exited: bool,
    steps: usize,
    /// How it ends is known.
    concluded: bool,
    /// There is nothing more to see: everybody leaves.
    over: bool,
    /// Those who waited have been told.
    dismissed: bool,
}

#[derive(Default)]
struct Thread {
    own: Own,
    children: u32,
    ended: bool,
    panicked: bool,
    /// Somebody has waited for its end.
    joined: bool,
}

struct Monitor<L: Library> {
    mutex: L::Mutex,
    condvar: L::Condvar,
    object: RefCell<Object>,
    /// Threads that wait for a change.
    waiting: Cell<usize>,
}

/// The execution is over for this thread.
struct Left;

/// How an operation ends that its thread does not survive, or that the adapter cannot perform.
struct Stop;

thread_local! {
    /// The adapter at work on this thread of the system: what the library runs takes nothing along but its type.
    static CURRENT: RefCell<Option<Rc<dyn Any>>> = const { RefCell::new(None) };
}

impl<L: Library> Adapter<L> {
    /// Calls `search`, which makes the library run [`Adapter::execution`] again and again, and says what came of it.
    pub fn run(guest: Box<dyn Guest>, patience: Patience, search: impl FnOnce(&Self)) -> Opinion {
        let adapter = Rc::new(Adapter::<L> {
            guest: RefCell::new(guest),
            names: RefCell::default(),
            patience,
            deadline: Deadline::of(&patience),
            opinion: RefCell::default(),
            atomics: RefCell::default(),
            execution: RefCell::new(Execution::new()),
        });
        CURRENT.set(Some(adapter.clone()));
        search(&adapter);
        CURRENT.set(None);
        adapter.opinion.take()
    }

    /// What has been found so far.
    pub fn opinion(&self) -> std::cell::RefMut<'_, Opinion> {
        self.opinion.borrow_mut()
    }

    /// The time that is left.
    pub fn time_left(&self) -> Duration {
        self.deadline.left()
    }

    /// Executions that may still be run.
    pub fn executions_left(&self) -> u64 {
        let most = self.patience.executions.unwrap_or(u64::MAX);
        most.saturating_sub(self.opinion.borrow().executions)
    }

    /// Whether there is no point in another execution of this search.
    pub fn is_settled(&self) -> bool {
        self.opinion.borrow().refused.is_some()
            || self.atomics.borrow().has_learnt()
            || self.executions_left() == 0
            || self.time_left().is_zero()
    }

    /// The same of the adapter at work.
    pub fn is_done() -> bool {
        Self::current().is_settled()
    }

    /// Executions that the adapter at work has run.
    pub fn executions() -> u64 {
        Self::current().opinion.borrow().executions
    }

    /// One execution of the program, `main` on the calling thread of the library.
    pub fn execution() {
        let adapter = Self::current();
        adapter.opinion().executions += 1;
        *adapter.execution.borrow_mut() = Execution::new();
        adapter.atomics.borrow_mut().begin();
        adapter.guest.borrow_mut().start();
        adapter.live(ThreadId::MAIN);
        loop {
            let next = adapter.execution.borrow_mut().handles.pop();
            let Some(handle) = next else { break };
            L::see_off(handle);
        }
    }

    fn current() -> Rc<Self> {
        let current = CURRENT.with_borrow(Clone::clone);
        let current = current.and_then(|current| current.downcast().ok());
        current.expect("the library runs what `run` has given it")
    }

    /// The life of one thread.
    fn live(self: &Rc<Self>, thread: ThreadId) {
        if !self.is_over() {
            let mut announced = self.advance(thread, Reply::default());
            while let Announced::Operation(operation) = announced {
                match self.perform(thread, &operation.placed(thread)) {
                    Ok(next) => announced = next,
                    Err(Left) => break,
                }
            }
            if !matches!(announced, Announced::Operation(_)) {
                self.end(thread, announced == Announced::Panicked);
            }
        }
        self.dismiss();
        let mut execution = self.execution.borrow_mut();
        execution.present -= 1;
        if execution.present == 0 {
            // While the library still knows them.
            execution.monitors.clear();
            self.atomics.borrow_mut().end();
        }
    }

    fn advance(&self, thread: ThreadId, reply: Reply) -> Announced {
        self.guest.borrow_mut().advance(thread, reply)
    }

    /// Performs an operation, and lets its thread run on to its next.
    fn perform(
        self: &Rc<Self>,
        thread: ThreadId,
        operation: &Operation,
    ) -> Result<Announced, Left> {
        self.note(operation)?;
        match operation.kind {
            Kind::CondvarWait | Kind::CondvarWaitTimeout => self.wait(thread, operation),
            kind if is_atomic(kind) && !operation.of_a_lock => self.access(thread, operation),
            kind if has_monitor(kind) || is_atomic(kind) => {
                self.in_monitor(thread, operation, |object, reply| {
                    let reply = self.took_effect(operation, object, reply);
                    self.advance(thread, reply)
                })
            }
            _ => match self.alone(thread, operation) {
                Ok(reply) => Ok(self.advance(thread, reply)),
                Err(Stop) => Err(Left),
            },
        }
    }

    /// Counts a step, and takes down what it says about the program.
    fn note(&self, operation: &Operation) -> Result<(), Left> {
        if self.is_over() {
            return Err(Left);
        }
        let kind = operation.kind;
        let mut opinion = self.opinion();
        let name = format!("{kind:?}");
        // The mark in a lock is no atomic of the program's own.
        if !operation.of_a_lock && !opinion.features.contains(&name) {
            opinion.features.insert(name);
        }
        let ordered = is_atomic(kind) || kind == Kind::Fence;
        opinion.weak_ordering |=
            ordered && operation.ordering != crate::operation::MemoryOrdering::SeqCst;
        drop(opinion);
        match kind {
            Kind::Now => return Err(self.refuse("it looks at a clock")),
            Kind::Unmodelled => return Err(self.refuse("it uses something that is not modelled")),
            Kind::AtomicRmw if matches!(operation.rmw, Rmw::MaxSigned | Rmw::MinSigned) => {
                return Err(self.refuse("it uses the maximum of a signed atomic"));
            }
            // A timeout is decided when its thread is scheduled, and never runs out later.
            Kind::CondvarWaitTimeout | Kind::ParkTimeout | Kind::ChannelRecvTimeout => {
                self.narrow("timeouts");
            }
            Kind::Yield | Kind::SpinHint => self.narrow("yields"),
            _ => {}
        }
        let mut execution = self.execution.borrow_mut();
        execution.steps += 1;
        if execution.steps > self.patience.steps {
            drop(execution);
            self.conclude(&Ending::TooLong);
            self.give_up();
            return Err(Left);
        }
        Ok(())
    }

    /// What an operation does that concerns no object.
    fn alone(self: &Rc<Self>, thread: ThreadId, operation: &Operation) -> Result<Reply, Stop> {
        match operation.kind {
            Kind::Fence => L::fence(ordering(operation.ordering)),
            Kind::Yield | Kind::SpinHint => {
                L::yield_now();
                if self.is_over() {
                    return Err(Stop);
                }
            }
            Kind::Spawn => return self.spawn(thread, operation),
            // The others run on, whatever can be seen of it: what they do next might have come first.
            Kind::Exit => {
                let code = operation.a as i32;
                if code != 0 {
                    self.conclude(&Ending::Exited { code });
                }
                self.execution.borrow_mut().exited = true;
                self.gone();
                return Err(Stop);
            }
            Kind::Abort => {
                let how = Crash::Abort;
                let thread = thread.index();
                self.conclude(&Ending::Crashed { how, thread });
                self.gone();
                return Err(Stop);
            }
            // Sleep orders nothing.
            _ => {}
        }
        Ok(Reply::default())
    }

    fn spawn(self: &Rc<Self>, thread: ThreadId, operation: &Operation) -> Result<Reply, Stop> {
        let mut execution = self.execution.borrow_mut();
        let count = execution.threads.len();
        let parent = execution.threads.entry(thread).or_default();
        let child = self.names.borrow_mut().child(thread, parent.children);
        parent.children += 1;
        if count >= L::MOST_THREADS || child.index() >= MAX_THREADS {
            drop(execution);
            self.refuse(&format!("it runs at most {} threads", L::MOST_THREADS));
            return Err(Stop);
        }
        execution.threads.insert(child, Thread::default());
        execution.live += 1;
        execution.present += 1;
        drop(execution);
        self.guest.borrow_mut().spawn(child, operation.a);
        let handle = L::spawn(move || Self::current().live(child));
        self.execution.borrow_mut().handles.push(handle);
        Ok(Reply {
            value: child.0.into(),
            flag: 0,
        })
    }

    /// Attempts an operation until it happens, and calls `then` while the monitor is still locked.
    fn in_monitor<T>(
        &self,
        thread: ThreadId,
        operation: &Operation,
        then: impl FnOnce(&mut Object, Reply) -> T,
    ) -> Result<T, Left> {
        let monitor = self.monitor(operation.object);
        let mut guard = self.lock(&monitor)?;
        loop {
            let attempt = self.with_own(thread, |own| {
                monitor.object.borrow_mut().attempt(operation, thread, own)
            });
            if let Attempt::Done(reply) = attempt {
                self.changed(&monitor);
                let value = then(&mut monitor.object.borrow_mut(), reply);
                drop(guard);
                return Ok(value);
            }
            guard = self.block(&monitor, guard)?;
        }
    }

    /// What an operation means beyond its own object.
    fn took_effect(&self, operation: &Operation, object: &Object, reply: Reply) -> Reply {
        let mut execution = self.execution.borrow_mut();
        match operation.kind {
            Kind::Join => {
                let target = ThreadId(operation.a as u32);
                execution.threads.entry(target).or_default().joined = true;
            }
            Kind::ScopeWait => {
                for child in &object.left {
                    execution.threads.entry(*child).or_default().joined = true;
                }
            }
            // The mark of a panic in a lock is read and written like the lock itself.
            Kind::AtomicLoad => {
                return Reply {
                    value: self.guest.borrow().read(operation),
                    flag: 0,
                };
            }
            kind if is_atomic(kind) => self.guest.borrow_mut().write(operation, operation.a),
            _ => {}
        }
        reply
    }

    fn wait(&self, thread: ThreadId, operation: &Operation) -> Result<Announced, Left> {
        let condvar = self.monitor(operation.object);
        let unlock = Operation::new(Kind::MutexUnlock, operation.other);
        let lock = Operation::new(Kind::MutexLock, operation.other);
        let mut guard = self.lock(&condvar)?;
        condvar.object.borrow_mut().condvar.enter(thread);
        self.in_monitor(thread, &unlock, |_, _| ())?;
        let mut timed_out = false;
        if operation.kind == Kind::CondvarWaitTimeout {
            // Whoever is to wake it in time comes here.
            drop(guard);
            guard = self.lock(&condvar)?;
            let waiters = &mut condvar.object.borrow_mut().condvar;
            timed_out = !waiters.leave_if_woken(thread);
            waiters.leave(thread);
        } else {
            while !condvar.object.borrow_mut().condvar.leave_if_woken(thread) {
                guard = self.block(&condvar, guard)?;
            }
        }
        drop(guard);
        self.in_monitor(thread, &lock, |_, _| {
            let reply = Reply {
                value: 0,
                flag: timed_out.into(),
            };
            self.advance(thread, reply)
        })
    }

    fn access(&self, thread: ThreadId, operation: &Operation) -> Result<Announced, Left> {
        let now = self.guest.borrow().read(operation);
        let atomic = self.atomics.borrow_mut().find(operation, now);
        let Some(atomic) = atomic else {
            // The next search makes it in time.
            self.give_up();
            return Err(Left);
        };
        let strong = L::FENCES && operation.ordering == crate::operation::MemoryOrdering::SeqCst;
        if strong {
            L::fence(std::sync::atomic::Ordering::SeqCst);
        }
        let (old, new) = L::access(&atomic, operation);
        if strong {
            L::fence(std::sync::atomic::Ordering::SeqCst);
        }
        if self.is_over() {
            return Err(Left);
        }
        if let Some(new) = new {
            self.guest.borrow_mut().write(operation, new);
            self.atomics.borrow_mut().written(operation, new);
        }
        let succeeds = !matches!(operation.kind, Kind::AtomicLoad | Kind::AtomicStore);
        let reply = Reply {
            value: old,
            flag: u64::from(succeeds && new.is_some()),
        };
        Ok(self.advance(thread, reply))
    }

    /// A thread's function has ended.
    fn end(&self, thread: ThreadId, panicked: bool) {
        let monitor = self.monitor(ObjectId::end(thread));
        let Ok(guard) = self.lock(&monitor) else {
            return;
        };
        monitor.object.borrow_mut().ended = true;
        {
            let mut execution = self.execution.borrow_mut();
            let own = execution.threads.entry(thread).or_default();
            own.ended = true;
            own.panicked = panicked;
        }
        self.changed(&monitor);
        self.gone();
        drop(guard);
    }

    /// One thread less.
    fn gone(&self) {
        let mut execution = self.execution.borrow_mut();
        execution.live -= 1;
        let stands_still = execution.blocked == execution.live;
        drop(execution);
        if stands_still {
            self.stand_still();
        }
    }

    fn monitor(&self, object: ObjectId) -> Rc<Monitor<L>> {
        let mut execution = self.execution.borrow_mut();
        let monitor = execution.monitors.entry(object).or_insert_with(|| {
            Rc::new(Monitor {
                mutex: L::mutex(),
                condvar: L::condvar(),
                object: RefCell::default(),
                waiting: Cell::new(0),
            })
        });
        monitor.clone()
    }

    fn lock<'m>(&self, monitor: &'m Monitor<L>) -> Result<L::Guard<'m>, Left> {
        let guard = L::lock(&monitor.mutex);
        if self.is_over() { Err(Left) } else { Ok(guard) }
    }

    /// Waits until somebody has changed the object.
    fn block<'m>(
        &self,
        monitor: &'m Monitor<L>,
        guard: L::Guard<'m>,
    ) -> Result<L::Guard<'m>, Left> {
        monitor.waiting.set(monitor.waiting.get() + 1);
        let mut execution = self.execution.borrow_mut();
        execution.blocked += 1;
        let stands_still = execution.blocked == execution.live;
        drop(execution);
        if stands_still {
            self.stand_still();
        }
        if self.is_over() {
            monitor.waiting.set(monitor.waiting.get() - 1);
            return Err(Left);
        }
        let guard = L::wait(&monitor.condvar, guard);
        if self.is_over() { Err(Left) } else { Ok(guard) }
    }

    /// Wakes those who wait for a change.
    fn changed(&self, monitor: &Monitor<L>) {
        let waiting = monitor.waiting.take();
        if waiting > 0 {
            self.execution.borrow_mut().blocked -= waiting;
            L::notify_all(&monitor.condvar);
        }
    }

    /// No thread can go on.
    fn stand_still(&self) {
        let execution = self.execution.borrow();
        let ended = |thread: ThreadId| {
            let own = execution.threads.get(&thread);
            own.is_some_and(|own| own.ended)
        };
        let unseen = |(id, own): (&ThreadId, &Thread)| (own.panicked && !own.joined).then_some(*id);
        let panicked = execution.threads.iter().filter_map(unseen).min();
        let main_is_done = execution.exited || ended(ThreadId::MAIN);
        let ending = match panicked {
            Some(ThreadId::MAIN) => Ending::MainFailed,
            _ if !main_is_done => Ending::Stuck,
            Some(thread) => Ending::ThreadPanicked {
                thread: thread.index(),
            },
            None => Ending::Completed,
        };
        drop(execution);
        self.conclude(&ending);
        self.give_up();
    }

    /// Notes how the execution ends, once.
    fn conclude(&self, ending: &Ending) {
        let mut execution = self.execution.borrow_mut();
        if execution.over || std::mem::replace(&mut execution.concluded, true) {
            return;
        }
        drop(execution);
        let reached = Final::of(ending, self.guest.borrow().printed());
        self.opinion().reached(reached);
    }

    /// There is no opinion on this program.
    fn refuse(&self, why: &str) -> Left {
        self.opinion()
            .refused
            .get_or_insert_with(|| why.to_string());
        self.give_up();
        Left
    }

    fn narrow(&self, what: &str) {
        let mut opinion = self.opinion();
        if !opinion.narrow.contains(what) {
            opinion.narrow.insert(what.to_string());
        }
    }

    /// Whoever meets the execution from now on leaves it.
    fn give_up(&self) {
        self.execution.borrow_mut().over = true;
    }

    /// Wakes all who wait, once the execution is over. The calling thread holds no monitor.
    fn dismiss(&self) {
        let mut execution = self.execution.borrow_mut();
        if !execution.over || std::mem::replace(&mut execution.dismissed, true) {
            return;
        }
        let mut monitors: Vec<_> = execution.monitors.iter().collect();
        // The same order in every run: the library counts on it.
        monitors.sort_by_key(|(object, _)| **object);
        let monitors: Vec<_> = monitors
            .into_iter()
            .map(|(_, monitor)| monitor.clone())
            .filter(|monitor| monitor.waiting.get() > 0)
            .collect();
        drop(execution);
        for monitor in monitors {
            // Whoever is about to wait has the mutex until it does.
            let guard = L::lock(&monitor.mutex);
            L::notify_all(&monitor.condvar);
            drop(guard);
        }
    }

    fn is_over(&self) -> bool {
        self.execution.borrow().over
    }

    fn with_own<T>(&self, thread: ThreadId, then: impl FnOnce(&mut Own) -> T) -> T {
        let mut execution = self.execution.borrow_mut();
        then(&mut execution.threads.entry(thread).or_default().own)
    }
}

impl<L: Library> Execution<L> {
    fn new() -> Self {
        Execution {
            threads: FxHashMap::from_iter([(ThreadId::MAIN, Thread::default())]),
            monitors: FxHashMap::default(),
            handles: Vec::new(),
            live: 1,
            blocked: 0,
            present: 1,
            exited: false,
            steps: 0,
            concluded: false,
            over: false,
            dismissed: false,
        }
    }
}

fn is_atomic(kind: Kind) -> bool {
    kind <= Kind::AtomicCasWeak
}

/// Whether an operation is one of an object, other than an atomic or a condvar's wait.
fn has_monitor(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Fence
            | Kind::Spawn
            | Kind::Yield
            | Kind::SpinHint
            | Kind::Sleep
            | Kind::Now
            | Kind::Exit
            | Kind::Abort
            | Kind::Panicked
            | Kind::Unmodelled
            | Kind::Reach
    )
}
