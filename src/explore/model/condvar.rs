//! `Condvar`: a queue of waiters. What a wait does to its mutex is in the parent module.

use super::Object;
use crate::operation::ThreadId;
use crate::trace::Action;

/// Who waits, in order of arrival.
#[derive(Debug, Default)]
pub struct Condvar {
    pub waiters: Vec<ThreadId>,
}

pub(super) fn waiting(object: &Object) -> usize {
    match object {
        Object::Condvar(condvar) => condvar.waiters.len(),
        _ => 0,
    }
}

/// Removes the waiters that a notification wakes; `alternative` chooses one for `notify_one`.
pub(super) fn take_waiters(
    condvar: &mut Condvar,
    action: Action,
    alternative: u32,
) -> Vec<ThreadId> {
    if action == Action::NotifyAll {
        std::mem::take(&mut condvar.waiters)
    } else if condvar.waiters.is_empty() {
        Vec::new()
    } else {
        vec![condvar.waiters.remove(alternative as usize)]
    }
}
