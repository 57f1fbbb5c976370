//! The program's own names for the threads and objects of a trace.
//!
//! An object is called what the source calls it: the `let`, `static` or field where it is made, followed through
//! clones, captures and arguments from where it is used. Where several objects share a name, their index in the
//! collection tells them apart (`forks[2]`), then the names at other places of use, and last an ordinal. Two
//! names never collide, and an address is never one.

mod depth;
pub mod index;
mod memory;
mod operand;
mod resolve;
mod sources;
mod span;
mod threads;
mod walk;

pub use operand::Operand;
pub use sources::{SourceFile, Sources};

use std::collections::{BTreeMap, BTreeSet};

use crate::trace::{ObjectKind, Trace};

/// Names by the indices of a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    threads: Vec<String>,
    objects: Vec<String>,
}

impl Names {
    /// Finds the names of everything in a trace.
    #[must_use]
    pub fn new(trace: &Trace, sources: &Sources) -> Self {
        let mut taken = BTreeSet::new();
        let threads = distinct(
            threads::candidates(trace, sources),
            trace,
            Sort::Threads,
            &mut taken,
        );
        let mut candidates = resolve::candidates(trace, sources);
        // A pointer may bear the name of what it points to, and memory that of the object it is part of: what is done
        // to them is told in other words.
        let of_pointers: Vec<_> = trace
            .objects
            .iter()
            .zip(&mut candidates)
            .map(|(object, names)| match object.kind {
                ObjectKind::Arc | ObjectKind::Memory => std::mem::take(names).into_iter().next(),
                _ => None,
            })
            .collect();
        // Memory that is an atomic for the other access is that atomic.
        let mixed = trace.race.as_ref().and_then(|race| {
            let mut others = race
                .accesses
                .iter()
                .filter_map(|&access| trace.events[access].object);
            Some((race.object, others.find(|&object| object != race.object)?))
        });
        if let Some((memory, atomic)) = mixed {
            let names = std::mem::take(&mut candidates[memory]);
            candidates[atomic].splice(0..0, names.into_iter().filter(|name| name != "memory"));
        }
        let mut objects = distinct(candidates, trace, Sort::Objects, &mut taken);
        for (name, pointer) in objects.iter_mut().zip(of_pointers) {
            if let Some(pointer) = pointer {
                *name = pointer;
            }
        }
        if let Some((memory, atomic)) = mixed {
            objects[memory] = objects[atomic].clone();
        }
        for (at, object) in trace.objects.iter().enumerate() {
            if object.kind == ObjectKind::Thread
                && let Some(owner) = thread_of(trace, at)
            {
                objects[at].clone_from(&threads[owner]);
            }
        }
        Names { threads, objects }
    }

    /// A thread's name; `main` for the first.
    #[must_use]
    pub fn thread(&self, thread: usize) -> &str {
        self.threads.get(thread).map_or("a thread", String::as_str)
    }

    /// An object's name.
    #[must_use]
    pub fn object(&self, object: usize) -> &str {
        self.objects.get(object).map_or("an object", String::as_str)
    }
}

/// The thread whose token or end an object of kind `Thread` stands for, as far as events tell.
fn thread_of(trace: &Trace, object: usize) -> Option<usize> {
    let all = || trace.events.iter().chain(&trace.pending);
    let mut about = all().filter(|event| event.object == Some(object));
    about.find_map(|event| event.peer)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Threads,
    Objects,
}

/// Picks one name for each from its candidates, best first, so that no two are the same.
fn distinct(
    candidates: Vec<Vec<String>>,
    trace: &Trace,
    sort: Sort,
    taken: &mut BTreeSet<String>,
) -> Vec<String> {
    let mut chosen: Vec<String> = vec![String::new(); candidates.len()];
    let mut open: Vec<usize> = (0..candidates.len()).collect();
    let depth = candidates.iter().map(Vec::len).max().unwrap_or(0);
    for level in 0..depth {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &at in &open {
            if let Some(name) = candidates[at].get(level) {
                groups.entry(name).or_default().push(at);
            }
        }
        for (name, mut members) in groups {
            if sort == Sort::Objects {
                members.sort_by_key(|&at| (trace.objects[at].block, trace.objects[at].offset, at));
            }
            if !name.contains("[_]") && members.len() > 1 {
                continue;
            }
            for (rank, &at) in members.iter().enumerate() {
                let full = name
                    .replacen("[_]", &format!("[{rank}]"), 1)
                    .replace("[_]", "");
                if taken.insert(full.clone()) {
                    chosen[at] = full;
                }
            }
        }
        open.retain(|&at| chosen[at].is_empty());
    }
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for &at in &open {
        let name = candidates[at].first().map_or("unnamed", String::as_str);
        loop {
            let nth = count.entry(name).or_default();
            *nth += 1;
            let full = format!("{name} ({})", ordinal(*nth));
            if taken.insert(full.clone()) {
                chosen[at] = full;
                break;
            }
        }
    }
    chosen
}

fn ordinal(n: usize) -> String {
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}
