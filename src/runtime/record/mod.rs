//! Writes down what a numbers-only execution leaves out: places, call stacks, values, texts. Only while a
//! schedule is replayed for its report.

mod race;
mod writer;

use rustc_hash::FxHashMap;
use threadlings_std::abi::{self, Kind};

use super::accesses;
use super::allocations;
use super::faults::Calls;
use super::plugin::{Fatal, Plugin, text};
use super::source::Source;
use super::symbols::Symbols;
use super::threads::{Suspension, saved_frame};
use super::values;
use crate::execution::Execution;
use crate::explore::remedy::Strengthened;
use crate::operation::{ObjectId, Operation, ThreadId};
use crate::trace::{Frame, Place, Trace};
use writer::Writer;

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

    /// The same for the calls of an access to memory, the first of which is the access itself.
    pub fn stack_of_access(&mut self, addresses: &[u64]) -> Vec<Frame> {
        let Some((access, calls)) = addresses.split_first() else {
            return Vec::new();
        };
        let mut frames = self.symbols.frames_of_access(*access);
        frames.extend(self.stack(calls));
        frames
    }
}

impl Plugin {
    /// Switches recording on, for a program compiled from `sources` (as the compiler was given them).
    pub fn record(&mut self, sources: &[Source]) {
        self.recorder = Some(Recorder::new(Symbols::of(&self.path, sources.to_vec())));
        allocations::want();
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
        let calls = Calls::new(frame(suspension), self.threads.stack(thread.index()))
            .filter_map(|address| self.layout.offset(address))
            .collect();
        let counts = matches!(operation.kind, Kind::CountChange | Kind::CountLook);
        let created = [announced.object, announced.other].map(|object| {
            (!object.is_null() && operation.address == 0 && !counts)
                // SAFETY: an object that is no atomic, nor the counts of an `Arc`, begins with its `Identity`.
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

    /// The calls that are active on the stack of a suspended thread, innermost first, each with its frame.
    fn suspended_calls(&self, thread: usize) -> Option<impl Iterator<Item = (usize, usize)>> {
        let mut calls = Calls::new(
            frame(self.threads.suspension(thread)?),
            self.threads.stack(thread),
        );
        Some(std::iter::from_fn(move || {
            let call = calls.next()?;
            Some((call, calls.frame()))
        }))
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
        let source = self.recorder.as_ref()?.symbols.own(&file)?;
        Some(Place {
            file: source.path.clone(),
            line: site.line,
            column: source.from_location(site.line, site.column),
        })
    }

    /// In the next execution, notes the calls of the two accesses that raced in the last one.
    pub fn want_race(&self) {
        let sides = self
            .raced
            .iter()
            .flat_map(|raced| [raced.first, raced.second]);
        let accesses: Vec<_> = sides.map(|side| side.which).collect();
        accesses::with(|watcher| watcher.want(&accesses));
    }

    /// The execution that was just replayed with recording on, in full; `remedy` are the orderings that rule it out.
    pub fn trace(&mut self, execution: &Execution, remedy: &[Strengthened]) -> Trace {
        let mut recorder = self
            .recorder
            .take()
            .unwrap_or_else(|| Recorder::new(Symbols::of(&self.path, Vec::new())));
        let trace = Writer::new(self, &mut recorder, execution).write(remedy);
        self.recorder = Some(recorder);
        trace
    }
}

/// The frame from which a suspended thread has announced its operation.
fn frame(suspension: Suspension) -> usize {
    // SAFETY: the thread is suspended in `perform`, to which it passed this operation.
    let announced = unsafe { (*suspension.operation).frame };
    if announced.is_null() {
        saved_frame(suspension)
    } else {
        announced as usize
    }
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
