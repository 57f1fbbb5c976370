//! Builds traces by hand: each event names its thread, what it does, to what, and where in the source.

use threadlings::explanation::{Answer, Report, Search, Subject, report};
use threadlings::names::Sources;
use threadlings::trace::{
    Action, Ending, Event, FORMAT, Frame, Memory, ObjectKind, ObjectRecord, Ordering, Outcome,
    Place, Step, ThreadEnd, ThreadRecord, Trace,
};

pub const FILE: &str = "program.rs";

/// A trace in the making.
pub struct Build {
    pub trace: Trace,
    text: String,
}

impl Build {
    /// The source, and how many threads there are; thread 0 is `main`.
    pub fn new(text: &str, threads: usize) -> Self {
        let record = |at: usize| ThreadRecord {
            name: None,
            parent: (at > 0).then_some(0),
            spawned_by: None,
            end: ThreadEnd::Returned,
            joined: false,
        };
        Build {
            trace: Trace {
                format: FORMAT,
                entry: "main".into(),
                threads: (0..threads).map(record).collect(),
                objects: Vec::new(),
                events: Vec::new(),
                pending: Vec::new(),
                ending: Ending::Completed,
                schedule: Vec::new(),
                reached: Vec::new(),
                output: String::new(),
                memory: Memory::Sc,
                race: None,
                remedy: Vec::new(),
            },
            text: text.into(),
        }
    }

    /// An object made at `pattern` (empty: unknown).
    pub fn object(&mut self, kind: ObjectKind, pattern: &str) -> usize {
        let offset = self.trace.objects.len() as u64 * 8;
        self.trace.objects.push(ObjectRecord {
            kind,
            created: (!pattern.is_empty()).then(|| self.place(pattern)),
            allocated: Vec::new(),
            static_name: None,
            offset,
            block: 1,
            type_name: None,
        });
        self.trace.objects.len() - 1
    }

    /// The place marked with `@` in a piece of the source.
    pub fn place(&self, pattern: &str) -> Place {
        let plain = pattern.replace('@', "");
        let at = self
            .text
            .find(&plain)
            .unwrap_or_else(|| panic!("{plain} is in the source"));
        let at = at + pattern.find('@').unwrap_or(0);
        let line = self.text[..at].matches('\n').count();
        let begin = self.text[..at].rfind('\n').map_or(0, |at| at + 1);
        Place {
            file: FILE.into(),
            line: line as u32 + 1,
            column: self.text[begin..at].chars().count() as u32 + 1,
        }
    }

    /// An event without a clock.
    pub fn make(
        &self,
        thread: usize,
        action: Action,
        object: Option<usize>,
        pattern: &str,
    ) -> Event {
        let place = (!pattern.is_empty()).then(|| self.place(pattern));
        let stack = place.iter().map(|place| Frame {
            function: "main".into(),
            place: Place {
                column: 0,
                ..place.clone()
            },
        });
        Event {
            thread,
            action,
            scheduled: !matches!(action, Action::Spawn | Action::Panic | Action::End),
            object,
            other: None,
            ordering: None,
            read: None,
            written: None,
            reads_from: None,
            passed_over: Vec::new(),
            outcome: Outcome::Done,
            peer: None,
            text: None,
            stack: stack.collect(),
            place: place.filter(|_| !pattern.starts_with("drop:")),
            clock: Vec::new(),
        }
    }

    /// Adds an event; `edit` completes it.
    pub fn event(
        &mut self,
        thread: usize,
        action: Action,
        object: impl Into<Option<usize>>,
        pattern: &str,
        edit: impl FnOnce(&mut Event),
    ) -> &mut Self {
        let mut event = self.make(thread, action, object.into(), pattern);
        edit(&mut event);
        event.clock = self.clock(&event);
        let at = self.trace.events.len();
        if let (Action::Spawn, Some(peer)) = (action, event.peer) {
            self.trace.threads[peer].spawned_by = Some(at);
        }
        if let (Action::Join, Some(peer)) = (action, event.peer) {
            self.trace.threads[peer].joined = true;
        }
        if event.scheduled {
            self.trace.schedule.push(Step {
                thread: thread as u32,
                alternative: 0,
            });
        }
        self.trace.events.push(event);
        self
    }

    /// Everything conflicts on an object, but two loads.
    fn clock(&self, event: &Event) -> Vec<u32> {
        let mut clock = vec![0; self.trace.threads.len()];
        for earlier in &self.trace.events {
            let same = |object: Option<usize>| {
                object.is_some() && [event.object, event.other].contains(&object)
            };
            let loads = earlier.action == Action::Load && event.action == Action::Load;
            let touches = (same(earlier.object) || same(earlier.other)) && !loads;
            let spawns = earlier.action == Action::Spawn && earlier.peer == Some(event.thread);
            let joins = event.action == Action::Join && event.peer == Some(earlier.thread);
            if earlier.thread == event.thread || touches || spawns || joins {
                for (own, theirs) in clock.iter_mut().zip(&earlier.clock) {
                    *own = (*own).max(*theirs);
                }
            }
        }
        clock[event.thread] += 1;
        clock
    }

    /// A spawn of `peer`.
    pub fn spawn(&mut self, peer: usize, pattern: &str) -> &mut Self {
        self.event(0, Action::Spawn, None, pattern, |e| e.peer = Some(peer))
    }

    /// What a blocked thread waits for.
    pub fn blocked(
        &mut self,
        thread: usize,
        action: Action,
        object: impl Into<Option<usize>>,
        pattern: &str,
        edit: impl FnOnce(&mut Event),
    ) -> &mut Self {
        self.trace.threads[thread].end = ThreadEnd::Blocked;
        self.next(thread, action, object, pattern, edit)
    }

    /// What a thread that was cut off would have done next.
    pub fn cut_off(
        &mut self,
        thread: usize,
        action: Action,
        object: usize,
        pattern: &str,
    ) -> &mut Self {
        self.trace.threads[thread].end = ThreadEnd::CutOff;
        self.next(thread, action, object, pattern, |_| ())
    }

    fn next(
        &mut self,
        thread: usize,
        action: Action,
        object: impl Into<Option<usize>>,
        pattern: &str,
        edit: impl FnOnce(&mut Event),
    ) -> &mut Self {
        let mut event = self.make(thread, action, object.into(), pattern);
        edit(&mut event);
        event.clock = self.clock(&event);
        self.trace.pending.push(event);
        self
    }

    /// A load or store under C11: `value` is what it reads or writes, `passed` the stores that it does not see.
    pub fn access(
        &mut self,
        thread: usize,
        object: usize,
        pattern: &str,
        value: impl ToString,
        from: Option<usize>,
        passed: &[usize],
    ) -> usize {
        self.trace.memory = Memory::C11;
        let action = match pattern {
            _ if pattern.contains("@store(") => Action::Store,
            _ if pattern.contains("@load(") => Action::Load,
            _ => Action::CompareExchange,
        };
        let line = &self.text[self.text.find(&pattern.replace('@', "")).unwrap_or(0)..];
        let call = &line[..line.find('\n').unwrap_or(line.len())];
        let (words, value) = (call.to_string(), value.to_string());
        self.event(thread, action, object, pattern, |event| {
            event.ordering = ordering(&words);
            event.reads_from = from;
            event.passed_over = passed.to_vec();
            match (action, value.split_once(" to ")) {
                (Action::Load, _) => event.read = Some(value),
                (_, Some((read, written))) => values(read, written)(event),
                _ => event.written = Some(value),
            }
        });
        self.trace.events.len() - 1
    }

    /// A panic of a thread, and how the execution ends.
    pub fn fails(&mut self, thread: usize, pattern: &str, message: &str) -> &mut Self {
        self.event(thread, Action::Panic, None, pattern, |e| {
            e.text = Some(message.into())
        });
        self.trace.threads[thread].end = ThreadEnd::Panicked;
        self.trace.ending = if thread == 0 {
            Ending::MainFailed
        } else {
            Ending::ThreadPanicked { thread }
        };
        self
    }

    pub fn sources(&self) -> Sources {
        Sources::new([(FILE.to_string(), self.text.clone())])
    }

    /// The report, as a search that found this trace makes it.
    pub fn report(&self) -> Report {
        let subject = Subject {
            path: FILE.into(),
            exercise: None,
        };
        let search = Search {
            engine: "own".into(),
            strategy: "dpor".into(),
            memory: match self.trace.memory {
                Memory::Sc => "sc".into(),
                Memory::C11 => "c11".into(),
            },
            interleavings: 3,
            complete: false,
            truncated_by: None,
            elapsed_ms: 4,
            weaker_orderings: false,
            spurious: false,
            sequential: None,
            ..Search::default()
        };
        let sources = self.sources();
        let answer = Answer::Failed {
            trace: &self.trace,
            sources: &sources,
            replay: Some(".threadlings/traces/3f9c.json".into()),
        };
        report(subject, answer, Some(search))
    }
}

/// The ordering that stands first in a piece of source.
fn ordering(text: &str) -> Option<Ordering> {
    let all = [
        ("Relaxed", Ordering::Relaxed),
        ("Acquire", Ordering::Acquire),
        ("Release", Ordering::Release),
        ("AcqRel", Ordering::AcqRel),
        ("SeqCst", Ordering::SeqCst),
    ];
    let found = all
        .iter()
        .filter_map(|(name, ordering)| Some((text.find(name)?, *ordering)));
    found
        .min_by_key(|(at, _)| *at)
        .map(|(_, ordering)| ordering)
}

/// Completes an atomic's event with the values before and after.
pub fn values(read: impl ToString, written: impl ToString) -> impl FnOnce(&mut Event) {
    move |event| {
        let shown = |text: String| (!text.is_empty()).then_some(text);
        event.read = shown(read.to_string());
        event.written = shown(written.to_string());
    }
}

/// Completes the event of a spawn, join, unpark or notify.
pub fn peer(thread: usize) -> impl FnOnce(&mut Event) {
    move |event| event.peer = Some(thread)
}
