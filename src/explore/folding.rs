//! Whether a waiting step could happen after a given set of events: the state of the one object that it waits
//! for, computed from the events that touched it.

use super::event::Event;
use super::loops::{self, News};
use super::races::Later;
use crate::operation::{Kind, ObjectId};
use crate::trace::{Action, Outcome};

/// Whether the step is one that can have to wait.
#[must_use]
pub fn waits(later: &Later) -> bool {
    match later.pending.action {
        Action::Lock
        | Action::ReadLock
        | Action::WriteLock
        | Action::Reacquire
        | Action::Print
        | Action::ConsoleLock
        | Action::OnceBegin
        | Action::Receive
        | Action::AwaitChange => true,
        Action::OnceGet => later.pending.operation.kind == Kind::OnceWait,
        // Unbounded and rendezvous senders never wait to offer their message.
        Action::Send => later.pending.operation.a > 1,
        Action::Park => !later.own_wake,
        _ => false,
    }
}

/// Whether the step of `later` can happen after `events` (and nothing else).
pub fn enabled_after<'a>(events: impl Iterator<Item = (usize, &'a Event)>, later: &Later) -> bool {
    let operation = &later.pending.operation;
    let object = operation.object;
    match later.pending.action {
        Action::Lock => mutex_is_free(events, object),
        Action::Reacquire => mutex_is_free(events, operation.other),
        Action::ReadLock => {
            let holders = lock_holders(events, object);
            holders.writers == 0 && holders.queue == 0
        }
        Action::WriteLock => {
            let holders = lock_holders(events, object);
            holders.writers == 0 && holders.readers == 0
        }
        Action::Print | Action::ConsoleLock => console_is_free(events, object, later),
        Action::OnceBegin | Action::OnceGet => once_is_settled(events, later),
        Action::Receive => {
            let count = channel(events, object);
            count.waiting > 0 || count.senders == 0
        }
        Action::Send => {
            let count = channel(events, object);
            count.receiver_dropped || count.waiting < operation.a as i64 - 1
        }
        Action::Park => has_token(events, object),
        Action::AwaitChange => {
            let events: Vec<_> = events.collect();
            let past = || events.iter().copied();
            let news = News::awaited(operation, later.footprint);
            past().any(|(k, e)| loops::wakes(k, e, later.thread, &news, past()))
        }
        _ => true,
    }
}

fn mutex_is_free<'a>(events: impl Iterator<Item = (usize, &'a Event)>, mutex: ObjectId) -> bool {
    let mut held = false;
    for (_, event) in events {
        let operation = &event.operation;
        match event.action {
            Action::Lock if operation.object == mutex => held = true,
            Action::TryLock if operation.object == mutex => held |= event.outcome == Outcome::Done,
            Action::Unlock if operation.object == mutex => held = false,
            Action::Wait if operation.other == mutex => held = false,
            Action::Reacquire if operation.other == mutex => held = true,
            _ => {}
        }
    }
    !held
}

/// Who holds an `RwLock`, and how many writers wait for it.
#[derive(Default)]
struct Holders {
    writers: i32,
    readers: i32,
    queue: i32,
}

fn lock_holders<'a>(events: impl Iterator<Item = (usize, &'a Event)>, lock: ObjectId) -> Holders {
    let mut holders = Holders::default();
    for (_, event) in
        events.filter(|(_, e)| e.operation.object == lock && e.outcome == Outcome::Done)
    {
        match event.action {
            Action::ReadLock | Action::TryReadLock => holders.readers += 1,
            Action::ReadUnlock => holders.readers -= 1,
            Action::QueueToWrite => holders.queue += 1,
            Action::WriteLock => {
                holders.writers += 1;
                holders.queue = (holders.queue - 1).max(0);
            }
            Action::TryWriteLock => holders.writers += 1,
            Action::WriteUnlock => holders.writers -= 1,
            _ => {}
        }
    }
    holders
}

fn console_is_free<'a>(
    events: impl Iterator<Item = (usize, &'a Event)>,
    console: ObjectId,
    later: &Later,
) -> bool {
    let mut depth = 0;
    for (_, event) in
        events.filter(|(_, e)| e.operation.object == console && e.thread != later.thread)
    {
        match event.action {
            Action::ConsoleLock => depth += 1,
            Action::ConsoleUnlock => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}

fn once_is_settled<'a>(events: impl Iterator<Item = (usize, &'a Event)>, later: &Later) -> bool {
    let operation = &later.pending.operation;
    let (mut running, mut ended) = (false, false);
    for (_, event) in events.filter(|(_, e)| e.operation.object == operation.object) {
        match event.action {
            Action::OnceBegin if event.outcome == Outcome::Chosen => running = true,
            Action::OnceEnd => {
                running = false;
                ended = event.operation.a == 1 || operation.a == 0;
            }
            _ => {}
        }
    }
    if later.pending.action == Action::OnceBegin {
        !running
    } else {
        ended && !running
    }
}

struct Count {
    waiting: i64,
    senders: i64,
    receiver_dropped: bool,
}

fn channel<'a>(events: impl Iterator<Item = (usize, &'a Event)>, channel: ObjectId) -> Count {
    let mut count = Count {
        waiting: 0,
        senders: 1,
        receiver_dropped: false,
    };
    for (_, event) in events.filter(|(_, e)| e.operation.object == channel) {
        match event.action {
            Action::Send | Action::TrySend if event.outcome == Outcome::Done => count.waiting += 1,
            Action::Receive | Action::TryReceive if event.outcome == Outcome::Done => {
                count.waiting -= 1
            }
            Action::CloneSender => count.senders += 1,
            Action::DropSender => count.senders -= 1,
            Action::DropReceiver => count.receiver_dropped = true,
            _ => {}
        }
    }
    count
}

fn has_token<'a>(events: impl Iterator<Item = (usize, &'a Event)>, token: ObjectId) -> bool {
    let mut there = false;
    for (_, event) in events.filter(|(_, e)| e.operation.object == token) {
        match event.action {
            Action::Unpark => there = true,
            Action::Park => there = false,
            _ => {}
        }
    }
    there
}
