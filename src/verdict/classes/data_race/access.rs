//! One of the two accesses of a data race, in words.

use super::super::super::phrase::{changes, freed};
use super::super::super::{Telling, phrase, place_of};
use crate::trace::{Action, Event, Outcome, Place, Race};

/// Bytes of the largest access that one instruction makes: what is larger is a copy, or a fill.
const LARGE: u64 = 16;

/// One of the two accesses.
pub(super) struct Access<'a> {
    /// Its event.
    pub(super) event: &'a Event,
    /// Its thread, in back-quotes.
    pub(super) who: String,
    /// The memory, in back-quotes.
    pub(super) object: String,
    /// What it does, in a word.
    pub(super) verb: Verb,
    /// Whether it is an operation of an atomic.
    pub(super) is_atomic: bool,
    /// Whether the source calls it a volatile one.
    pub(super) is_volatile: bool,
    /// Bytes.
    pub(super) size: u64,
    what: String,
    inside: String,
}

/// What an access does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Read,
    Write,
    /// Reads and writes.
    Change,
    /// An operation of a lock, or the like, that is in this memory.
    Use,
    Free,
}

impl<'a> Access<'a> {
    /// The first access (0) or the second one (1).
    pub(super) fn of(say: &Telling<'a>, race: &Race, side: usize) -> Access<'a> {
        let at = race.accesses[side];
        let event = &say.trace.events[at];
        let verb = match Verb::of(event) {
            Verb::Read | Verb::Write if changes(say, event) => Verb::Change,
            verb => verb,
        };
        Access {
            event,
            who: say.thread(event.thread),
            object: match verb {
                Verb::Free => freed(say, race),
                _ => say.object(event.object.unwrap_or(race.object)),
            },
            verb,
            is_volatile: is_volatile(say, event),
            is_atomic: matches!(
                event.action,
                Action::Load | Action::Store | Action::ReadModifyWrite | Action::CompareExchange
            ),
            size: race.sizes[side],
            what: phrase(say, event),
            inside: inside(say, event).unwrap_or_default(),
        }
    }

    /// "`filler` writes `BUFFER` (256 bytes)".
    pub(super) fn label(&self, say: &Telling<'_>, other: &Access<'_>) -> String {
        let mut about = Vec::new();
        let is_use = [self.verb, other.verb].contains(&Verb::Use);
        if !is_use && (self.size != other.size || self.size > LARGE) {
            about.push(bytes(self.size));
        }
        if self.is_mixed(other) {
            let not = if self.is_atomic { "" } else { "not " };
            about.push(format!("{not}atomic"));
        }
        if let Some(call) = self.called_in(other) {
            about.push(format!("called in {}", say.line(call)));
        }
        let about = match about.join(", ") {
            none if none.is_empty() => none,
            some => format!(" ({some})"),
        };
        format!("{} {}{}{about}", self.who, self.what, self.inside)
    }

    /// Whether one of the two is atomic, and the other one uses the same memory without.
    pub(super) fn is_mixed(&self, other: &Access<'_>) -> bool {
        let frees = [self.verb, other.verb].contains(&Verb::Free);
        self.is_atomic != other.is_atomic && !frees
    }

    /// The line of the call that led here, where the other access is in the same function, called elsewhere.
    fn called_in(&self, other: &Access<'_>) -> Option<&Place> {
        let (own, theirs) = (&self.event.stack, &other.event.stack);
        let (here, there, call) = (own.first()?, theirs.first()?, own.get(1)?);
        let shared = here.function == there.function && !here.function.ends_with("{closure}");
        let is_here = call.place.file == here.place.file && call.place.line == here.place.line;
        let is_told = is_here || Some(call) == theirs.get(1);
        (shared && !is_told).then_some(&call.place)
    }
}

impl Verb {
    /// What an event does to memory.
    pub(super) fn of(event: &Event) -> Verb {
        match event.action {
            Action::Free => Verb::Free,
            Action::Read | Action::Load => Verb::Read,
            Action::CompareExchange if event.outcome != Outcome::Done => Verb::Read,
            Action::ReadModifyWrite | Action::CompareExchange => Verb::Change,
            Action::Store | Action::Write => Verb::Write,
            _ => Verb::Use,
        }
    }

    /// What one thread does.
    pub(super) fn name(self) -> &'static str {
        match self {
            Verb::Read => "reads",
            Verb::Write => "writes",
            Verb::Change => "changes",
            Verb::Use => "uses",
            Verb::Free => "frees",
        }
    }

    /// What two threads do.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Verb::Read => "read",
            Verb::Write => "write",
            Verb::Change => "change",
            Verb::Use => "use",
            Verb::Free => "free",
        }
    }
}

/// "16 bytes".
pub(super) fn bytes(size: u64) -> String {
    let plural = if size == 1 { "" } else { "s" };
    format!("{size} byte{plural}")
}

fn is_volatile(say: &Telling<'_>, event: &Event) -> bool {
    let call = place_of(event).and_then(|place| say.sources.call(&place));
    call.is_some_and(|call| matches!(&*call.name, "read_volatile" | "write_volatile"))
}

/// The function of somebody else in which the access happens, where that does not say what it does.
fn inside(say: &Telling<'_>, event: &Event) -> Option<String> {
    if !matches!(event.action, Action::Read | Action::Write) {
        return None;
    }
    let call = place_of(event).and_then(|place| say.sources.call(&place))?;
    let says = ["read", "write", "copy", "new"];
    let says = says.iter().any(|word| call.name.starts_with(word));
    (!says && !call.name.starts_with(char::is_uppercase)).then(|| format!(", in `{}`", call.name))
}
