//! Writes down a data race: its two accesses become events of the trace, and the memory an object.

use super::super::accesses::{self, Seen, Side};
use super::super::allocations;
use super::super::identity::Block;
use super::writer::{Owner, Writer};
use crate::operation::ThreadId;
use crate::trace::{Action, Event, ObjectKind, ObjectRecord, Outcome, Race, Trace};

impl Writer<'_> {
    /// Adds the race that ended the execution, if one did.
    pub(super) fn add_race(&mut self, trace: &mut Trace) -> Option<()> {
        let raced = self.plugin.raced?;
        let sides = [raced.first, raced.second];
        let [first, second] = sides.map(|side| seen(&side));
        let seen = [first?, second?];
        let (memory, on_stack_of, block_size) = self.memory(raced.address);
        trace.objects.push(memory);
        let object = trace.objects.len() - 1;
        let mut race = Race {
            accesses: [0; 2],
            sizes: [0, 1].map(|side| seen[side].size as u64),
            object,
            on_stack_of,
            block_size,
        };
        // The second one is the last that happens: nothing moves when it is added.
        for side in [1, 0] {
            let after = self.last_before(&sides[side]);
            race.accesses[side] = match after {
                Some(event) if sides[side].atomic => event,
                _ => {
                    let access = self.access(trace, &sides[side], &seen[side], object, after);
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
    fn memory(&mut self, address: usize) -> (ObjectRecord, Option<usize>, Option<u64>) {
        let (block, offset) = self.plugin.locate(address);
        let (static_name, owner, offset) = match block {
            Block::Static => match self.recorder.symbols.static_at(offset) {
                Some((name, start)) => (Some(name), Owner::Static(start), offset - start),
                None => (None, Owner::Block(block), offset),
            },
            _ => (None, Owner::Block(block), offset),
        };
        let on_stack_of = match block {
            Block::Stack { thread } => u32::try_from(thread).ok().map(ThreadId),
            _ => None,
        };
        // SAFETY: the program's own look-up, while none of its threads runs.
        let allocation = unsafe { (self.plugin.program.allocation)(address as *const u8) };
        let in_heap = allocation.start != 0;
        let allocated = allocations::calls(allocation.start as usize).into_iter();
        let allocated: Vec<u64> = allocated
            .filter(|_| in_heap)
            .filter_map(|address| self.plugin.layout.offset(address))
            .collect();
        let next = self.blocks.len() as u64;
        let record = ObjectRecord {
            kind: ObjectKind::Memory,
            created: None,
            allocated: self.recorder.stack(&allocated),
            static_name,
            offset,
            block: *self.blocks.entry(owner).or_insert(next),
            type_name: None,
        };
        let on_stack_of = on_stack_of.map(|thread| self.index(thread));
        (record, on_stack_of, in_heap.then_some(allocation.size))
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
