//! `lost_update`: a thread writes a value that it computed before another thread's write, which is overwritten.
//!
//! The rule: R-W-W on one cell, where the local write does not look at the cell again and its value is not a
//! constant (it was computed from the read; a constant is the act after a check, see `check_then_act`). Two
//! critical sections of one lock count like two atomic accesses. See `super::super::atomicity`.

use super::super::atomicity::{self, Between, Change};
use super::super::{At, Case, Class, Finding, Role, Telling, Virtue, Words, failure};

pub(super) const CLASS: Class = Class {
    name: "lost_update",
    code: "TL0201",
    virtue: Virtue::Safety,
    page: include_str!("lost_update.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    let found = atomicity::nearest(case, failure, |first, second| {
        first.reads && second.writes == Change::Stale
    })?;
    Some(sites(case, &found, Role::Writes))
}

/// The three accesses and the failure, in the order of time.
pub(super) fn sites(case: &Case<'_>, found: &Between, second: Role) -> Finding {
    let trace = case.trace;
    let mut finding = Finding {
        failure: case.failure.clone(),
        ..Finding::default()
    };
    finding.event(trace, Role::Reads, found.first.from);
    finding.event(trace, Role::Writes, found.remote.from);
    finding.event(trace, second, found.second.from);
    for access in [&found.first, &found.remote, &found.second] {
        if access.to != access.from && access.to < trace.events.len() {
            finding.focus.push(access.to);
        }
    }
    failed(&mut finding, case);
    finding
}

/// Adds the failing check.
pub(super) fn failed(finding: &mut Finding, case: &Case<'_>) {
    if let Some(failure) = &case.failure {
        let role = if failure.assertion {
            Role::Asserts
        } else {
            Role::Panics
        };
        let at = failure.event;
        finding.event(case.trace, role, at);
        if let Some(site) = finding.sites.last_mut() {
            site.object = None;
        }
    }
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let [read, remote, write, ..] = &finding.sites[..] else {
        return Words::default();
    };
    let object = read.object.unwrap_or(0);
    let cell = say.object(object);
    let (me, other) = (
        say.thread(read.thread.unwrap_or(0)),
        say.thread(remote.thread.unwrap_or(0)),
    );
    let seen = value(say, read.at, Seen::Before);
    let theirs = value(say, remote.at, Seen::After);
    let mine = value(say, write.at, Seen::After);
    let mut labels = vec![
        format!("{me} reads{} here", spaced(seen.as_deref())),
        format!("{other} writes{} here", spaced(theirs.as_deref())),
        match (&theirs, &mine) {
            (Some(theirs), Some(mine)) if theirs != mine => {
                format!("{me} overwrites the {theirs} with {mine} here")
            }
            (_, Some(mine)) => format!(
                "{me} writes {mine} here, computed from the old value: {other}'s write is lost"
            ),
            _ => format!("{me} overwrites it here with what it computed from the old value"),
        },
    ];
    labels.extend(finding.sites[3..].iter().map(|_| check_label(finding)));
    Words {
        title: title(say, finding, object)
            .unwrap_or_else(|| format!("{other} changes {cell} between {me}'s read and write, and {me} overwrites the change")),
        labels,
        help: format!(
            "reading {cell} and writing the new value must be one step: nothing may come between them"
        ),
        notes: finding
            .failure
            .as_ref()
            .map(|failure| failure::notes(say, failure))
            .unwrap_or_default(),
    }
}

/// What is written at the failing place.
pub(super) fn check_label(finding: &Finding) -> String {
    match &finding.failure {
        Some(failure) if failure.assertion => "this check fails".into(),
        Some(failure) if failure.message.is_empty() => "the program gives up here".into(),
        _ => "this panics".into(),
    }
}

/// "`hits` ends at 1, but `a` and `b` each added 1": where every change is a known number.
fn title(say: &Telling<'_>, finding: &Finding, object: usize) -> Option<String> {
    let trace = say.trace;
    let end = finding.failure.as_ref()?.event;
    let number = |text: Option<&String>| text?.parse::<i128>().ok();
    let mut last_read = std::collections::BTreeMap::new();
    let mut added: std::collections::BTreeMap<usize, i128> = std::collections::BTreeMap::new();
    let mut value = None;
    let all = atomicity::accesses(trace, say.sources);
    for access in all
        .iter()
        .filter(|access| access.object == object && access.to < end)
    {
        let before = number(trace.events[access.from].read.as_ref());
        let after = number(
            trace
                .events
                .get(access.to)
                .and_then(|event| event.written.as_ref()),
        );
        if access.writes == Change::None {
            last_read.insert(access.thread, before?);
            continue;
        }
        let from = match access.writes {
            Change::Stale => *last_read.get(&access.thread)?,
            _ => before?,
        };
        *added.entry(access.thread).or_default() += after? - from;
        last_read.insert(access.thread, after?);
        value = after;
    }
    let mut amounts = added.values();
    let each = *amounts.next()?;
    if each <= 0 || added.len() < 2 || amounts.any(|amount| *amount != each) {
        return None;
    }
    let who = if added.len() == 2 {
        let names: Vec<_> = added.keys().map(|&thread| say.thread(thread)).collect();
        say.list(&names)
    } else {
        format!("{} threads", added.len())
    };
    Some(format!(
        "{} ends at {}, but {who} each added {each}",
        say.object(object),
        value?
    ))
}

/// Which value of an access.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Before,
    After,
}

/// The value that an access sees or leaves, where it can be shown.
pub(super) fn value(say: &Telling<'_>, at: At, seen: Seen) -> Option<String> {
    let At::Event(index) = at else { return None };
    let event = at.event(say.trace)?;
    let shown = match seen {
        Seen::Before => event.read.clone(),
        Seen::After => {
            let all = super::super::state::sections(say.trace);
            let section = all.iter().find(|section| section.from == index);
            match section {
                Some(section) => say.trace.events.get(section.to?)?.written.clone(),
                None => event.written.clone(),
            }
        }
    };
    shown.filter(|value| value != "-")
}

/// With a space in front, or nothing.
pub(super) fn spaced(value: Option<&str>) -> String {
    value.map(|value| format!(" {value}")).unwrap_or_default()
}
