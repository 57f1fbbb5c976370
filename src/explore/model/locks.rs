//! `Mutex`, `RwLock`, and the lock of a standard stream.

use super::{Effect, Object};
use crate::operation::{Reply, ThreadId};
use crate::trace::{Action, Outcome};

/// Who holds it.
#[derive(Debug, Default)]
pub struct Mutex {
    pub owner: Option<ThreadId>,
}

/// Either one writer or any number of readers; a thread that reads twice is there twice.
#[derive(Debug, Default)]
pub struct RwLock {
    pub writer: Option<ThreadId>,
    pub readers: Vec<ThreadId>,
    /// Writers that wait, where these keep readers out.
    pub queue: u32,
}

/// A re-entrant lock.
#[derive(Debug, Default)]
pub struct Console {
    pub owner: Option<ThreadId>,
    pub depth: u32,
}

impl RwLock {
    /// Whether nobody can begin to read.
    fn is_closed_to_readers(&self) -> bool {
        self.writer.is_some() || self.queue > 0
    }
}

pub(super) fn mutex_is_free(object: &Object) -> bool {
    !matches!(object, Object::Mutex(Mutex { owner: Some(_) }))
}

pub(super) fn readable(object: &Object) -> bool {
    match object {
        Object::RwLock(lock) => !lock.is_closed_to_readers(),
        _ => true,
    }
}

pub(super) fn writable(object: &Object) -> bool {
    match object {
        Object::RwLock(lock) => lock.writer.is_none() && lock.readers.is_empty(),
        _ => true,
    }
}

pub(super) fn console_is_free(object: &Object, thread: ThreadId) -> bool {
    match object {
        Object::Console(Console {
            owner: Some(owner), ..
        }) => *owner == thread,
        _ => true,
    }
}

pub(super) fn perform_mutex(mutex: &mut Mutex, action: Action, thread: ThreadId) -> Effect {
    match action {
        Action::Unlock => {
            mutex.owner = None;
            changed(true)
        }
        Action::TryLock if mutex.owner.is_some() => changed(false),
        _ => {
            mutex.owner = Some(thread);
            changed(true)
        }
    }
}

pub(super) fn perform_rwlock(lock: &mut RwLock, action: Action, thread: ThreadId) -> Effect {
    match action {
        Action::ReadUnlock => {
            if let Some(index) = lock.readers.iter().position(|&t| t == thread) {
                lock.readers.swap_remove(index);
            }
        }
        Action::WriteUnlock => lock.writer = None,
        Action::TryReadLock if lock.is_closed_to_readers() => return changed(false),
        Action::QueueToWrite => {
            lock.queue += 1;
            return Effect {
                next: Some(Action::WriteLock),
                ..changed(true)
            };
        }
        Action::TryWriteLock if lock.writer.is_some() || !lock.readers.is_empty() => {
            return changed(false);
        }
        Action::ReadLock | Action::TryReadLock => lock.readers.push(thread),
        _ => {
            lock.queue = lock
                .queue
                .saturating_sub(u32::from(action == Action::WriteLock));
            lock.writer = Some(thread);
        }
    }
    changed(true)
}

pub(super) fn perform_console(console: &mut Console, action: Action, thread: ThreadId) -> Effect {
    if action == Action::ConsoleLock {
        console.owner = Some(thread);
        console.depth += 1;
    } else {
        console.depth = console.depth.saturating_sub(1);
        if console.depth == 0 {
            console.owner = None;
        }
    }
    changed(true)
}

/// A step that succeeded and changed the lock, or a `try_` that did not succeed.
fn changed(changed: bool) -> Effect {
    let outcome = if changed {
        Outcome::Done
    } else {
        Outcome::Failed
    };
    Effect {
        reply: Reply {
            value: 0,
            flag: u64::from(changed),
        },
        outcome,
        changed,
        ..Effect::default()
    }
}
