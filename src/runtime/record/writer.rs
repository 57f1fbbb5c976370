//! Builds a trace: what the explorer knows of an execution, with what was written down while it was replayed.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::super::identity::{Block, Key};
use super::super::plugin::Plugin;
use super::super::values;
use super::{Announcement, Recorder};
use crate::execution::{Execution, Performed};
use crate::explore::remedy::{Strengthened, wanted};
use crate::operation::{MemoryOrdering, ObjectId, ThreadId};
use crate::trace::{
    Action, Ending, Event, FORMAT, ObjectKind, ObjectRecord, Ordering, Outcome, Strengthening,
    ThreadRecord, Trace,
};

/// Builds one trace.
pub(super) struct Writer<'a> {
    pub(super) plugin: &'a Plugin,
    pub(super) recorder: &'a mut Recorder,
    pub(super) execution: &'a Execution,
    /// The explorer's numbers, in order of creation.
    threads: Vec<ThreadId>,
    objects: Vec<ObjectRecord>,
    known: FxHashMap<ObjectId, usize>,
    pub(super) blocks: HashMap<Owner, u64>,
}

/// What shares one number of [`ObjectRecord::block`].
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Static(u64),
    Block(Block),
    Alone(ObjectId),
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        plugin: &'a Plugin,
        recorder: &'a mut Recorder,
        execution: &'a Execution,
    ) -> Self {
        Writer {
            plugin,
            recorder,
            execution,
            threads: execution.threads.iter().map(|thread| thread.id).collect(),
            objects: Vec::new(),
            known: FxHashMap::default(),
            blocks: HashMap::new(),
        }
    }

    pub(super) fn write(&mut self, remedy: &[Strengthened]) -> Trace {
        let execution = self.execution;
        let events: Vec<Event> = execution.events.iter().map(|e| self.event(e)).collect();
        let pending = execution.pending.iter().map(|e| self.event(e)).collect();
        let threads = (0..self.threads.len()).map(|n| self.thread(n, &events));
        let mut trace = Trace {
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
            race: None,
            remedy: self.remedy(remedy),
        };
        self.add_race(&mut trace);
        trace
    }

    fn remedy(&self, remedy: &[Strengthened]) -> Vec<Strengthening> {
        let events = &self.execution.events;
        let places = remedy.iter().filter_map(|place| {
            let at_the_place = |e: &Performed| e.operation.site == place.site;
            let event = events.iter().position(at_the_place)?;
            let ordering = wanted(&events[event].operation, place.ordering);
            Some(Strengthening {
                event,
                ordering: named(ordering),
            })
        });
        places.collect()
    }

    pub(super) fn index(&self, thread: ThreadId) -> usize {
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
fn named(ordering: MemoryOrdering) -> Ordering {
    match ordering {
        MemoryOrdering::Relaxed => Ordering::Relaxed,
        MemoryOrdering::Acquire => Ordering::Acquire,
        MemoryOrdering::Release => Ordering::Release,
        MemoryOrdering::AcqRel => Ordering::AcqRel,
        MemoryOrdering::SeqCst => Ordering::SeqCst,
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
        Read | Write | Free => ObjectKind::Memory,
        Fence | Yield | SpinHint | Sleep | Panic | Exit | Abort | Unmodelled | Reach => {
            return None;
        }
    })
}
