//! Writes down a data race: its two accesses become events of the trace, and the memory an object.

use std::fs;
use std::ops::Range;

use threadlings_std::abi::Allocation;

use super::super::accesses::{self, Seen, Side};
use super::super::identity::Block;
use super::super::values::{self, OPAQUE};
use super::super::variables::{self, Active, Debug, Part};
use super::writer::{Owner, Writer};
use crate::operation::ThreadId;
use crate::trace::{Action, Event, ObjectKind, ObjectRecord, Outcome, Race, Trace, Variable};

impl Writer<'_> {
    /// Adds the race that ended the execution, if one did.
    pub(super) fn add_race(&mut self, trace: &mut Trace) -> Option<()> {
        let raced = self.plugin.raced?;
        let sides = [raced.first, raced.second];
        let [first, second] = sides.map(|side| seen(&side));
        let seen = [first?, second?];
        let common = common(&seen);
        let (mut memory, on_stack_of, block_size) = self.memory(common.start, &seen);
        let part = self.part(&common, &seen, &memory);
        memory.type_name = part.as_ref().and_then(|(_, part)| part.type_name.clone());
        let values = match seen.iter().any(|seen| seen.frees) {
            // What is left in a block that was given back is not a value.
            true => <[Values; 2]>::default(),
            false => values(&seen, part.as_ref()),
        };
        trace.objects.push(memory);
        let object = trace.objects.len() - 1;
        let mut race = Race {
            accesses: [0; 2],
            sizes: [0, 1].map(|side| seen[side].size as u64),
            object,
            on_stack_of,
            block_size,
            variable: part.map(|(_, part)| Variable {
                name: part.captured,
                path: part.path,
                member: part.member,
            }),
        };
        // The second one is the last that happens: nothing moves when it is added.
        for side in [1, 0] {
            let after = self.last_before(&sides[side]);
            race.accesses[side] = match after {
                Some(event) if sides[side].atomic => event,
                _ => {
                    let mut access = self.access(trace, &sides[side], &seen[side], object, after);
                    (access.read, access.written) = match access.action {
                        Action::Read => (values[side].before.clone(), None),
                        // The second one is not over yet.
                        Action::Write if side == 0 => (None, values[side].after.clone()),
                        _ => (None, None),
                    };
                    let at = match side {
                        1 => trace.events.len(),
                        _ => latest(trace, access.thread, after, race.accesses[1]),
                    };
                    insert(trace, at, access);
                    race.accesses[1] += usize::from(side == 0 && at <= race.accesses[1]);
                    at
                }
            };
        }
        trace.race = Some(race);
        Some(())
    }

    /// The memory at an address, the thread on whose stack it is, and the size of its block of the heap.
    fn memory(
        &mut self,
        address: usize,
        seen: &[Seen; 2],
    ) -> (ObjectRecord, Option<usize>, Option<u64>) {
        let (block, offset) = self.located(address, seen);
        let (static_name, owner, offset) = match block {
            Block::Static => match self.recorder.symbols.static_at(offset) {
                Some((name, start)) => (Some(name), Owner::Static(start), offset - start),
                None => (None, Owner::Block(block), offset),
            },
            // Nothing but an address.
            Block::Other => (None, Owner::Block(block), 0),
            _ => (None, Owner::Block(block), offset),
        };
        let on_stack_of = match block {
            Block::Stack { thread } => u32::try_from(thread).ok().map(ThreadId),
            _ => None,
        };
        let allocated = self.recorder.stack(&self.allocating(seen));
        let next = self.blocks.len() as u64;
        let record = ObjectRecord {
            kind: ObjectKind::Memory,
            created: None,
            allocated,
            static_name,
            offset,
            block: *self.blocks.entry(owner).or_insert(next),
            type_name: None,
        };
        let on_stack_of = on_stack_of.map(|thread| self.index(thread));
        (record, on_stack_of, held(seen).map(|block| block.size))
    }

    /// The part of a variable in which the bytes in `common` are, and where that variable begins.
    fn part(
        &self,
        common: &Range<usize>,
        seen: &[Seen; 2],
        memory: &ObjectRecord,
    ) -> Option<(usize, Part)> {
        let file = fs::read(&self.plugin.path).ok()?;
        let debug = Debug::read(&file)?;
        let absolute = common.start as u64..common.end as u64;
        let base = self.plugin.layout.base;
        match self.located(common.start, seen).0 {
            Block::Static => {
                let bytes = common.start - base..common.end - base;
                let (start, part) =
                    variables::in_static(&debug, &(bytes.start as u64..bytes.end as u64))?;
                Some((usize::try_from(start).ok()?.checked_add(base)?, part))
            }
            Block::Stack { thread } => {
                let found = self
                    .calls_of(thread, seen)
                    .into_iter()
                    .find_map(|calls| variables::in_frame(&debug, &calls, &absolute));
                let (start, part) = found?;
                Some((usize::try_from(start).ok()?, part))
            }
            Block::Heap { .. } => {
                let block = held(seen)?;
                let bytes = memory.offset..memory.offset + common.len() as u64;
                let calls = self.allocating(seen);
                let part = variables::in_block(&debug, &calls, block.size, &bytes)?;
                let start = usize::try_from(block.start).ok()?;
                Some((start, part))
            }
            Block::Other => None,
        }
    }

    /// The calls that were active on the stack of `thread`: at the second access, or else at the first.
    fn calls_of(&self, thread: u64, seen: &[Seen; 2]) -> Vec<Vec<Active>> {
        let of_access = |seen: &Seen| {
            let calls = seen.calls.iter().zip(&seen.frames);
            calls
                .filter_map(|(&call, &frame)| self.active(call, frame))
                .collect()
        };
        let own = |seen: &&Seen| seen.which.thread as u64 == thread;
        let [first, second] = seen;
        let second_is_own = own(&second);
        let mut all: Vec<Vec<Active>> = Vec::new();
        all.extend(Some(second).filter(own).map(of_access));
        if !second_is_own {
            let number = usize::try_from(thread).unwrap_or(usize::MAX);
            all.extend(self.plugin.suspended_calls(number).map(|calls| {
                calls
                    .filter_map(|(call, frame)| self.active(call, frame))
                    .collect()
            }));
        }
        all.extend(Some(first).filter(own).map(of_access));
        all
    }

    fn active(&self, call: usize, frame: usize) -> Option<Active> {
        let pc = self.plugin.layout.offset(call)?;
        Some(Active {
            pc,
            frame: frame as u64,
        })
    }

    /// Where the memory belongs, or did when it was accessed.
    fn located(&self, address: usize, seen: &[Seen; 2]) -> (Block, u64) {
        match held(seen) {
            Some(block) => {
                let (thread, number) = (block.thread, block.number);
                let offset = (address as u64).saturating_sub(block.start);
                (Block::Heap { thread, number }, offset)
            }
            None => self.plugin.locate(address),
        }
    }

    /// The addresses in the library of the calls that allocated the block of the heap, innermost first.
    fn allocating(&self, seen: &[Seen; 2]) -> Vec<u64> {
        let calls = seen.iter().find(|seen| seen.block.is_some());
        let calls = calls.into_iter().flat_map(|seen| &seen.allocated);
        calls
            .filter_map(|&address| self.plugin.layout.offset(address))
            .collect()
    }

    /// The last event of an access's thread before it; that of an operation of an atomic is the access.
    fn last_before(&self, side: &Side) -> Option<usize> {
        let thread = ThreadId(u32::try_from(side.which.thread).ok()?);
        let nth = (side.events + u32::from(side.atomic)).checked_sub(1)?;
        let events = self.execution.events.iter().enumerate();
        let mut own = events.filter(|(_, event)| event.thread == thread);
        own.nth(nth as usize).map(|(index, _)| index)
    }

    fn access(
        &mut self,
        trace: &Trace,
        side: &Side,
        seen: &Seen,
        object: usize,
        after: Option<usize>,
    ) -> Event {
        let thread = ThreadId(u32::try_from(side.which.thread).unwrap_or_default());
        let thread = self.index(thread);
        let calls = seen.calls.iter();
        let calls: Vec<u64> = calls
            .filter_map(|&address| self.plugin.layout.offset(address))
            .collect();
        let stack = self.recorder.stack_of_access(&calls);
        let known = after.or(trace.threads[thread].spawned_by);
        let mut clock = known.map_or_else(Vec::new, |event| trace.events[event].clock.clone());
        clock.resize(clock.len().max(thread + 1), 0);
        clock[thread] = side.events + 1;
        Event {
            thread,
            action: match (seen.frees, side.write) {
                (true, _) => Action::Free,
                (_, true) => Action::Write,
                (_, false) => Action::Read,
            },
            scheduled: false,
            object: Some(object),
            other: None,
            ordering: None,
            read: None,
            written: None,
            reads_from: None,
            passed_over: Vec::new(),
            outcome: Outcome::Done,
            peer: None,
            text: None,
            place: stack.first().map(|frame| frame.place.clone()),
            stack,
            clock,
        }
    }
}

/// The block of the heap in which the memory is, or was.
fn held(seen: &[Seen; 2]) -> Option<Allocation> {
    seen.iter().find_map(|seen| seen.block)
}

/// The bytes that both touch.
fn common(seen: &[Seen; 2]) -> Range<usize> {
    let start = seen[0].start.max(seen[1].start);
    let ends = [0, 1].map(|side| seen[side].start.saturating_add(seen[side].size));
    start..ends[0].min(ends[1]).max(start)
}

/// A value before and after an access.
#[derive(Clone, Default)]
struct Values {
    before: Option<String>,
    after: Option<String>,
}

/// The values of accesses that touch all of `part`, and nothing else. `part` comes with where its variable begins.
fn values(seen: &[Seen; 2], part: Option<&(usize, Part)>) -> [Values; 2] {
    [0, 1].map(|side| {
        let seen = &seen[side];
        let Some((start, part)) = part else {
            return Values::default();
        };
        let exact = part.bytes.start.checked_add(*start as u64) == Some(seen.start as u64)
            && part.bytes.end - part.bytes.start == seen.size as u64;
        let Some(name) = part.type_name.as_ref().filter(|_| exact) else {
            return Values::default();
        };
        let shown = |bytes: &[u8]| {
            let mut raw = [0; 16];
            raw.get_mut(..bytes.len())?.copy_from_slice(bytes);
            let text = values::show(u128::from_le_bytes(raw), bytes.len(), name);
            (!bytes.is_empty() && text != OPAQUE).then_some(text)
        };
        Values {
            before: shown(&seen.before),
            after: seen.after.as_deref().and_then(shown),
        }
    })
}

/// Where an access goes that comes right after an event of its thread: before the next one, and before `end`. A thread
/// runs through what orders nothing as soon as it can; a reader expects two things that can happen at once to stand together.
fn latest(trace: &Trace, thread: usize, after: Option<usize>, end: usize) -> usize {
    let from = after.or(trace.threads[thread].spawned_by);
    let from = from.map_or(0, |event| event + 1);
    let own = |event: &Event| event.thread == thread;
    let next = trace.events[from..end].iter().position(own);
    next.map_or(end, |next| from + next)
}

fn seen(side: &Side) -> Option<Seen> {
    accesses::with(|watcher| {
        let mut seen = watcher.seen().iter();
        seen.find(|seen| seen.which == side.which).cloned()
    })?
}

/// Adds an event; what names events, or counts those of its thread, goes on to mean the same.
fn insert(trace: &mut Trace, at: usize, event: Event) {
    let thread = event.thread;
    let before = trace.events[..at].iter();
    let before = before.filter(|event| event.thread == thread).count();
    let moved = |index: &mut usize| *index += usize::from(*index >= at);
    for other in trace.events.iter_mut().chain(&mut trace.pending) {
        if let Some(count) = other.clock.get_mut(thread) {
            *count += u32::from(*count as usize > before);
        }
        other.reads_from.iter_mut().for_each(moved);
        other.passed_over.iter_mut().for_each(moved);
    }
    let spawns = trace.threads.iter_mut();
    spawns.for_each(|thread| thread.spawned_by.iter_mut().for_each(moved));
    let remedy = trace.remedy.iter_mut();
    remedy.for_each(|place| moved(&mut place.event));
    trace.events.insert(at, event);
}
