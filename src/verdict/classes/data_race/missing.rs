//! What is missing between the two accesses of a data race: the kind of guarantee, not the patch.

use super::super::super::{Telling, weak};
use super::access::{Access, Verb};
use super::locks::{Cover, Locks};
use super::starts::Starts;
use crate::trace::{Ordering, Strengthening};

/// Bytes of the largest atomic.
const ATOMIC: u64 = 8;

/// What is missing.
pub(super) struct Missing {
    /// Which orderings are too weak, where stronger ones are all it takes.
    pub(super) orderings: Option<String>,
    /// The missing guarantee.
    pub(super) help: String,
}

pub(super) fn of(
    say: &Telling<'_>,
    accesses: [&Access<'_>; 2],
    locks: &Locks,
    starts: &Starts,
) -> Missing {
    let [first, second] = accesses;
    let remedy = &say.trace.remedy;
    if let Some((now, needed)) = weak::orderings(say, remedy) {
        let sequential = |found: &Strengthening| found.ordering == Ordering::SeqCst;
        if remedy.iter().all(sequential) {
            return Missing {
                orderings: Some(format!(
                    "{now}, so the threads need not agree on one order of these steps"
                )),
                help: format!("all threads must see these steps in one order: {needed}"),
            };
        }
        let not = if remedy.len() == 1 {
            "it does not"
        } else {
            "they do not"
        };
        return Missing {
            orderings: Some(format!(
                "{now}, so {not} make what {} did before visible to {}",
                first.who, second.who
            )),
            help: format!(
                "what {} did before must be visible to {} after: {needed}",
                first.who, second.who
            ),
        };
    }
    Missing {
        orderings: None,
        help: help(say, accesses, locks, starts),
    }
}

/// The most specific first.
fn help(say: &Telling<'_>, accesses: [&Access<'_>; 2], locks: &Locks, starts: &Starts) -> String {
    let [first, second] = accesses;
    let object = &first.object;
    let both = |verb: Verb| first.verb == verb && second.verb == verb;
    // What one of the two uses as part of something larger is no atomic by itself.
    let fits = first.size == second.size && first.size <= ATOMIC && may_be_atomic(say);
    if first.is_mixed(second) {
        return "memory that one thread uses as an atomic must be used as one by all, unless no other thread can reach it at that time".into();
    }
    if first.verb == Verb::Free || second.verb == Verb::Free {
        return "memory may be freed only when no thread can still use it: whoever frees it must know that all others are done".into();
    }
    if let Some(lock) = locks.let_go() {
        return format!(
            "{} must stay locked until the thread is done with {object}",
            say.object(lock)
        );
    }
    match locks.cover() {
        Cover::None if both(Verb::Change) => {
            let atomic = if fits { "an atomic, or " } else { "" };
            format!(
                "reading and writing {object} must be one step that no other thread can come between: {atomic}a lock that is held for both"
            )
        }
        Cover::None if first.is_volatile || second.is_volatile => format!(
            "{object} must be an atomic, or one of the two must wait for the other: by a join, a message, or a lock that both hold"
        ),
        Cover::None => {
            let atomic = if fits {
                format!("; or {object} must be an atomic")
            } else {
                String::new()
            };
            if starts.wait_is_late() {
                format!(
                    "before it touches {object}, one of the two must wait for the other: by a join, a message, or a lock that both hold{atomic}"
                )
            } else {
                format!(
                    "one of the two accesses must always come first: by a join, a message, a lock that both hold, or a `Release` store that an `Acquire` load reads{atomic}"
                )
            }
        }
        Cover::One(side) => format!(
            "a lock protects only what everybody touches under it: {} needs {} as well",
            accesses[1 - side].who,
            locks.names(say, side)
        ),
        Cover::Apart => format!(
            "two different locks do not exclude each other: every access to {object} needs the same one"
        ),
        Cover::Shared(lock) => format!(
            "several threads may hold {} for reading at once: whoever writes needs it for writing",
            say.object(lock)
        ),
    }
}

/// Whether std has an atomic for what is in this memory, as far as its type is known.
fn may_be_atomic(say: &Telling<'_>) -> bool {
    let race = say.trace.race.as_ref();
    let object = race.and_then(|race| say.trace.objects.get(race.object));
    let Some(name) = object.and_then(|object| object.type_name.as_deref()) else {
        return true;
    };
    let number = name
        .strip_prefix(['u', 'i'])
        .is_some_and(|bits| ["8", "16", "32", "64", "size"].contains(&bits));
    number || name == "bool" || name.starts_with('*')
}
