//! Writes down what a numbers-only execution leaves out: places, call stacks, values, texts. Only while a
//! schedule is replayed for its report.

use std::collections::HashMap;

use rustc_hash::FxHashMap;
use threadlings_std::abi::{self, Kind};

use super::allocations;
use super::faults::Calls;
use super::identity::{Block, Key};
use super::plugin::{Fatal, Plugin, text};
use super::symbols::Symbols;
use super::threads::{Suspension, saved_frame};
use super::values;
use crate::execution::{Execution, Performed};
use crate::operation::{ObjectId, Operation, ThreadId};
use crate::trace::{
    Action, Ending, Event, FORMAT, Frame, ObjectKind, ObjectRecord, Ordering, Outcome, Place,
    ThreadRecord, Trace,
};

/// The longest text that is kept of one operation, in bytes.
const MOST_TEXT: usize = 16 << 10;

/// What was seen while an execution was replayed.
pub struct Recorder {
    symbols: Symbols,
    /// By thread, then by announcement.
    announcements: Vec<Vec<Announcement>>,
    created: FxHashMap<ObjectId, Place>,
    /// For an object on the heap: the calls that allocated its block, as addresses in the library.
    allocated: FxHashMap<ObjectId, Vec<u64>>,
    types: FxHashMap<ObjectId, String>,
    reached: Vec<String>,
}

#[derive(Clone, Default)]
struct Announcement {
    place: Option<Place>,
    calls: Vec<u64>,
    text: Option<String>,
    /// The protected value when the operation was announced, and when it happened.
    before: Option<String>,
    after: Option<String>,
    type_name: Option<String>,
}

impl Recorder {
    /// Records for the program whose tables are `symbols`.
    pub fn new(symbols: Symbols) -> Recorder {
        Recorder {
            symbols,
            announcements: Vec::new(),
            created: FxHashMap::default(),
            allocated: FxHashMap::default(),
            types: FxHashMap::default(),
            reached: Vec::new(),
        }
    }

    /// Begins another execution.
    pub fn clear(&mut self) {
        self.announcements.clear();
        self.created.clear();
        self.allocated.clear();
        allocations::clear();
        self.types.clear();
        self.reached.clear();
    }

    fn announce(&mut self, thread: ThreadId, announcement: Announcement) {
        if self.announcements.len() <= thread.index() {
            self.announcements.resize_with(thread.index() + 1, Vec::new);
        }
        self.announcements[thread.index()].push(announcement);
    }

    /// The calls in the program's own files at `addresses`, innermost first.
    pub fn stack(&mut self, addresses: &[u64]) -> Vec<Frame> {
        addresses
            .iter()
            .flat_map(|address| self.symbols.frames(*address))
            .collect()
    }
}

impl Plugin {
    /// Switches recording on, for a program compiled from `sources` (as the compiler was given them).
    pub fn record(&mut self, sources: &[String]) {
        self.recorder = Some(Recorder::new(Symbols::of(&self.path, sources.to_vec())));
        self.runner.allocated.set(Some(allocations::allocated));
    }

    /// Notes an announcement.
    pub(super) fn record_announcement(
        &mut self,
        thread: ThreadId,
        suspension: Suspension,
        operation: &Operation,
    ) {
        // SAFETY: the thread is suspended in `perform`, to which it passed this operation.
        let announced = unsafe { &*suspension.operation };
        let frame = if announced.frame.is_null() {
            saved_frame(suspension)
        } else {
            announced.frame as usize
        };
        let calls = Calls::new(frame, self.threads.stack(thread.index()))
            .filter_map(|address| self.layout.offset(address))
            .collect();
        let created = [announced.object, announced.other].map(|object| {
            (!object.is_null() && operation.address == 0)
                // SAFETY: an object that is no atomic begins with its `Identity`.
                .then(|| unsafe { (*object.cast::<abi::Identity>()).site })
                .and_then(|site| self.place(site))
        });
        let allocated = [announced.object, announced.other].map(|object| self.allocated(object));
        // SAFETY: what the operation points to is readable while its thread waits.
        let (text, before, type_name) = unsafe {
            (
                (!announced.text.data.is_null()).then(|| shortened(text(announced.text))),
                values::payload(&announced.payload),
                (!announced.payload.type_name.data.is_null())
                    .then(|| text(announced.payload.type_name)),
            )
        };
        let place = self.place(announced.site);
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        let objects = [operation.object, operation.other];
        for (object, place) in objects.into_iter().zip(created) {
            if let Some(place) = place {
                recorder.created.insert(object, place);
            }
        }
        for (object, calls) in objects.into_iter().zip(allocated) {
            if !calls.is_empty() {
                recorder.allocated.entry(object).or_insert(calls);
            }
        }
        // A condvar operation shows the data of its mutex.
        let holder = if operation.other == ObjectId::NONE {
            operation.object
        } else {
            operation.other
        };
        if let (Some(name), true) = (&type_name, holder != ObjectId::NONE) {
            recorder.types.insert(holder, name.clone());
        }
        let announcement = Announcement {
            place,
            calls,
            text,
            before,
            after: None,
            type_name,
        };
        recorder.announce(thread, announcement);
    }

    /// The calls that allocated the block of the heap in which `object` is.
    fn allocated(&self, object: *const u8) -> Vec<u64> {
        // SAFETY: the program's own look-up, while none of its threads runs; null is in no block.
        let block = unsafe { (self.program.allocation)(object) };
        allocations::calls(block.start as usize)
            .into_iter()
            .filter_map(|address| self.layout.offset(address))
            .collect()
    }

    /// Notes where a thread dies, as the place of an announcement.
    pub(super) fn record_death(&mut self, thread: ThreadId, fatal: Fatal) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        recorder.announce(
            thread,
            Announcement {
                calls: fatal.addresses,
                ..Announcement::default()
            },
        );
    }

    /// Notes that the last announcement of `thread` happens now.
    pub(super) fn record_grant(&mut self, thread: ThreadId, operation: &abi::Operation) {
        // SAFETY: the operation's thread is suspended, so its payload is readable.
        let value = unsafe { values::payload(&operation.payload) };
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        let Some(last) = recorder
            .announcements
            .get_mut(thread.index())
            .and_then(|announcements| announcements.last_mut())
        else {
            return;
        };
        last.after = value;
        if operation.kind == Kind::Reach
            && let Some(goal) = &last.text
            && !recorder.reached.contains(goal)
        {
            recorder.reached.push(goal.clone());
        }
    }

    /// A location of the program, if it is in one of its own files.
    fn place(&self, location: *const std::panic::Location<'static>) -> Option<Place> {
        self.layout.offset(location as usize)?;
        // SAFETY: the location lies in the library, which is where its locations are.
        let site = unsafe { (self.program.describe)(location) };
        // SAFETY: the file's name is part of the library.
        let file = unsafe { text(site.file) };
        Some(Place {
            file: self.recorder.as_ref()?.symbols.own(&file)?.to_owned(),
            line: site.line,
            column: site.column,
        })
    }

    /// The execution that was just replayed with recording on, in full.
    pub fn trace(&mut self, execution: &Execution) -> Trace {
        let mut recorder = self
            .recorder
            .take()
            .unwrap_or_else(|| Recorder::new(Symbols::of(&self.path, Vec::new())));
        let mut writer = Writer {
            plugin: self,
            recorder: &mut recorder,
            execution,
            threads: execution.threads.iter().map(|thread| thread.id).collect(),
            objects: Vec::new(),
            known: FxHashMap::default(),
            blocks: HashMap::new(),
        };
        let trace = writer.write();
        self.recorder = Some(recorder);
        trace
    }
}

/// Builds one trace.
struct Writer<'a> {
    plugin: &'a Plugin,
    recorder: &'a mut Recorder,
    execution: &'a Execution,
    /// The explorer's numbers, in order of creation.
    threads: Vec<ThreadId>,
    objects: Vec<ObjectRecord>,
    known: FxHashMap<ObjectId, usize>,
    blocks: HashMap<Owner, u64>,
}

/// What shares one number of [`ObjectRecord::block`].
#[derive(PartialEq, Eq, Hash)]
enum Owner {
    Static(u64),
    Block(Block),
    Alone(ObjectId),
}

impl Writer<'_> {
    fn write(&mut self) -> Trace {
        let execution = self.execution;
        let events: Vec<Event> = execution.events.iter().map(|e| self.event(e)).collect();
        let pending = execution.pending.iter().map(|e| self.event(e)).collect();
        let threads = (0..self.threads.len()).map(|n| self.thread(n, &events));
        Trace {
            format: FORMAT,
            entry: self.plugin.entries().swap_remove(self.plugin.entry),
            threads: threads.collect(),
            objects: std::mem::take(&mut self.objects),
            events,
            pending,
            ending: self.ending(),
            schedule: execution.schedule.clone(),
            reached: self.recorder.reached.clone(),
            output: String::from_utf8_lossy(&self.plugin.output).into_owned(),
            memory: execution.memory,
            remedy: Vec::new(),
        }
    }

    fn index(&self, thread: ThreadId) -> usize {
        let position = self.threads.iter().position(|t| *t == thread);
        position.unwrap_or_default()
    }

    fn thread(&self, index: usize, events: &[Event]) -> ThreadRecord {
        let summary = &self.execution.threads[index];
        let spawned_by = events
            .iter()
            .position(|event| event.action == Action::Spawn && event.peer == Some(index));
        ThreadRecord {
            name: spawned_by.and_then(|event| events[event].text.clone()),
            parent: summary.parent.map(|parent| self.index(parent)),
            spawned_by,
            end: summary.end,
            joined: summary.joined,
        }
    }

    fn event(&mut self, performed: &Performed) -> Event {
        let announcements = self.recorder.announcements.get(performed.thread.index());
        let announcement = announcements
            .and_then(|list| list.get(performed.announcement as usize))
            // The end of a thread is the explorer's own event.
            .filter(|_| performed.action != Action::End)
            .cloned()
            .unwrap_or_default();
        let (read, written) = shown_values(performed, &announcement);
        Event {
            thread: self.index(performed.thread),
            action: performed.action,
            scheduled: performed.scheduled,
            object: self.object(performed.operation.object, performed.action, false),
            other: self.object(performed.operation.other, performed.action, true),
            ordering: ordering(performed),
            read,
            written,
            reads_from: performed.reads_from,
            passed_over: performed.passed_over.clone(),
            outcome: performed.outcome,
            peer: performed.peer.map(|peer| self.index(peer)),
            text: announcement.text,
            stack: self.recorder.stack(&announcement.calls),
            place: announcement.place,
            clock: performed.clock.clone(),
        }
    }

    fn object(&mut self, object: ObjectId, action: Action, other: bool) -> Option<usize> {
        if object == ObjectId::NONE {
            return None;
        }
        if let Some(&index) = self.known.get(&object) {
            // A look at whether a lock is poisoned is like that at an atomic.
            let kind = &mut self.objects[index].kind;
            if *kind == ObjectKind::Atomic {
                *kind = kind_of(action).unwrap_or(*kind);
            }
            return Some(index);
        }
        let kind = if other {
            ObjectKind::Mutex
        } else {
            kind_of(action)?
        };
        let key = self.plugin.identities.key(object);
        let symbol = match key {
            Some(Key {
                block: Block::Static,
                offset,
                ..
            }) => self.recorder.symbols.static_at(offset),
            _ => None,
        };
        let owner = match (key, &symbol) {
            (_, Some((_, start))) => Owner::Static(*start),
            (Some(key), None) if !matches!(key.block, Block::Other | Block::Static) => {
                Owner::Block(key.block)
            }
            _ => Owner::Alone(object),
        };
        let next = self.blocks.len() as u64;
        let block = *self.blocks.entry(owner).or_insert(next);
        let offset = match (key, &symbol) {
            (Some(key), Some((_, start))) => key.offset - start,
            (Some(key), None) if key.block != Block::Other => key.offset,
            _ => 0,
        };
        let allocated = self.recorder.allocated.get(&object).cloned();
        let allocated = self.recorder.stack(&allocated.unwrap_or_default());
        self.objects.push(ObjectRecord {
            kind,
            created: self.recorder.created.get(&object).cloned(),
            allocated,
            static_name: symbol.map(|(name, _)| name),
            offset,
            block,
            type_name: self.recorder.types.get(&object).cloned(),
        });
        self.known.insert(object, self.objects.len() - 1);
        Some(self.objects.len() - 1)
    }

    fn ending(&self) -> Ending {
        let index = |thread: usize| self.index(ThreadId(u32::try_from(thread).unwrap_or_default()));
        match self.execution.ending.clone() {
            Ending::ThreadPanicked { thread } => Ending::ThreadPanicked {
                thread: index(thread),
            },
            Ending::Crashed { how, thread } => Ending::Crashed {
                how,
                thread: index(thread),
            },
            // The engine has numbers only: the name is in the announcement.
            Ending::Unmodelled { what } => Ending::Unmodelled {
                what: self.unmodelled().unwrap_or(what),
            },
            other => other,
        }
    }

    fn unmodelled(&self) -> Option<String> {
        let mut all = self.execution.events.iter().chain(&self.execution.pending);
        let event = all.find(|event| event.action == Action::Unmodelled)?;
        let thread = self.recorder.announcements.get(event.thread.index())?;
        thread.get(event.announcement as usize)?.text.clone()
    }
}

/// The values that an event shows as read and written.
fn shown_values(
    performed: &Performed,
    announcement: &Announcement,
) -> (Option<String>, Option<String>) {
    let atomic = |value: Option<u64>| {
        let value = value?;
        let size = performed.operation.width as usize;
        Some(match &announcement.type_name {
            Some(name) => values::show(value.into(), size, name),
            None => value.to_string(),
        })
    };
    match performed.action {
        Action::Load => (atomic(performed.before), None),
        Action::Store => (None, atomic(performed.after)),
        Action::ReadModifyWrite => (atomic(performed.before), atomic(performed.after)),
        Action::CompareExchange => {
            let written = match performed.outcome {
                Outcome::Failed | Outcome::Spurious => None,
                _ => atomic(performed.after),
            };
            (atomic(performed.before), written)
        }
        Action::TryLock | Action::TryReadLock | Action::TryWriteLock
            if performed.outcome == Outcome::Failed =>
        {
            (None, None)
        }
        Action::Lock
        | Action::TryLock
        | Action::ReadLock
        | Action::WriteLock
        | Action::TryReadLock
        | Action::TryWriteLock
        | Action::Reacquire => (announcement.after.clone(), None),
        Action::Unlock | Action::WriteUnlock | Action::Wait => (None, announcement.before.clone()),
        _ => (None, None),
    }
}

fn ordering(performed: &Performed) -> Option<Ordering> {
    let ordered = matches!(
        performed.action,
        Action::Load
            | Action::Store
            | Action::ReadModifyWrite
            | Action::CompareExchange
            | Action::Fence
    );
    ordered.then_some(named(performed.operation.ordering))
}

/// An ordering as traces name it.
pub fn named(ordering: abi::MemoryOrdering) -> Ordering {
    match ordering {
        abi::MemoryOrdering::Relaxed => Ordering::Relaxed,
        abi::MemoryOrdering::Acquire => Ordering::Acquire,
        abi::MemoryOrdering::Release => Ordering::Release,
        abi::MemoryOrdering::AcqRel => Ordering::AcqRel,
        abi::MemoryOrdering::SeqCst => Ordering::SeqCst,
    }
}

/// What an object is, told by an operation on it.
fn kind_of(action: Action) -> Option<ObjectKind> {
    use Action::*;
    Some(match action {
        Load | Store | ReadModifyWrite | CompareExchange | AwaitChange => ObjectKind::Atomic,
        Lock | TryLock | Unlock => ObjectKind::Mutex,
        ReadLock | WriteLock | QueueToWrite | TryReadLock | TryWriteLock | ReadUnlock
        | WriteUnlock => ObjectKind::RwLock,
        Wait | Reacquire | NotifyOne | NotifyAll => ObjectKind::Condvar,
        Arrive | Pass => ObjectKind::Barrier,
        OnceBegin | OnceEnd | OnceGet => ObjectKind::Once,
        Send | TrySend | SendTaken | Receive | TryReceive | ReceiveReady | CloneSender
        | DropSender | DropReceiver => ObjectKind::Channel,
        ChangeCount | LookAtCount => ObjectKind::Arc,
        Park | Unpark | Join | IsFinished | Spawn | End => ObjectKind::Thread,
        ScopeWait | ScopeLeave => ObjectKind::Scope,
        Print | ConsoleLock | ConsoleUnlock => ObjectKind::Console,
        Fence | Yield | SpinHint | Sleep | Panic | Exit | Abort | Unmodelled | Reach => {
            return None;
        }
    })
}

fn shortened(mut text: String) -> String {
    if text.len() > MOST_TEXT {
        let mut end = MOST_TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}
