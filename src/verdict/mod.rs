//! The verdict on one execution: which bug, if any, its events show.
//!
//! Every class is one file under `classes/` with its row in [`ALL`]. The class follows from the events and the
//! state they leave, never from the text of a panic; the source is asked only whether the place of a panic is
//! an assertion, and how a value that is written was computed.

pub mod atomicity;
mod classes;
pub mod failure;
mod phrase;
pub mod state;
mod unhandled;
mod weak;

pub use classes::{ALL, by_code, by_name, waiting_phrase};
pub use phrase::{is_shown, phrase};
pub use unhandled::surprise;
pub use weak::{Weak, newest, stale};

use std::cell::OnceCell;
use std::path::Path;

use crate::names::{Names, Sources};
use crate::trace::{Event, ObjectKind, ObjectRecord, Place, Trace};
use atomicity::Access;
use failure::Failure;

/// A class of bugs.
#[derive(Debug)]
pub struct Class {
    /// The name of the contract: `lost_update`.
    pub name: &'static str,
    /// The stable code: `TL0201`.
    pub code: &'static str,
    /// What a program lacks that has such a bug.
    pub virtue: Virtue,
    /// The page of `explain`, in Markdown.
    pub page: &'static str,
    /// Finds the bug in an execution. Asked in the order of [`ALL`]; the first that finds something wins.
    recognise: fn(&Case<'_>) -> Option<Finding>,
    /// Says it.
    tell: fn(&Finding, &Telling<'_>) -> Words,
}

/// What a concurrent program has to be (Lamport, "Proving the correctness of multiprocess programs", 1977).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Virtue {
    /// Nothing wrong happens.
    Safety,
    /// Something right happens in the end.
    Liveness,
}

/// A bug found in an execution.
#[derive(Clone, Debug)]
pub struct Bug {
    /// Its class.
    pub class: &'static Class,
    /// What was found.
    pub finding: Finding,
    /// What only weak memory allows, where that is part of it.
    pub weak: Option<Weak>,
}

/// What a class found, by indices of the trace.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// The places that matter, in the order a reader needs.
    pub sites: Vec<Site>,
    /// Numbers that the class keeps for its words; each class says which.
    pub notes: Vec<usize>,
    /// The failure that shows the bug, if one does.
    pub failure: Option<Failure>,
    /// Events beyond those of the sites that a schedule must show.
    pub focus: Vec<usize>,
    /// Nothing explains the failure: a schedule must show all that it depends on.
    pub whole_past: bool,
}

/// A place that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// What happens there.
    pub role: Role,
    /// Who does it.
    pub thread: Option<usize>,
    /// To what.
    pub object: Option<usize>,
    /// When and where.
    pub at: At,
}

/// Where a site is found in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// An event.
    Event(usize),
    /// What a thread was about to do.
    Pending(usize),
    /// The creation of an object.
    Object(usize),
}

/// What happens at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    Acquires,
    Holds,
    Waits,
    Reads,
    Writes,
    Creates,
    Spawns,
    Asserts,
    Panics,
    Notifies,
    Drops,
    Frees,
}

/// What a class looks at.
pub struct Case<'a> {
    /// The execution.
    pub trace: &'a Trace,
    /// The program.
    pub sources: &'a Sources,
    /// What blocked threads wait for.
    pub waits: Vec<state::Waiting>,
    /// The panic or assertion that ended it, if one did.
    pub failure: Option<Failure>,
    /// The accesses to its cells, once somebody has asked for them.
    accesses: OnceCell<Vec<Access>>,
}

/// What a class needs to say it.
pub struct Telling<'a> {
    /// The execution.
    pub trace: &'a Trace,
    /// The program.
    pub sources: &'a Sources,
    /// Its names.
    pub names: &'a Names,
}

/// What a class says. Labels and notes state facts; only `help` advises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// One sentence that stands alone, without a full stop.
    pub title: String,
    /// One for each site, in their order.
    pub labels: Vec<String>,
    /// The missing guarantee.
    pub help: String,
    /// Further facts.
    pub notes: Vec<String>,
}

/// The bug that an execution shows; `None` when it shows none.
#[must_use]
pub fn judge(trace: &Trace, sources: &Sources) -> Option<Bug> {
    let case = Case {
        trace,
        sources,
        waits: state::waits(trace),
        failure: failure::of(trace, sources),
        accesses: OnceCell::new(),
    };
    let weak = weak::cause(&case);
    ALL.iter().find_map(|class| {
        let mut finding = (class.recognise)(&case)?;
        if let Some(weak) = &weak {
            if weak.contradicts(&finding) {
                return None;
            }
            weak.join(&case, &mut finding);
        }
        let weak = weak.clone();
        Some(Bug {
            class,
            finding,
            weak,
        })
    })
}

impl Case<'_> {
    /// Every access to a cell, in the order in which they take effect.
    #[must_use]
    pub fn accesses(&self) -> &[Access] {
        self.accesses
            .get_or_init(|| atomicity::accesses(self.trace, self.sources))
    }
}

impl Bug {
    /// The bug in words.
    #[must_use]
    pub fn tell(&self, telling: &Telling<'_>) -> Words {
        let words = (self.class.tell)(&self.finding, telling);
        match &self.weak {
            Some(weak) => weak::told(weak, &self.finding, words, telling),
            None => words,
        }
    }
}

impl At {
    /// The event or pending operation.
    #[must_use]
    pub fn event(self, trace: &Trace) -> Option<&Event> {
        match self {
            At::Event(at) => trace.events.get(at),
            At::Pending(at) => trace.pending.get(at),
            At::Object(_) => None,
        }
    }

    /// Where it stands in the source.
    #[must_use]
    pub fn place(self, trace: &Trace) -> Option<Place> {
        match self {
            At::Object(at) => made(trace.objects.get(at)?),
            _ => place_of(self.event(trace)?),
        }
    }
}

/// Where an object is made: memory by the call that allocates it.
fn made(object: &ObjectRecord) -> Option<Place> {
    let allocated = object.allocated.first();
    let allocated = allocated.filter(|_| object.kind == ObjectKind::Memory);
    let created = object.created.clone();
    created.or_else(|| allocated.map(|frame| frame.place.clone()))
}

/// Where an event stands: its call, or the line its thread was at. A place in the standard library is none: what
/// counts is the program's own line that led there.
#[must_use]
pub fn place_of(event: &Event) -> Option<Place> {
    event
        .place
        .clone()
        .filter(|place| !place.file.starts_with("/rustc/"))
        .or_else(|| event.stack.first().map(|frame| frame.place.clone()))
}

impl Finding {
    /// Adds the site of an event.
    fn event(&mut self, trace: &Trace, role: Role, at: usize) {
        let event = &trace.events[at];
        self.site(role, event, At::Event(at));
    }

    /// Adds the site of a pending operation.
    fn pending(&mut self, trace: &Trace, role: Role, at: usize) {
        let event = &trace.pending[at];
        self.site(role, event, At::Pending(at));
    }

    fn site(&mut self, role: Role, event: &Event, at: At) {
        self.sites.push(Site {
            role,
            thread: Some(event.thread),
            object: event.object,
            at,
        });
    }

    /// Adds where an object is made, once.
    fn created(&mut self, trace: &Trace, object: usize) {
        if made(&trace.objects[object]).is_some()
            && !self.sites.iter().any(|site| site.at == At::Object(object))
        {
            self.sites.push(Site {
                role: Role::Creates,
                thread: None,
                object: Some(object),
                at: At::Object(object),
            });
        }
    }
}

impl Telling<'_> {
    /// A thread's name in back-quotes.
    #[must_use]
    pub fn thread(&self, thread: usize) -> String {
        format!("`{}`", self.names.thread(thread))
    }

    /// An object's name in back-quotes.
    #[must_use]
    pub fn object(&self, object: usize) -> String {
        format!("`{}`", self.names.object(object))
    }

    /// "line 7", with the name of the file where that is not the program's first one.
    #[must_use]
    pub fn line(&self, place: &Place) -> String {
        let first = self.sources.files().first();
        if first.is_none_or(|first| first.path == place.file) {
            return format!("line {}", place.line);
        }
        let name = Path::new(&place.file).file_name().unwrap_or_default();
        format!("line {} of {}", place.line, name.display())
    }

    /// `a`, `b` and `c`.
    #[must_use]
    pub fn list(&self, words: &[String]) -> String {
        match words {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}
