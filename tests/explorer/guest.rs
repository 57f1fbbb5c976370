//! A guest whose threads are closures: programs for the explorer that need no compiler.

use std::cell::{Cell, RefCell};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use threadlings::guest::{Announced, Guest, Shown};
use threadlings::operation::{Kind, MemoryOrdering, ObjectId, Operation, Reply, Rmw, ThreadId};

use super::watched::Watched;
use MemoryOrdering::SeqCst;

type Body = Box<dyn Fn(&Thread)>;
type Fiber = Coroutine<Reply, Announced, bool, DefaultStack>;

/// A program: threads that `main` starts in order, and then ends without joining.
pub struct Program {
    bodies: Vec<Body>,
    /// What `main` does instead.
    main: Option<Body>,
    /// Whether its accesses to plain memory are watched.
    watched: bool,
    /// Channels of which each thread gets a sender, and `main` drops its own.
    channels: u32,
    /// The initial values of the atomics.
    initial: Vec<u64>,
}

impl Program {
    /// A program without threads and with `atomics` zeros.
    pub fn new(atomics: usize) -> Self {
        Program {
            bodies: Vec::new(),
            main: None,
            watched: false,
            channels: 0,
            initial: vec![0; atomics],
        }
    }

    /// Adds a thread.
    pub fn thread(mut self, body: impl Fn(&Thread) + 'static) -> Self {
        self.bodies.push(Box::new(body));
        self
    }

    /// Has `main` do this: whatever is started, it starts itself.
    pub fn main(mut self, body: impl Fn(&Thread) + 'static) -> Self {
        self.main = Some(Box::new(body));
        self
    }

    /// Has its accesses to plain memory watched.
    pub fn watched(mut self) -> Self {
        self.watched = true;
        self
    }

    /// Gives each thread a sender of the channels 0 to `n`.
    pub fn with_senders(mut self, n: u32) -> Self {
        self.channels = n;
        self
    }

    /// Adds `n` threads, each given its number.
    pub fn threads(mut self, n: u64, body: impl Fn(&Thread, u64) + Clone + 'static) -> Self {
        for number in 0..n {
            let body = body.clone();
            self.bodies.push(Box::new(move |t| body(t, number)));
        }
        self
    }
}

/// What all threads of an execution see.
#[derive(Default)]
pub struct Shared {
    atomics: RefCell<Vec<u64>>,
    /// Plain data, protected by whatever the program protects it with.
    plain: RefCell<Vec<u64>>,
    /// What each thread has seen: part of the final state.
    seen: RefCell<Vec<Vec<u64>>>,
    watched: RefCell<Watched>,
}

/// Where an atomic of eight bytes is in memory.
pub fn place_of(atomic: usize) -> usize {
    1000 + 8 * atomic
}

/// A thread's handle to the world. Every method but `see`, `get`, `set` is an operation.
pub struct Thread<'a> {
    yielder: &'a Yielder<Reply, Announced>,
    shared: &'static Shared,
    number: usize,
    site: Cell<u64>,
    local: &'static RefCell<Vec<u64>>,
}

impl Thread<'_> {
    fn perform(&self, operation: Operation) -> Reply {
        let reply = self.yielder.suspend(Announced::Operation(operation));
        let write = match operation.kind {
            Kind::AtomicLoad => false,
            Kind::AtomicStore | Kind::AtomicRmw => true,
            Kind::AtomicCas | Kind::AtomicCasWeak => reply.flag == 1,
            _ => return reply,
        };
        let start = place_of(operation.address as usize);
        self.shared.watched.borrow_mut().atomic(start, 8, write);
        reply
    }

    fn on(&self, kind: Kind, object: u32) -> Operation {
        let site = self.site.get();
        Operation {
            site,
            ..Operation::new(kind, ObjectId(ObjectId::FIRST.0 + object))
        }
    }

    /// Names the place of the following operations (0: no place), and all local state that matters there.
    pub fn at(&self, site: u64, state: u64) {
        self.site.set(site);
        self.local.borrow_mut()[self.number] = state;
    }

    /// Records a value in the final state.
    pub fn see(&self, value: u64) {
        self.shared.seen.borrow_mut()[self.number].push(value);
    }

    /// Accesses plain memory that is watched.
    pub fn touch(&self, start: usize, size: usize, write: bool) {
        self.shared.watched.borrow_mut().plain(start, size, write);
    }

    /// Plain data.
    pub fn get(&self, index: usize) -> u64 {
        self.shared.plain.borrow().get(index).copied().unwrap_or(0)
    }

    /// Plain data.
    pub fn set(&self, index: usize, value: u64) {
        let mut plain = self.shared.plain.borrow_mut();
        if plain.len() <= index {
            plain.resize(index + 1, 0);
        }
        plain[index] = value;
    }

    fn atomic(&self, kind: Kind, x: usize, [a, b]: [u64; 2], ordering: MemoryOrdering) -> Reply {
        self.perform(Operation {
            ordering,
            ..self.atomic_on(kind, x, a, b)
        })
    }

    fn atomic_on(&self, kind: Kind, x: usize, a: u64, b: u64) -> Operation {
        Operation {
            a,
            b,
            address: x as u64,
            ..self.on(kind, x as u32)
        }
    }

    pub fn load(&self, x: usize) -> u64 {
        self.load_with(x, SeqCst)
    }

    pub fn load_with(&self, x: usize, ordering: MemoryOrdering) -> u64 {
        self.atomic(Kind::AtomicLoad, x, [0, 0], ordering).value
    }

    pub fn store(&self, x: usize, value: u64) {
        self.store_with(x, value, SeqCst);
    }

    pub fn store_with(&self, x: usize, value: u64, ordering: MemoryOrdering) {
        self.atomic(Kind::AtomicStore, x, [value, 0], ordering);
    }

    pub fn add(&self, x: usize, value: u64) -> u64 {
        self.add_with(x, value, SeqCst)
    }

    pub fn add_with(&self, x: usize, value: u64, ordering: MemoryOrdering) -> u64 {
        self.perform(Operation {
            rmw: Rmw::Add,
            ordering,
            ..self.atomic_on(Kind::AtomicRmw, x, value, 0)
        })
        .value
    }

    /// A read-modify-write whose result, it says, is not used.
    pub fn change(&self, x: usize, rmw: Rmw, value: u64) -> u64 {
        self.change_with(x, rmw, value, SeqCst)
    }

    pub fn change_with(&self, x: usize, rmw: Rmw, value: u64, ordering: MemoryOrdering) -> u64 {
        self.perform(Operation {
            rmw,
            ordering,
            unused: true,
            ..self.atomic_on(Kind::AtomicRmw, x, value, 0)
        })
        .value
    }

    pub fn swap(&self, x: usize, value: u64) -> u64 {
        self.swap_with(x, value, SeqCst)
    }

    pub fn swap_with(&self, x: usize, value: u64, ordering: MemoryOrdering) -> u64 {
        self.atomic(Kind::AtomicRmw, x, [value, 0], ordering).value
    }

    pub fn cas(&self, x: usize, old: u64, new: u64) -> bool {
        self.cas_with(x, [old, new], SeqCst, SeqCst).is_ok()
    }

    /// What `compare_exchange` of std returns.
    pub fn cas_with(
        &self,
        x: usize,
        [old, new]: [u64; 2],
        success: MemoryOrdering,
        failure: MemoryOrdering,
    ) -> Result<u64, u64> {
        let reply = self.perform(Operation {
            ordering: success,
            failure,
            ..self.atomic_on(Kind::AtomicCas, x, old, new)
        });
        if reply.flag == 1 {
            Ok(reply.value)
        } else {
            Err(reply.value)
        }
    }

    pub fn fence(&self, ordering: MemoryOrdering) {
        self.perform(Operation {
            ordering,
            object: ObjectId::NONE,
            ..self.on(Kind::Fence, 0)
        });
    }

    pub fn cas_weak(&self, x: usize, old: u64, new: u64) -> bool {
        self.atomic(Kind::AtomicCasWeak, x, [old, new], SeqCst).flag == 1
    }

    pub fn lock(&self, m: u32) {
        self.perform(self.on(Kind::MutexLock, 1000 + m));
    }

    pub fn try_lock(&self, m: u32) -> bool {
        self.perform(self.on(Kind::MutexTryLock, 1000 + m)).flag == 1
    }

    pub fn unlock(&self, m: u32) {
        self.perform(self.on(Kind::MutexUnlock, 1000 + m));
    }

    pub fn rw(&self, kind: Kind, l: u32) -> bool {
        self.perform(self.on(kind, 2000 + l)).flag == 1
    }

    pub fn wait(&self, cv: u32, m: u32) {
        let other = ObjectId(ObjectId::FIRST.0 + 1000 + m);
        self.perform(Operation {
            other,
            ..self.on(Kind::CondvarWait, 3000 + cv)
        });
    }

    pub fn wait_timeout(&self, cv: u32, m: u32) -> bool {
        let other = ObjectId(ObjectId::FIRST.0 + 1000 + m);
        self.perform(Operation {
            other,
            ..self.on(Kind::CondvarWaitTimeout, 3000 + cv)
        })
        .flag
            == 1
    }

    pub fn notify_one(&self, cv: u32) {
        self.perform(self.on(Kind::NotifyOne, 3000 + cv));
    }

    pub fn notify_all(&self, cv: u32) {
        self.perform(self.on(Kind::NotifyAll, 3000 + cv));
    }

    /// A channel operation; `capacity` `None` is unbounded.
    pub fn channel(&self, kind: Kind, c: u32, capacity: Option<u64>) -> u64 {
        let a = capacity.map_or(0, |capacity| capacity + 1);
        self.perform(Operation {
            a,
            ..self.on(kind, 4000 + c)
        })
        .value
    }

    pub fn park(&self) {
        self.perform(self.on(Kind::Park, 0));
    }

    /// Unparks the `n`-th thread that `main` started, from 0.
    pub fn unpark(&self, n: u64) {
        self.perform(Operation {
            a: n + 1,
            ..self.on(Kind::Unpark, 0)
        });
    }

    pub fn barrier(&self, b: u32, n: u64) -> bool {
        self.perform(Operation {
            a: n,
            ..self.on(Kind::BarrierWait, 5000 + b)
        })
        .flag
            == 1
    }

    pub fn once_begin(&self, o: u32) -> bool {
        self.perform(self.on(Kind::OnceBegin, 6000 + o)).value == 1
    }

    pub fn once_end(&self, o: u32) {
        self.perform(Operation {
            a: 1,
            ..self.on(Kind::OnceEnd, 6000 + o)
        });
    }

    pub fn once_is_completed(&self, o: u32) -> bool {
        self.perform(self.on(Kind::OnceIsCompleted, 6000 + o)).value == 1
    }

    /// Changes a reference count, which the program keeps itself; replies what it is then.
    pub fn change_count(&self, c: u32, by: u64, matters: bool) -> u64 {
        self.perform(Operation {
            b: matters.into(),
            ..self.on(Kind::CountChange, 7000 + c)
        });
        let cell = 20 + c as usize;
        self.set(cell, self.get(cell).wrapping_add(by));
        self.get(cell)
    }

    /// Looks at a reference count.
    pub fn look_at_count(&self, c: u32) -> u64 {
        self.perform(self.on(Kind::CountLook, 7000 + c));
        self.get(20 + c as usize)
    }

    /// Adds one to a reference count unless it is zero.
    pub fn upgrade(&self, c: u32) -> bool {
        self.perform(Operation {
            a: 1,
            ..self.on(Kind::CountLook, 7000 + c)
        });
        let cell = 20 + c as usize;
        let alive = self.get(cell) != 0;
        if alive {
            self.set(cell, self.get(cell).wrapping_add(1));
        }
        alive
    }

    pub fn yield_now(&self) {
        self.perform(self.on(Kind::Yield, 0));
    }

    /// Crashes the program.
    pub fn abort(&self) {
        self.perform(self.on(Kind::Abort, 0));
    }

    /// Waits for the end of a thread, by what its start has replied.
    pub fn join(&self, thread: u64) {
        self.perform(Operation {
            a: thread,
            ..self.on(Kind::Join, 0)
        });
    }

    /// Unparks a thread, by what its start has replied; 0 is `main`.
    pub fn unpark_started(&self, thread: u64) {
        self.perform(Operation {
            a: thread,
            ..self.on(Kind::Unpark, 0)
        });
    }

    /// Starts the `pointer`-th thread of the program.
    pub fn spawn(&self, pointer: u64) -> u64 {
        self.perform(Operation {
            a: pointer,
            ..self.on(Kind::Spawn, 0)
        })
        .value
    }
}

/// The guest that runs a [`Program`].
pub struct Closures {
    program: &'static Program,
    shared: &'static Shared,
    local: &'static RefCell<Vec<u64>>,
    fibers: Vec<Option<Fiber>>,
    pool: Vec<DefaultStack>,
}

impl Closures {
    /// Leaks a little: abandoned coroutines may borrow for ever.
    pub fn new(program: Program) -> Self {
        Closures {
            program: Box::leak(Box::new(program)),
            shared: Box::leak(Box::default()),
            local: Box::leak(Box::default()),
            fibers: Vec::new(),
            pool: Vec::new(),
        }
    }

    /// Everything that the last execution left behind.
    pub fn final_state(&self) -> (Vec<u64>, Vec<u64>, Vec<Vec<u64>>) {
        let shared = self.shared;
        (
            shared.atomics.borrow().clone(),
            shared.plain.borrow().clone(),
            shared.seen.borrow().clone(),
        )
    }

    fn abandon(&mut self) {
        for mut fiber in self.fibers.drain(..).flatten() {
            // SAFETY: what the abandoned closure owns is only references; nothing needs to be dropped.
            unsafe { fiber.force_reset() };
            self.pool.push(fiber.into_stack());
        }
    }

    fn add(&mut self, thread: ThreadId, run: impl Fn(&Thread) + 'static) {
        let number = thread.index();
        while self.fibers.len() <= number {
            self.fibers.push(None);
            self.shared.seen.borrow_mut().push(Vec::new());
            self.local.borrow_mut().push(0);
        }
        let (shared, local) = (self.shared, self.local);
        let stack = self
            .pool
            .pop()
            .unwrap_or_else(|| DefaultStack::new(64 * 1024).expect("memory for a stack"));
        self.fibers[number] = Some(Coroutine::with_stack(
            stack,
            move |yielder, _first: Reply| {
                run(&Thread {
                    yielder,
                    shared,
                    number,
                    site: Cell::new(0),
                    local,
                });
                true
            },
        ));
    }
}

impl Drop for Closures {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl Guest for Closures {
    fn start(&mut self) {
        self.abandon();
        self.shared
            .atomics
            .borrow_mut()
            .clone_from(&self.program.initial);
        self.shared.plain.borrow_mut().clear();
        self.shared.seen.borrow_mut().clear();
        self.local.borrow_mut().clear();
        let program = self.program;
        self.shared.watched.borrow_mut().begin();
        self.add(ThreadId::MAIN, move |t| {
            if let Some(main) = &program.main {
                return main(t);
            }
            for index in 0..program.bodies.len() as u64 {
                for channel in 0..program.channels {
                    t.channel(Kind::SenderClone, channel, None);
                }
                t.spawn(index);
            }
            for channel in 0..program.channels {
                t.channel(Kind::SenderDrop, channel, None);
            }
        });
    }

    fn spawn(&mut self, thread: ThreadId, pointer: u64) {
        let program = self.program;
        self.add(thread, move |t| program.bodies[pointer as usize](t));
    }

    fn advance(&mut self, thread: ThreadId, reply: Reply) -> Announced {
        let fiber = self.fibers[thread.index()]
            .as_mut()
            .expect("an advanced thread was spawned");
        match fiber.resume(reply) {
            CoroutineResult::Yield(announced) => announced,
            CoroutineResult::Return(_) => Announced::Returned,
        }
    }

    fn read(&self, operation: &Operation) -> u64 {
        self.shared.atomics.borrow()[operation.address as usize]
    }

    fn write(&mut self, operation: &Operation, value: u64) {
        self.shared.atomics.borrow_mut()[operation.address as usize] = value;
    }

    fn watches_accesses(&self) -> bool {
        self.program.watched
    }

    fn knows(&mut self, thread: ThreadId, clock: &[u32]) {
        self.shared.watched.borrow_mut().runs(thread, clock);
    }

    fn shown(&mut self) -> Option<Shown> {
        let raced = self.shared.watched.borrow().raced;
        raced.then_some(Shown::Race)
    }

    fn printed(&self) -> Vec<Vec<u8>> {
        vec![format!("{:?}", self.final_state()).into_bytes()]
    }

    fn local_state(&self, thread: ThreadId) -> u64 {
        self.local.borrow()[thread.index()]
    }

    fn shared_state(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.shared.atomics.borrow().hash(&mut hasher);
        self.shared.plain.borrow().hash(&mut hasher);
        hasher.finish()
    }
}
