//! `data_race`: two accesses to the same plain memory, one of them a write, that nothing orders.

mod access;
mod edges;
mod locks;
mod missing;
mod starts;

use std::collections::BTreeSet;

use super::super::{At, Case, Class, Finding, Role, Telling, Virtue, Words, place_of, state};
use crate::names::Names;
use crate::trace::{Action, Event, Place, Race, Trace};
use access::{Access, Verb};

/// Steps on atomics that a reader still follows.
const READABLE: usize = 16;

pub(super) const CLASS: Class = Class {
    name: "data_race",
    code: "TL0204",
    virtue: Virtue::Safety,
    page: include_str!("../data_race.md"),
    recognise,
    tell,
};

/// Sites: the two accesses, in the order of time; then where the memory is allocated, unless its name says so.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let trace = case.trace;
    let race = trace.race.as_ref()?;
    let mut finding = Finding::default();
    for at in race.accesses {
        finding.event(trace, role(Verb::of(&trace.events[at])), at);
    }
    if !is_clear_where_made(case, race) {
        finding.created(trace, race.object);
    }
    finding.focus = locks::steps(trace, race);
    finding
        .focus
        .extend(trace.remedy.iter().map(|found| found.event));
    finding
        .focus
        .extend(edges::known(trace, race).into_iter().flatten());
    finding.focus.extend(edges::bystanders(trace, race));
    if trace.remedy.is_empty() {
        finding.focus.extend(atomics_before(trace, race));
    }
    Some(finding)
}

/// The steps on atomics that have led here, since the later of the two threads began: no ordering of theirs would help, so
/// a reader wants to see what they came to.
fn atomics_before(trace: &Trace, race: &Race) -> Vec<usize> {
    let is_one = |event: &Event| {
        matches!(
            event.action,
            Action::Load | Action::Store | Action::ReadModifyWrite | Action::CompareExchange
        ) && state::is_own(event)
    };
    let starts = race
        .accesses
        .map(|at| trace.threads[trace.events[at].thread].spawned_by);
    let leads_here = |at: &usize| {
        let precedes = |&later: &usize| state::precedes(trace, *at, later);
        is_one(&trace.events[*at])
            && race.accesses.iter().any(precedes)
            && !starts.iter().flatten().any(precedes)
    };
    let all: Vec<usize> = (0..race.accesses[1]).filter(leads_here).collect();
    if all.len() <= READABLE {
        all
    } else {
        Vec::new()
    }
}

fn role(verb: Verb) -> Role {
    match verb {
        Verb::Read => Role::Reads,
        Verb::Write | Verb::Change | Verb::Use => Role::Writes,
        Verb::Free => Role::Frees,
    }
}

/// Whether a reader knows where the memory is allocated: a variable or field on that line has its name, or an access stands
/// there.
fn is_clear_where_made(case: &Case<'_>, race: &Race) -> bool {
    let Some(made) = At::Object(race.object).place(case.trace) else {
        return false;
    };
    let mut accesses = race.accesses.iter().map(|&at| &case.trace.events[at]);
    let here = |place: Place| place.file == made.file && place.line == made.line;
    if accesses.any(|event| place_of(event).is_some_and(here)) {
        return true;
    }
    let names = Names::new(case.trace, case.sources);
    let words = |text| -> BTreeSet<&str> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let words = str::split(text, move |c| !is_part(c));
        words
            .filter(|word| word.starts_with(char::is_alphabetic))
            .collect()
    };
    let name = words(names.object(race.object));
    !name.is_disjoint(&words(case.sources.line(&made)))
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let Some(race) = &say.trace.race else {
        return Words::default();
    };
    let [first, second] = [0, 1].map(|side| Access::of(say, race, side));
    let locks = locks::Locks::of(say, race);
    let starts = starts::Starts::of(say, [&first, &second]);
    let missing = missing::of(say, [&first, &second], &locks, &starts);
    let mut labels = vec![first.label(say, &second), second.label(say, &first)];
    if finding.sites.len() > labels.len() {
        let size = race
            .block_size
            .map(|size| format!(" ({})", access::bytes(size)));
        labels.push(format!(
            "this memory is allocated here{}",
            size.unwrap_or_default()
        ));
    }
    let by_ordering = missing.orderings.is_some();
    let mut notes: Vec<String> = missing.orderings.into_iter().collect();
    notes.extend(edges::told(say, race));
    notes.extend(locks.told(say, by_ordering));
    if !by_ordering {
        notes.extend(locks.told_of_time(say));
    }
    notes.extend(starts.told(say));
    if first.is_mixed(&second) && !by_ordering {
        notes.push("an atomic operation orders nothing with an access that is not one".into());
    }
    if first.is_atomic && second.is_atomic {
        notes.push("atomics of different sizes are not atomic to each other".into());
    }
    notes.extend(surroundings(say, race, [&first, &second]));
    Words {
        title: title(&first, &second, by_ordering),
        labels,
        help: missing.help,
        notes,
    }
}

/// "`setter` writes `CONFIG`, `main` reads it, and nothing orders the two". Where the orderings are to blame, it does not matter that only one of them is atomic.
fn title(first: &Access<'_>, second: &Access<'_>, by_ordering: bool) -> String {
    // The name of an atomic says more than that of the memory that it is in.
    let object = if second.is_atomic {
        &second.object
    } else {
        &first.object
    };
    let (a, b) = (&first.who, &second.who);
    let what = if first.is_mixed(second) && !by_ordering {
        let how = |access: &Access<'_>| {
            if access.is_atomic {
                "with an atomic operation"
            } else {
                "without an atomic operation"
            }
        };
        let (doing, does) = (first.verb.name(), second.verb.name());
        format!(
            "{a} {doing} {object} {}, {b} {does} it {}",
            how(first),
            how(second)
        )
    } else if second.verb == Verb::Free && first.object != second.object {
        let (doing, freed) = (first.verb.name(), &second.object);
        format!("{a} {doing} {object}, {b} frees {freed}")
    } else if first.verb == second.verb {
        format!("{a} and {b} both {} {object}", first.verb.plural())
    } else {
        format!(
            "{a} {} {object}, {b} {} it",
            first.verb.name(),
            second.verb.name()
        )
    };
    format!("{what}, and nothing orders the two")
}

/// What else is around the two accesses that a reader may take for an order, or needs to know.
fn surroundings(say: &Telling<'_>, race: &Race, accesses: [&Access<'_>; 2]) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(owner) = race.on_stack_of {
        notes.push(format!(
            "{} is on the stack of {}",
            accesses[0].object,
            say.thread(owner)
        ));
    }
    if accesses.iter().any(|access| access.is_volatile) {
        notes.push("a volatile access is not an atomic one, and orders nothing".into());
    }
    let bystanders = edges::bystanders(say.trace, race).into_iter();
    notes.extend(bystanders.filter_map(|at| edges::orders_nothing(say, at)));
    notes
}
