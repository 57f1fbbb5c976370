//! `check_then_act`: a thread acts on the answer of a check that another thread has made untrue meanwhile.
//!
//! The rule, on one cell: a read that changes nothing, a remote write, and then an access of the first thread at
//! another place that looks at the cell again or writes a constant. The check must decide a branch, or be a plain
//! read of the very cell that the failing check read. Also: a condvar waiter that was woken, but found the data
//! changed again (or was woken without a notification) before it had the lock, and does not check again; or that
//! fails with the lock still in its hands. Also: a once-cell that was found not set, and has been set by another
//! thread when the first comes to set it.

use super::super::atomicity::{self, Change};
use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, failure, place_of, state};
use super::lost_update::{Seen, check_label, failed, sites, spaced, value};
use crate::trace::{Action, Outcome};

pub(super) const CLASS: Class = Class {
    name: "check_then_act",
    code: "TL0202",
    virtue: Virtue::Safety,
    page: include_str!("check_then_act.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    if let Some(finding) = woken_in_vain(case) {
        return Some(finding);
    }
    if let Some(finding) = initialised_between(case) {
        return Some(finding);
    }
    let trace = case.trace;
    let cells = atomicity::checked_cells(case, failure, case.accesses());
    let found = atomicity::nearest(case, failure, |first, second| {
        let woken = trace.events[second.from].action == Action::Reacquire;
        let checks = match first.writes {
            Change::None => cells.contains(&first.object) || atomicity::decides(case, first),
            Change::Maybe => atomicity::decides(case, first),
            _ => false,
        };
        let acts = match second.writes {
            Change::Relative | Change::Constant => true,
            Change::Maybe => atomicity::decides(case, first),
            Change::None => {
                // Two reads: only where the second one is what fails.
                second.thread == failure.thread && atomicity::decides(case, first)
            }
            Change::Stale => false,
        };
        first.reads
            && checks
            && acts
            && !woken
            && !atomicity::verifies(trace, first)
            && !atomicity::verifies(trace, second)
            && !atomicity::same_place(first, second)
    })?;
    let role = if found.second.writes == Change::None {
        Role::Reads
    } else {
        Role::Writes
    };
    Some(sites(case, &found, role))
}

/// The failing thread came out of a condvar wait, and between the notification and its taking the lock another
/// thread held it.
fn woken_in_vain(case: &Case<'_>) -> Option<Finding> {
    let (trace, failure) = (case.trace, case.failure.as_ref()?);
    let me = failure.thread;
    let own = |at: &usize| trace.events[*at].thread == me;
    let awake = (0..failure.event)
        .rev()
        .filter(own)
        .find(|&at| state::acquires(&trace.events[at]).is_some())?;
    let event = &trace.events[awake];
    if event.action != Action::Reacquire || event.outcome == Outcome::TimedOut {
        return None;
    }
    let call = event
        .place
        .as_ref()
        .and_then(|place| case.sources.call(place));
    let repeats = event
        .place
        .as_ref()
        .is_some_and(|place| case.sources.is_repeated(place));
    if repeats || call.is_some_and(|call| call.name.contains("while")) {
        return None;
    }
    let began = (0..awake)
        .rev()
        .filter(own)
        .find(|&at| trace.events[at].action == Action::Wait)?;
    let lock = state::acquires(event)?;
    let mut finding = Finding {
        failure: case.failure.clone(),
        ..Finding::default()
    };
    finding.event(trace, Role::Waits, began);
    if event.outcome != Outcome::Spurious {
        let woke = (began..awake).rev().find(|&at| {
            let notify = &trace.events[at];
            notify.object == event.object
                && match notify.action {
                    Action::NotifyOne => notify.peer == Some(me),
                    Action::NotifyAll => true,
                    _ => false,
                }
        })?;
        finding.event(trace, Role::Notifies, woke);
        let between = state::sections(trace).into_iter().rev().find(|section| {
            section.object == lock
                && section.thread != me
                && section.from > woke
                && section.from < awake
        });
        match between {
            Some(between) => {
                finding.event(trace, Role::Acquires, between.from);
                finding.focus.extend(between.to);
            }
            // Nobody came between: what it waits for had not become true, or no longer was.
            None => {
                let held = state::holdings(trace, failure.event);
                held.iter()
                    .find(|h| h.object == lock && h.thread == me && h.since == awake)?;
            }
        }
    }
    finding.event(trace, Role::Acquires, awake);
    for site in &mut finding.sites {
        if site.role == Role::Acquires {
            site.object = Some(lock);
        }
    }
    failed(&mut finding, case);
    Some(finding)
}

/// The failing thread found a cell not set, another thread has set it, and it then came to set it too.
fn initialised_between(case: &Case<'_>) -> Option<Finding> {
    let (trace, failure) = (case.trace, case.failure.as_ref()?);
    let own = |at: &usize| trace.events[*at].thread == failure.thread;
    let act = (0..failure.event)
        .rev()
        .filter(own)
        .find(|&at| trace.events[at].object.is_some())?;
    let late = &trace.events[act];
    if late.action != Action::OnceBegin || late.outcome == Outcome::Chosen {
        return None;
    }
    let about = |at: &usize| trace.events[*at].object == late.object;
    let check = (0..act)
        .rev()
        .filter(own)
        .find(|at| about(at) && trace.events[*at].action == Action::OnceGet)?;
    let place = place_of(&trace.events[check])?;
    let set = (0..act)
        .filter(about)
        .find(|&at| trace.events[at].action == Action::OnceEnd)?;
    if set < check || Some(&place) == late.place.as_ref() || !case.sources.decides(&place) {
        return None;
    }
    let mut finding = Finding {
        failure: case.failure.clone(),
        ..Finding::default()
    };
    finding.event(trace, Role::Reads, check);
    finding.event(trace, Role::Writes, set);
    finding.event(trace, Role::Writes, act);
    failed(&mut finding, case);
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    if finding
        .sites
        .first()
        .is_some_and(|site| site.role == Role::Waits)
    {
        return tell_woken(finding, say);
    }
    let [check, remote, act, ..] = &finding.sites[..] else {
        return Words::default();
    };
    let cell = say.object(check.object.unwrap_or(0));
    let (me, other) = (
        say.thread(check.thread.unwrap_or(0)),
        say.thread(remote.thread.unwrap_or(0)),
    );
    let seen = value(say, check.at, Seen::Before);
    let theirs = value(say, remote.at, Seen::After);
    let found = value(say, act.at, Seen::Before);
    let mine = value(say, act.at, Seen::After);
    let mut labels = vec![
        format!("{me} checks {cell} here{}", sees(seen.as_deref())),
        match &theirs {
            Some(theirs) => format!("{other} changes it to {theirs} here"),
            None => format!("{other} changes it here"),
        },
        match (&found, &mine) {
            (Some(found), Some(mine)) if act.role == Role::Writes && found != mine => {
                format!("{me} still acts on its check here: {found} becomes {mine}")
            }
            (Some(found), _) => {
                format!("{me} still acts on its check here, where {cell} is {found}")
            }
            (None, Some(mine)) => format!("{me} still acts on its check here, and writes {mine}"),
            _ => format!("{me} still acts on its check here"),
        },
    ];
    labels.extend(finding.sites[3..].iter().map(|_| check_label(finding)));
    let title = match (&seen, &found) {
        (Some(seen), Some(found)) if seen != found => format!(
            "{me} acts on {cell} being{}, but {other} has made it{}",
            spaced(Some(seen)),
            spaced(Some(found))
        ),
        _ => {
            format!("{other} changes {cell} between {me}'s check and what {me} does because of it")
        }
    };
    Words {
        title,
        labels,
        help: format!(
            "the check of {cell} and the act that relies on it must be one step: what was checked must hold until the act is done"
        ),
        notes: finding
            .failure
            .as_ref()
            .map(|failure| failure::notes(say, failure))
            .unwrap_or_default(),
    }
}

fn tell_woken(finding: &Finding, say: &Telling<'_>) -> Words {
    let waits = &finding.sites[0];
    let me = say.thread(waits.thread.unwrap_or(0));
    let condvar = say.object(waits.object.unwrap_or(0));
    let mut other = None;
    let mut lock = String::new();
    let mut labels = Vec::new();
    for site in &finding.sites {
        let who = say.thread(site.thread.unwrap_or(0));
        labels.push(match site.role {
            Role::Waits => format!("{who} waits on {condvar} here"),
            Role::Notifies => format!("{who} wakes it here"),
            Role::Acquires if site.thread == waits.thread => {
                lock = say.object(site.object.unwrap_or(0));
                format!("{who} goes on here without checking again")
            }
            Role::Acquires => {
                other = Some(who.clone());
                format!(
                    "{who} takes {} first, and changes the data",
                    say.object(site.object.unwrap_or(0))
                )
            }
            _ => check_label(finding),
        });
    }
    let title = match other {
        Some(other) => format!(
            "{other} gets {lock} between {me}'s wake-up and its return from the wait, and {me} does not check again"
        ),
        None if finding.sites.iter().any(|site| site.role == Role::Notifies) => {
            format!("{me} is woken from {condvar}, and does not check again whether it can go on")
        }
        None => {
            format!("{me} wakes up from {condvar} without a notification, and does not check again")
        }
    };
    Words {
        title,
        labels,
        help: "being woken only means that it is worth looking: the condition must be checked again, in a loop, with the lock held".into(),
        notes: finding
            .failure
            .as_ref()
            .map(|failure| failure::notes(say, failure))
            .unwrap_or_default(),
    }
}

fn sees(value: Option<&str>) -> String {
    value
        .map(|value| format!(" and sees {value}"))
        .unwrap_or_default()
}
