//! The loaded program as the explorer sees it. The hot path: nothing here allocates per step.

use std::hash::Hasher;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

use rustc_hash::FxHasher;
use threadlings_std::abi::{self, Kind};

use super::accesses::{self, Found, Watcher};
use super::faults;
use super::identity::Block;
use super::plugin::{Plugin, raw_text};
use super::threads::{Body, Suspension, Turn};
use crate::guest::{Announced, Guest, Shown};
use crate::operation::{ObjectId, Operation, Reply, ThreadId};
use crate::trace::Step;

/// Accesses of a thread that is known to make them for ever before it is stopped.
const ENDLESS: u64 = 100_000;

/// Printed text that is kept of one execution, in bytes.
const MOST_OUTPUT: usize = 256 << 10;

impl Guest for Plugin {
    fn start(&mut self) {
        self.finish();
        self.threads.reset();
        // SAFETY: every thread was just abandoned.
        unsafe { self.image.restore() };
        self.identities.start();
        self.raced = None;
        accesses::with(Watcher::begin);
        self.output.clear();
        self.printed.iter_mut().for_each(Vec::clear);
        self.spawned = 0;
        self.main_ended = false;
        self.page.begin_execution();
        if let Some(recorder) = &mut self.recorder {
            recorder.clear();
        }
        self.create(ThreadId::MAIN, Body::Main(self.entry));
    }

    fn decided(&mut self, step: Step) {
        self.page.decide(step);
    }

    fn spawn(&mut self, thread: ThreadId, pointer: u64) {
        self.create(thread, Body::Spawned(pointer));
    }

    fn watches_accesses(&self) -> bool {
        self.watches
    }

    fn knows(&mut self, thread: ThreadId, clock: &[u32]) {
        let stack = self.threads.stack(thread.index());
        accesses::with(|watcher| watcher.runs(thread.index(), stack, clock));
    }

    fn shown(&mut self) -> Option<Shown> {
        let found = accesses::with(Watcher::found).flatten()?;
        Some(match found {
            Found::Race(raced) => {
                self.raced = Some(raced);
                Shown::Race
            }
            Found::LentStack => Shown::LentStack,
        })
    }

    fn watch_lent_stacks(&mut self) {
        accesses::with(Watcher::watch_lent_stacks);
    }

    fn advance(&mut self, thread: ThreadId, reply: Reply) -> Announced {
        self.granted(thread);
        if self.watches {
            self.granted_access(thread, reply);
            if accesses::with(|watcher| watcher.has_found()) == Some(true) {
                return Announced::Stopped;
            }
        }
        let turn = self.page.enter(self.order.get(thread.index()).copied());
        let fatal = self.fatal.take_if(|fatal| fatal.turn == turn);
        if fatal.as_ref().is_some_and(|fatal| fatal.others_go_on) {
            accesses::with(|watcher| watcher.stop_after(ENDLESS));
        } else if let Some(fatal) = fatal {
            self.page.leave();
            self.record_death(thread, fatal);
            return Announced::Operation(Operation::new(Kind::Abort, ObjectId::NONE));
        }
        faults::on_stack(&self.threads.stack(thread.index()));
        let turn = self.threads.resume(thread.index(), reply);
        accesses::with(Watcher::rests);
        self.page.leave();
        match turn {
            Some(Turn::Suspended(suspension)) => {
                let operation = self.identify(suspension);
                if self.recorder.is_some() {
                    self.record_announcement(thread, suspension, &operation);
                }
                Announced::Operation(operation)
            }
            Some(Turn::Ended(code)) => {
                self.main_ended |= thread == ThreadId::MAIN;
                if code == 0 {
                    Announced::Returned
                } else {
                    Announced::Panicked
                }
            }
            Some(Turn::Stopped) => Announced::Stopped,
            // The engine never advances a thread that has ended.
            None => Announced::Panicked,
        }
    }

    fn read(&self, operation: &Operation) -> u64 {
        let at = operation.address as usize;
        // SAFETY: the program announced an atomic of this width here, and waits.
        unsafe {
            match operation.width {
                1 => AtomicU8::from_ptr(at as *mut u8)
                    .load(Ordering::Relaxed)
                    .into(),
                2 => AtomicU16::from_ptr(at as *mut u16)
                    .load(Ordering::Relaxed)
                    .into(),
                4 => AtomicU32::from_ptr(at as *mut u32)
                    .load(Ordering::Relaxed)
                    .into(),
                _ => AtomicU64::from_ptr(at as *mut u64).load(Ordering::Relaxed),
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "an atomic keeps the low bytes"
    )]
    fn write(&mut self, operation: &Operation, value: u64) {
        let at = operation.address as usize;
        // SAFETY: as in `read`.
        unsafe {
            match operation.width {
                1 => AtomicU8::from_ptr(at as *mut u8).store(value as u8, Ordering::Relaxed),
                2 => AtomicU16::from_ptr(at as *mut u16).store(value as u16, Ordering::Relaxed),
                4 => AtomicU32::from_ptr(at as *mut u32).store(value as u32, Ordering::Relaxed),
                _ => AtomicU64::from_ptr(at as *mut u64).store(value, Ordering::Relaxed),
            }
        }
    }

    fn printed(&self) -> Vec<Vec<u8>> {
        self.printed.clone()
    }

    fn local_state(&self, thread: ThreadId) -> u64 {
        let mut hasher = FxHasher::default();
        hasher.write(self.threads.local(thread.index()));
        // A loop that allocates is not where it was, even if only its heap says so.
        hasher.write_u64(self.threads.allocations(thread.index()));
        hasher.finish()
    }

    fn is_on_stack(&self, object: ObjectId, thread: ThreadId) -> bool {
        let own = u64::from(thread.0);
        let block = self.identities.key(object).map(|key| key.block);
        matches!(block, Some(Block::Stack { thread }) if thread == own)
    }

    fn shared_state(&self) -> u64 {
        let mut hasher = FxHasher::default();
        // SAFETY: no thread of the program is running.
        for part in unsafe { self.image.now() } {
            hasher.write(part);
        }
        // SAFETY: no thread of the program is running, and `hash` gets back the hasher that it expects.
        unsafe { (self.program.used)((&raw mut hasher).cast(), hash) };
        hasher.finish()
    }
}

/// A [`abi::Visit`] that adds the range to the [`FxHasher`] it is given.
unsafe extern "C" fn hash(context: *mut u8, start: *const u8, size: usize) {
    // SAFETY: `shared_state` passes a hasher that nobody else uses, and the program a readable range.
    unsafe {
        let hasher = &mut *context.cast::<FxHasher>();
        hasher.write(std::slice::from_raw_parts(start, size));
    }
}

impl Plugin {
    /// Notes what can be told only when an execution is over.
    pub(super) fn finish(&mut self) {
        if self.main_ended && self.threads.any_left() {
            self.notes.cut_off = true;
        }
    }

    fn create(&mut self, thread: ThreadId, body: Body) {
        if self.order.len() <= thread.index() {
            self.order.resize(thread.index() + 1, u32::MAX);
        }
        self.order[thread.index()] = self.spawned;
        self.spawned += 1;
        if self.threads.create(thread.index(), body).is_err() {
            faults::out_of_memory(0);
        }
    }

    /// An operation that has just happened is an access, too, to the memory in which its object is: whoever makes, moves or
    /// gives back an atomic, or a lock, must be ordered with it.
    fn granted_access(&mut self, thread: ThreadId, reply: Reply) {
        let Some(suspension) = self.threads.suspension(thread.index()) else {
            return;
        };
        // SAFETY: the thread is suspended, so the operation in its frame is alive.
        let operation = unsafe { &*suspension.operation };
        let (size, writes) = match operation.kind {
            kind if is_atomic(kind) && !operation.other.is_null() => return,
            Kind::AtomicLoad => (operation.width as usize, false),
            Kind::AtomicCas | Kind::AtomicCasWeak => (operation.width as usize, reply.flag == 1),
            kind if is_atomic(kind) => (operation.width as usize, true),
            kind if is_in_program(kind) => (size_of::<abi::Identity>(), true),
            _ => return,
        };
        let (at, frame) = (operation.object as usize, operation.frame as usize);
        accesses::with(|watcher| watcher.atomic(at, size, writes, frame));
    }

    /// What takes effect when the operation that `thread` has announced happens.
    fn granted(&mut self, thread: ThreadId) {
        let Some(suspension) = self.threads.suspension(thread.index()) else {
            return;
        };
        // SAFETY: the thread is suspended, so the operation in its frame is alive.
        let operation = unsafe { &*suspension.operation };
        match operation.kind {
            Kind::Reach => {
                // SAFETY: the text is valid while the operation is announced.
                let goal = unsafe { raw_text(operation.text) };
                if !self.notes.reached.contains(goal) {
                    self.notes.reached.insert(goal.to_vec());
                }
            }
            Kind::Print => {
                // SAFETY: as above.
                let printed = unsafe { raw_text(operation.text) };
                let room = MOST_OUTPUT.saturating_sub(self.output.len());
                let printed = &printed[..printed.len().min(room)];
                self.output.extend_from_slice(printed);
                if self.printed.len() <= thread.index() {
                    self.printed.resize_with(thread.index() + 1, Vec::new);
                }
                self.printed[thread.index()].extend_from_slice(printed);
            }
            _ => {}
        }
        if self.recorder.is_some() {
            self.record_grant(thread, operation);
        }
    }

    /// The announced operation with numbers instead of addresses.
    fn identify(&mut self, suspension: Suspension) -> Operation {
        // SAFETY: `kind` is the first field; it is read as the number it is before it is trusted.
        if unsafe { *suspension.operation.cast::<u32>() } > Kind::LAST as u32 {
            return Operation::new(Kind::Abort, ObjectId::NONE);
        }
        // SAFETY: the thread is suspended in `perform`, to which it passed this operation.
        let announced = unsafe { &*suspension.operation };
        let atomic = is_atomic(announced.kind);
        let counts = matches!(announced.kind, Kind::CountChange | Kind::CountLook);
        let part_of_a_lock = atomic && !announced.other.is_null();
        let unused = announced.kind == Kind::AtomicRmw && self.is_unused_at(announced.site);
        let object = if announced.object.is_null() {
            ObjectId::NONE
        } else if part_of_a_lock {
            self.registered(announced.other)
        } else if atomic || counts {
            let (block, offset) = self.locate(announced.object as usize);
            self.identities.at(block, offset)
        } else {
            self.registered(announced.object)
        };
        let other = if part_of_a_lock || announced.other.is_null() {
            ObjectId::NONE
        } else {
            self.registered(announced.other)
        };
        let operation = Operation {
            kind: announced.kind,
            ordering: announced.ordering,
            failure: announced.failure,
            rmw: announced.rmw,
            width: announced.width,
            object,
            other,
            address: if atomic { announced.object as u64 } else { 0 },
            of_a_lock: part_of_a_lock,
            a: announced.a,
            b: announced.b,
            site: self.layout.offset(announced.site as usize).unwrap_or(0),
            unused,
        };
        self.notes.weak_ordering |= operation.is_weak();
        operation
    }

    /// The number in an object's header, written there at its first use.
    fn registered(&mut self, address: *const u8) -> ObjectId {
        // SAFETY: the operation's kind says that an `Identity` is there; its thread waits.
        let identity = unsafe { &*address.cast::<abi::Identity>() };
        // SAFETY: nobody else reads or writes the number.
        let number = unsafe { *identity.id.get() };
        if number != 0 {
            return ObjectId(u32::try_from(number).unwrap_or(u32::MAX));
        }
        let (block, offset) = self.locate(address as usize);
        let site = std::ptr::from_ref(identity.site) as usize;
        let object = self
            .identities
            .register(block, offset, self.layout.offset(site).unwrap_or(0));
        // SAFETY: as above.
        unsafe { *identity.id.get() = object.0.into() };
        object
    }

    /// Where an address belongs, whatever the addresses of this process.
    pub(super) fn locate(&self, address: usize) -> (Block, u64) {
        if let Some(offset) = self.layout.offset(address) {
            return (Block::Static, offset);
        }
        // SAFETY: the program's own look-up, while none of its threads runs.
        let allocation = unsafe { (self.program.allocation)(address as *const u8) };
        if allocation.start != 0 {
            let block = Block::Heap {
                thread: allocation.thread,
                number: allocation.number,
            };
            return (block, address as u64 - allocation.start);
        }
        if let Some((thread, offset)) = self.threads.owner(address) {
            let thread = thread as u64;
            return (Block::Stack { thread }, offset);
        }
        (Block::Other, address as u64)
    }
}

fn is_atomic(kind: Kind) -> bool {
    kind <= Kind::AtomicCasWeak
}

/// Whether the object is one that the program itself has in its memory, not one of the stand-in's behind a pointer.
fn is_in_program(kind: Kind) -> bool {
    (Kind::MutexLock..=Kind::OnceWait).contains(&kind)
}
