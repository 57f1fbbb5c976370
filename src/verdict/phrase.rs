//! What an event does, in a few words: the rows of the table, and the labels of sites.

use super::{Telling, place_of};
use crate::trace::{Action, Crash, Ending, Event, Outcome, Race};

/// What an event does, in a few words.
#[must_use]
pub fn phrase(say: &Telling<'_>, event: &Event) -> String {
    use Action as A;
    let object = event
        .object
        .map(|object| say.object(object))
        .unwrap_or_default();
    let peer = event
        .peer
        .map(|thread| say.thread(thread))
        .unwrap_or_default();
    let shown = |value: &Option<String>| {
        let value = value.clone().filter(|value| is_shown(value))?;
        Some(if value == "pointer" {
            "a pointer".to_string()
        } else {
            value
        })
    };
    let read = shown(&event.read);
    let written = shown(&event.written);
    let with = |value: &Option<String>| {
        value
            .as_ref()
            .map(|value| format!(" ({value})"))
            .unwrap_or_default()
    };
    let failed = event.outcome == Outcome::Failed || event.outcome == Outcome::Spurious;
    match event.action {
        A::Load => format!(
            "reads {} from {object}",
            read.unwrap_or_else(|| "it".into())
        ),
        A::Store => format!("writes {} to {object}", written.unwrap_or_default()),
        A::ReadModifyWrite | A::CompareExchange
            if !failed
                && event.read.as_deref() == Some("pointer")
                && event.written == event.read =>
        {
            format!("changes {object} from one pointer to another")
        }
        A::ReadModifyWrite => format!(
            "changes {object} from {} to {}",
            read.unwrap_or_default(),
            written.unwrap_or_default()
        ),
        A::CompareExchange if failed => {
            format!(
                "finds {} in {object} and changes nothing",
                read.unwrap_or_default()
            )
        }
        A::CompareExchange => format!(
            "changes {object} from {} to {}",
            read.unwrap_or_default(),
            written.unwrap_or_default()
        ),
        A::QueueToWrite => format!("waits to write {object}: new readers must wait too"),
        A::Fence => event.ordering.map_or_else(
            || "passes a fence".into(),
            |ordering| format!("passes a fence (`{ordering:?}`)"),
        ),
        A::Lock | A::WriteLock => format!("locks {object}{}", with(&read)),
        A::ReadLock => format!("locks {object} for reading{}", with(&read)),
        A::TryLock | A::TryReadLock | A::TryWriteLock if failed => {
            format!("does not get {object}")
        }
        A::TryLock | A::TryReadLock | A::TryWriteLock => format!("gets {object}{}", with(&read)),
        A::Unlock | A::ReadUnlock | A::WriteUnlock => match written {
            Some(value) => format!("unlocks {object}, now {value}"),
            None => format!("unlocks {object}"),
        },
        A::Wait => {
            let lock = event
                .other
                .map(|lock| format!(", releases {}", say.object(lock)));
            format!("waits on {object}{}", lock.unwrap_or_default())
        }
        A::Reacquire => {
            let why = match event.outcome {
                Outcome::TimedOut => "stops waiting, its time is over",
                Outcome::Spurious => "wakes up, though nobody notified it",
                _ => "is woken",
            };
            let lock = event
                .other
                .map(|lock| format!(", and holds {} again", say.object(lock)));
            format!("{why}{}", lock.unwrap_or_default())
        }
        A::NotifyOne | A::NotifyAll if event.peer.is_some() => {
            format!("notifies {object}: wakes {peer}")
        }
        A::NotifyOne => format!("notifies {object}: nobody waits"),
        A::NotifyAll => format!("notifies all of {object}"),
        A::Arrive => format!("arrives at {object}"),
        A::Pass => format!("passes {object}"),
        A::OnceBegin if event.outcome == Outcome::Chosen => {
            format!("begins to initialise {object}")
        }
        A::OnceGet if !is_set(say, event) => format!("finds {object} not set"),
        A::OnceBegin | A::OnceGet => format!("looks at {object}"),
        A::OnceEnd => format!("has initialised {object}"),
        A::Send | A::TrySend => match event.outcome {
            Outcome::Full => format!("finds {object} full"),
            Outcome::Disconnected => format!("finds {object} closed"),
            _ => format!("sends to {object}"),
        },
        A::SendTaken => format!("its message in {object} is taken"),
        A::Receive | A::TryReceive => match event.outcome {
            Outcome::Empty => format!("finds {object} empty"),
            Outcome::Disconnected => format!("finds {object} closed"),
            Outcome::TimedOut => format!("stops waiting for {object}"),
            _ => format!("receives from {object}"),
        },
        A::ReceiveReady => format!("is ready to receive from {object}"),
        A::CloneSender => format!("clones a sender of {object}"),
        A::DropSender => format!("drops a sender of {object}"),
        A::DropReceiver => format!("drops the receiving end of {object}"),
        A::ChangeCount if event.place.is_none() => format!("drops a reference to {object}"),
        A::ChangeCount => format!("makes another reference to {object}"),
        A::LookAtCount => format!("looks at the number of references to {object}"),
        A::Park if event.outcome == Outcome::TimedOut => {
            "stops being parked: its time is over".into()
        }
        A::Park if event.outcome == Outcome::Spurious => {
            "stops being parked, though nobody unparked it".into()
        }
        A::Park => "parks, and takes its token".into(),
        A::Unpark => format!("unparks {peer}"),
        A::Spawn => format!("starts {peer}"),
        A::Join => format!("joins {peer}"),
        A::IsFinished => "asks whether it has ended".into(),
        A::ScopeWait => "all threads of the scope have ended".into(),
        A::ScopeLeave | A::End => "ends".into(),
        A::Yield | A::SpinHint => "gives way".into(),
        A::Sleep => "sleeps".into(),
        A::AwaitChange => "goes round again".into(),
        A::Print => format!(
            "prints {:?}",
            event.text.as_deref().unwrap_or("").trim_end()
        ),
        A::ConsoleLock => format!("locks {object}"),
        A::ConsoleUnlock => format!("unlocks {object}"),
        A::Panic => {
            let text = event.text.as_deref().and_then(|text| text.lines().next());
            format!("panics: {}", text.unwrap_or_default())
        }
        A::Exit => match say.trace.ending {
            Ending::Exited { code } => format!("exits with code {code}"),
            _ => "exits".into(),
        },
        A::Abort => match say.trace.ending {
            Ending::Crashed { how, .. } => died(how).into(),
            _ => "aborts".into(),
        },
        A::Unmodelled => format!("uses {}", event.text.as_deref().unwrap_or("")),
        A::Reach => format!("reaches {}", event.text.as_deref().unwrap_or("")),
        A::Read => {
            let what = match read {
                Some(value) => format!("reads {value} from {object}"),
                None => format!("reads {object}"),
            };
            if changes(say, event) {
                format!("{what} to change it")
            } else {
                what
            }
        }
        A::Write => match (changes(say, event), written) {
            (true, Some(value)) => format!("changes {object} to {value}"),
            (true, None) => format!("changes {object}"),
            (false, Some(value)) => format!("writes {value} to {object}"),
            (false, None) => format!("writes {object}"),
        },
        A::Free => format!(
            "frees {}",
            say.trace
                .race
                .as_ref()
                .map_or(object, |race| freed(say, race))
        ),
    }
}

/// Whether an access to plain memory is half of `COUNTER += 1` or its like, which first reads and then writes.
#[must_use]
pub fn changes(say: &Telling<'_>, event: &Event) -> bool {
    let plain = matches!(event.action, Action::Read | Action::Write);
    plain && place_of(event).is_some_and(|place| say.sources.change(&place).is_some())
}

/// The block of memory that is given back: not only the part of it that another thread uses.
#[must_use]
pub fn freed(say: &Telling<'_>, race: &Race) -> String {
    let name = say.names.object(race.object);
    let path = race.variable.as_ref().map_or("", |variable| &variable.path);
    format!("`{}`", name.strip_suffix(path).unwrap_or(name))
}

/// Whether a cell is initialised when a thread looks at it.
fn is_set(say: &Telling<'_>, look: &Event) -> bool {
    let mut before = say
        .trace
        .events
        .iter()
        .take_while(|event| !std::ptr::eq(*event, look));
    before.any(|event| event.action == Action::OnceEnd && event.object == look.object)
}

/// Whether a value says anything.
#[must_use]
pub fn is_shown(value: &str) -> bool {
    value != "-" && value != "()"
}

fn died(how: Crash) -> &'static str {
    match how {
        Crash::StackOverflow => "uses up its stack",
        Crash::Segfault => "touches memory that is not there",
        Crash::OutOfMemory => "asks for too much memory",
        Crash::EndlessLoop => "runs on and on",
        Crash::Abort => "aborts",
        Crash::Other => "is here when the process ends",
    }
}
