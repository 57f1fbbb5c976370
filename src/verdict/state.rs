//! Who holds what and who waits for whom: derived once from the events, used by every class and by the report.

use std::collections::BTreeMap;

use crate::trace::{Action, Event, ObjectKind, Outcome, ThreadEnd, Trace};

/// A lock in somebody's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub thread: usize,
    /// Which lock.
    pub object: usize,
    /// The event that took it.
    pub since: usize,
}

/// A critical section: from an acquisition to its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Who.
    pub thread: usize,
    /// Which lock.
    pub object: usize,
    /// The acquiring event.
    pub from: usize,
    /// The releasing event; `None` when it is held to the end.
    pub to: Option<usize>,
    /// A read lock.
    pub shared: bool,
}

/// What a blocked thread waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Who.
    pub thread: usize,
    /// Its index in [`Trace::pending`].
    pub pending: usize,
    /// For what.
    pub reason: Reason,
    /// The threads that could end the wait but do not.
    pub on: Vec<usize>,
}

/// Why a thread waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A lock, or an initialiser that another thread runs.
    Lock,
    /// To be woken by a condvar.
    Notification,
    /// A token.
    Unpark,
    /// A message.
    Message,
    /// Room in a channel, or a receiver.
    Room,
    /// The end of a thread, or of all threads of a scope.
    End,
    /// The other parties of a barrier.
    Barrier,
    /// A change of something it reads in a loop.
    Change,
}

/// The lock that an event takes, if it does.
#[must_use]
pub fn acquires(event: &Event) -> Option<usize> {
    use Action::{
        Lock, OnceBegin, Reacquire, ReadLock, TryLock, TryReadLock, TryWriteLock, WriteLock,
    };
    match event.action {
        Lock | ReadLock | WriteLock => event.object,
        TryLock | TryReadLock | TryWriteLock if event.outcome != Outcome::Failed => event.object,
        Reacquire => event.other.or(event.object),
        OnceBegin if event.outcome == Outcome::Chosen => event.object,
        _ => None,
    }
}

/// The lock that an event gives back, if it does.
#[must_use]
pub fn releases(event: &Event) -> Option<usize> {
    match event.action {
        Action::Unlock | Action::ReadUnlock | Action::WriteUnlock | Action::OnceEnd => event.object,
        Action::Wait => event.other,
        _ => None,
    }
}

/// The locks held after the first `upto` events, in the order they were taken.
#[must_use]
pub fn holdings(trace: &Trace, upto: usize) -> Vec<Holding> {
    let mut held: Vec<Holding> = Vec::new();
    for (at, event) in trace.events.iter().enumerate().take(upto) {
        if let Some(object) = releases(event) {
            let last = held
                .iter()
                .rposition(|h| h.object == object && h.thread == event.thread);
            // A guard may be dropped by a thread other than the one that took the lock (scoped borrow, `Once`).
            let last = last.or_else(|| held.iter().rposition(|h| h.object == object));
            if let Some(last) = last {
                held.remove(last);
            }
        }
        if let Some(object) = acquires(event) {
            held.push(Holding {
                thread: event.thread,
                object,
                since: at,
            });
        }
    }
    held
}

/// Every critical section, in the order of acquisition.
#[must_use]
pub fn sections(trace: &Trace) -> Vec<Section> {
    let mut all: Vec<Section> = Vec::new();
    let mut open: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, event) in trace.events.iter().enumerate() {
        if let Some(object) = releases(event)
            && let Some(of_object) = open.get_mut(&object)
        {
            let own = of_object
                .iter()
                .rposition(|&s| all[s].thread == event.thread);
            if let Some(own) = own.or(of_object.len().checked_sub(1)) {
                all[of_object.remove(own)].to = Some(at);
            }
        }
        if let Some(object) = acquires(event) {
            open.entry(object).or_default().push(all.len());
            all.push(Section {
                thread: event.thread,
                object,
                from: at,
                to: None,
                shared: matches!(event.action, Action::ReadLock | Action::TryReadLock),
            });
        }
    }
    all
}

/// What each blocked thread waits for at the end.
#[must_use]
pub fn waits(trace: &Trace) -> Vec<Waiting> {
    let held = holdings(trace, trace.events.len());
    let waits = trace.pending.iter().enumerate().filter(|(_, event)| {
        trace
            .threads
            .get(event.thread)
            .is_some_and(|thread| thread.end == ThreadEnd::Blocked)
    });
    waits
        .filter_map(|(pending, event)| wait_of(trace, &held, pending, event))
        .collect()
}

fn wait_of(trace: &Trace, held: &[Holding], pending: usize, event: &Event) -> Option<Waiting> {
    use Action as A;
    let me = event.thread;
    let holders = |object: Option<usize>| -> Vec<usize> {
        let of = |h: &&Holding| Some(h.object) == object;
        held.iter().filter(of).map(|h| h.thread).collect()
    };
    let (reason, on) = match event.action {
        A::Lock | A::ReadLock | A::WriteLock | A::OnceBegin | A::OnceGet => {
            (Reason::Lock, holders(event.object))
        }
        A::ConsoleLock | A::Print => (Reason::Lock, console_holder(trace, event.object)),
        A::Reacquire | A::Wait => {
            if event.action == A::Reacquire && is_notified(trace, me, event) {
                (Reason::Lock, holders(event.other))
            } else {
                (Reason::Notification, Vec::new())
            }
        }
        A::Park => (Reason::Unpark, Vec::new()),
        A::Receive | A::ReceiveReady => (Reason::Message, Vec::new()),
        A::Send | A::SendTaken => (Reason::Room, Vec::new()),
        A::Join => (Reason::End, event.peer.into_iter().collect()),
        A::ScopeWait => (Reason::End, children(trace, me)),
        A::Arrive | A::Pass => (Reason::Barrier, Vec::new()),
        A::AwaitChange | A::Yield | A::SpinHint => (Reason::Change, Vec::new()),
        _ => return None,
    };
    Some(Waiting {
        thread: me,
        pending,
        reason,
        on,
    })
}

/// The event, if any, that told a waiter to go on: it then only lacks the mutex.
fn is_notified(trace: &Trace, thread: usize, waiter: &Event) -> bool {
    let began = trace
        .events
        .iter()
        .rposition(|event| event.thread == thread && event.action == Action::Wait);
    let Some(began) = began else { return false };
    trace.events[began..].iter().any(|event| {
        event.object == waiter.object
            && match event.action {
                Action::NotifyOne => event.peer == Some(thread),
                Action::NotifyAll => true,
                _ => false,
            }
    })
}

fn console_holder(trace: &Trace, console: Option<usize>) -> Vec<usize> {
    let mut holder: Vec<usize> = Vec::new();
    for event in trace.events.iter().filter(|event| event.object == console) {
        match event.action {
            Action::ConsoleLock => holder.push(event.thread),
            Action::ConsoleUnlock => drop(holder.pop()),
            _ => {}
        }
    }
    holder.truncate(1);
    holder
}

fn children(trace: &Trace, parent: usize) -> Vec<usize> {
    let threads = trace.threads.iter().enumerate();
    threads
        .filter(|(_, thread)| thread.parent == Some(parent) && !thread.joined)
        .filter(|(_, thread)| matches!(thread.end, ThreadEnd::Blocked | ThreadEnd::CutOff))
        .map(|(at, _)| at)
        .collect()
}

/// Whether a send that is blocked at the end waits for a receiver, not for room: nothing is in the channel, so it
/// has no room at all.
#[must_use]
pub fn needs_receiver(trace: &Trace, send: &Event) -> bool {
    let about = trace
        .events
        .iter()
        .filter(|event| event.object == send.object && event.outcome == Outcome::Done);
    let (mut sent, mut taken) = (0, 0);
    for event in about {
        match event.action {
            Action::Send | Action::TrySend => sent += 1,
            Action::Receive | Action::TryReceive => taken += 1,
            _ => {}
        }
    }
    sent == taken
}

/// The last thing that a thread has looked at: what it waits for if it goes round in a loop.
#[must_use]
pub fn last_read(trace: &Trace, thread: usize) -> Option<usize> {
    trace
        .events
        .iter()
        .rposition(|event| event.thread == thread && event.object.is_some() && event.read.is_some())
}

/// Whether the program itself asks for a step on an atomic. (A lock's poison flag is an atomic too, which is
/// changed when a guard is dropped: no call stands in the source.)
#[must_use]
pub fn is_own(event: &Event) -> bool {
    let atomic = matches!(
        event.action,
        Action::Load | Action::Store | Action::ReadModifyWrite | Action::CompareExchange
    );
    !atomic || event.place.is_some()
}

/// Whether an object is a lock of data.
#[must_use]
pub fn is_lock(trace: &Trace, object: usize) -> bool {
    let kind = trace.objects.get(object).map(|object| object.kind);
    matches!(kind, Some(ObjectKind::Mutex | ObjectKind::RwLock))
}

/// Whether event `earlier` is in the causal past of event `later` (or is it).
#[must_use]
pub fn precedes(trace: &Trace, earlier: usize, later: usize) -> bool {
    let (first, second) = (&trace.events[earlier], &trace.events[later]);
    let own = first.clock.get(first.thread).copied().unwrap_or(0);
    second.clock.get(first.thread).copied().unwrap_or(0) >= own
}
