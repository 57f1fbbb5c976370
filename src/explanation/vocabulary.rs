//! The words for operations: their stable name in JSON, and what a row of the table says.

use crate::trace::{Action, Event, Outcome};
use crate::verdict::Telling;

/// The stable name of an operation.
pub(super) fn operation(action: Action) -> &'static str {
    use Action as A;
    match action {
        A::Load => "load",
        A::Store => "store",
        A::ReadModifyWrite => "read_modify_write",
        A::CompareExchange => "compare_exchange",
        A::Fence => "fence",
        A::Lock => "lock",
        A::TryLock => "try_lock",
        A::Unlock => "unlock",
        A::ReadLock => "read_lock",
        A::WriteLock => "write_lock",
        A::TryReadLock => "try_read_lock",
        A::TryWriteLock => "try_write_lock",
        A::ReadUnlock => "read_unlock",
        A::WriteUnlock => "write_unlock",
        A::Wait => "wait",
        A::Reacquire => "reacquire",
        A::NotifyOne => "notify_one",
        A::NotifyAll => "notify_all",
        A::Arrive => "arrive",
        A::Pass => "pass",
        A::OnceBegin => "once_begin",
        A::OnceEnd => "once_end",
        A::OnceGet => "once_get",
        A::Send => "send",
        A::TrySend => "try_send",
        A::SendTaken => "send_taken",
        A::Receive => "receive",
        A::TryReceive => "try_receive",
        A::ReceiveReady => "receive_ready",
        A::CloneSender => "clone_sender",
        A::DropSender => "drop_sender",
        A::DropReceiver => "drop_receiver",
        A::ChangeCount => "change_count",
        A::LookAtCount => "look_at_count",
        A::Park => "park",
        A::Unpark => "unpark",
        A::Spawn => "spawn",
        A::Join => "join",
        A::IsFinished => "is_finished",
        A::ScopeWait => "scope_wait",
        A::ScopeLeave => "scope_leave",
        A::Yield => "yield",
        A::SpinHint => "spin_hint",
        A::Sleep => "sleep",
        A::AwaitChange => "await_change",
        A::Print => "print",
        A::ConsoleLock => "console_lock",
        A::ConsoleUnlock => "console_unlock",
        A::Panic => "panic",
        A::End => "end",
        A::Exit => "exit",
        A::Abort => "abort",
        A::Unmodelled => "unmodelled",
        A::Reach => "reach",
    }
}

/// What an event does, in a few words.
pub(super) fn phrase(say: &Telling<'_>, event: &Event) -> String {
    use Action as A;
    let object = event
        .object
        .map(|object| say.object(object))
        .unwrap_or_default();
    let peer = event
        .peer
        .map(|thread| say.thread(thread))
        .unwrap_or_default();
    let shown = |value: &Option<String>| value.clone().filter(|value| value != "-");
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
        A::ReadModifyWrite => format!(
            "changes {object} from {} to {}",
            read.unwrap_or_default(),
            written.unwrap_or_default()
        ),
        A::CompareExchange if failed => {
            format!(
                "finds {} in {object}, changes nothing",
                read.unwrap_or_default()
            )
        }
        A::CompareExchange => format!(
            "changes {object} from {} to {}",
            read.unwrap_or_default(),
            written.unwrap_or_default()
        ),
        A::Fence => "fence".into(),
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
                Outcome::TimedOut => "its time is over",
                Outcome::Spurious => "wakes without a notification",
                _ => "is woken",
            };
            let lock = event
                .other
                .map(|lock| format!(", holds {} again", say.object(lock)));
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
        A::DropReceiver => format!("drops the receiver of {object}"),
        A::ChangeCount if event.place.is_none() => format!("drops a reference to {object}"),
        A::ChangeCount => format!("makes another reference to {object}"),
        A::LookAtCount => format!("looks at the number of references to {object}"),
        A::Park => "takes its token".into(),
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
        A::Exit => "exits".into(),
        A::Abort => "aborts".into(),
        A::Unmodelled => format!("uses {}", event.text.as_deref().unwrap_or("")),
        A::Reach => format!("reaches {}", event.text.as_deref().unwrap_or("")),
    }
}
