//! Whether a trace can be believed to be one: everything that it names by a number is there.
//! A trace is read from a file, or from a process that has run a stranger's program; whoever looks things up in it
//! afterwards need not ask again.

use super::{Ending, Event, FORMAT, ThreadRecord, Trace};

impl Trace {
    /// Whether all threads, objects and events that the trace names are in it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let scheduled = self.events.iter().filter(|event| event.scheduled).count();
        let mut events = self.events.iter().enumerate();
        let mut pending = self.pending.iter();
        let mut threads = self.threads.iter().enumerate();
        let mut steps = self.schedule.iter();
        let mut remedy = self.remedy.iter();
        self.format == FORMAT
            && !self.threads.is_empty()
            && threads.all(|(at, record)| self.knows_thread(at, record))
            && events.all(|(at, event)| self.knows(at, event))
            && pending.all(|event| self.knows(self.events.len(), event))
            && steps.all(|step| self.is_thread(step.thread as usize))
            && scheduled <= self.schedule.len()
            && remedy.all(|remedy| remedy.event < self.events.len())
            && self.knows_ending()
    }

    fn is_thread(&self, index: usize) -> bool {
        index < self.threads.len()
    }

    fn is_object(&self, index: usize) -> bool {
        index < self.objects.len()
    }

    /// Whoever spawns a thread is older than it.
    fn knows_thread(&self, at: usize, record: &ThreadRecord) -> bool {
        let events = self.events.len();
        record.parent.is_none_or(|parent| parent < at)
            && record.spawned_by.is_none_or(|event| event < events)
    }

    /// Of an event before which there are `at` others.
    fn knows(&self, at: usize, event: &Event) -> bool {
        let mut stores = event.passed_over.iter().chain(&event.reads_from);
        self.is_thread(event.thread)
            && event.peer.is_none_or(|peer| self.is_thread(peer))
            && event.object.is_none_or(|object| self.is_object(object))
            && event.other.is_none_or(|object| self.is_object(object))
            && stores.all(|&event| event < self.events.len())
            && event.clock.len() <= self.threads.len()
            && event.clock.iter().all(|&count| count as usize <= at + 1)
            && event.place.as_ref().is_none_or(|place| place.line > 0)
            && event.stack.iter().all(|frame| frame.place.line > 0)
    }

    fn knows_ending(&self) -> bool {
        let race = self.race.as_ref().is_none_or(|race| {
            let [first, second] = race.accesses;
            first < second
                && second < self.events.len()
                && self.is_object(race.object)
                && race.on_stack_of.is_none_or(|thread| self.is_thread(thread))
        });
        let ending = match self.ending {
            Ending::ThreadPanicked { thread } | Ending::Crashed { thread, .. } => {
                self.is_thread(thread)
            }
            Ending::DataRace => self.race.is_some(),
            _ => true,
        };
        race && ending
    }
}

#[cfg(test)]
mod tests {
    use crate::trace::{
        Action, Crash, Ending, Event, FORMAT, Memory, Outcome, Place, Race, Step, ThreadEnd,
        ThreadRecord, Trace,
    };

    fn event(action: Action) -> Event {
        Event {
            thread: 0,
            action,
            scheduled: true,
            object: None,
            other: None,
            ordering: None,
            read: None,
            written: None,
            reads_from: None,
            passed_over: Vec::new(),
            outcome: Outcome::Done,
            peer: None,
            text: None,
            stack: Vec::new(),
            place: None,
            clock: vec![1],
        }
    }

    fn whole() -> Trace {
        Trace {
            format: FORMAT,
            entry: "main".into(),
            threads: vec![ThreadRecord {
                name: None,
                parent: None,
                spawned_by: None,
                end: ThreadEnd::Returned,
                joined: false,
            }],
            objects: Vec::new(),
            events: vec![event(Action::Yield)],
            pending: Vec::new(),
            ending: Ending::Completed,
            schedule: vec![Step {
                thread: 0,
                alternative: 0,
            }],
            reached: Vec::new(),
            output: String::new(),
            memory: Memory::Sc,
            race: None,
            remedy: Vec::new(),
        }
    }

    #[test]
    fn what_is_all_there_is_whole() {
        assert!(whole().is_whole());
    }

    #[test]
    fn what_names_something_that_is_not_there_is_not() {
        let changes: &[fn(&mut Trace)] = &[
            |trace| trace.format += 1,
            |trace| trace.threads.clear(),
            |trace| trace.threads[0].parent = Some(0),
            |trace| trace.threads[0].spawned_by = Some(1),
            |trace| trace.events[0].thread = 1,
            |trace| trace.events[0].peer = Some(1),
            |trace| trace.events[0].object = Some(0),
            |trace| trace.events[0].other = Some(0),
            |trace| trace.events[0].reads_from = Some(1),
            |trace| trace.events[0].passed_over = vec![1],
            |trace| trace.events[0].clock = vec![1, 0],
            |trace| trace.events[0].clock = vec![2],
            |trace| {
                trace.events[0].place = Some(Place {
                    file: "a.rs".into(),
                    line: 0,
                    column: 1,
                });
            },
            |trace| {
                trace.pending = vec![event(Action::Lock)];
                trace.pending[0].reads_from = Some(1);
            },
            |trace| trace.schedule[0].thread = 1,
            |trace| trace.schedule.clear(),
            |trace| trace.ending = Ending::ThreadPanicked { thread: 1 },
            |trace| {
                trace.ending = Ending::Crashed {
                    how: Crash::Abort,
                    thread: 1,
                }
            },
            |trace| trace.ending = Ending::DataRace,
            |trace| {
                trace.race = Some(Race {
                    accesses: [0, 0],
                    sizes: [1, 1],
                    object: 0,
                    on_stack_of: None,
                    block_size: None,
                    variable: None,
                });
            },
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut trace = whole();
            change(&mut trace);
            assert!(!trace.is_whole(), "change {number}");
        }
    }
}
