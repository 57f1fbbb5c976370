//! `blocked_forever`: nobody can go on, and no more specific class explains it.

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, state};
use super::self_deadlock::stuck;
use crate::trace::{Action, ThreadEnd};

pub(super) const CLASS: Class = Class {
    name: "blocked_forever",
    code: "TL0103",
    virtue: Virtue::Liveness,
    page: include_str!("blocked_forever.md"),
    recognise,
    tell,
};

/// Sites: every blocked thread, those that wait for no other thread first: they are the reason for the rest.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    if !stuck(case) {
        return None;
    }
    let mut finding = Finding::default();
    let (roots, rest): (Vec<_>, Vec<_>) = case.waits.iter().partition(|wait| wait.on.is_empty());
    for wait in roots.into_iter().chain(rest) {
        finding.pending(case.trace, Role::Waits, wait.pending);
    }
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let labels: Vec<String> = finding
        .sites
        .iter()
        .map(|site| {
            format!(
                "{} {} here",
                say.thread(site.thread.unwrap_or(0)),
                waits_for(say, site)
            )
        })
        .collect();
    let title = match finding.sites.first() {
        Some(site) if waiting_at(say, site) => {
            let there = finding
                .sites
                .iter()
                .filter(|other| other.object == site.object && waiting_at(say, other));
            let threads: Vec<_> = there
                .map(|site| say.thread(site.thread.unwrap_or(0)))
                .collect();
            format!(
                "{} {} at the barrier {}, and nobody else ever arrives",
                say.list(&threads),
                if threads.len() == 1 { "waits" } else { "wait" },
                say.object(site.object.unwrap_or(0))
            )
        }
        Some(site) => format!(
            "{} {}, for ever",
            say.thread(site.thread.unwrap_or(0)),
            waits_for(say, site)
        ),
        None => "no thread can go on".into(),
    };
    let first = finding
        .sites
        .first()
        .and_then(|site| site.at.event(say.trace));
    let root = finding.sites.first();
    let who = say.thread(root.and_then(|site| site.thread).unwrap_or(0));
    let object = root.and_then(|site| site.object);
    let object = object.map(|object| say.object(object)).unwrap_or_default();
    let help = match first.map(|event| event.action) {
        Some(Action::Arrive | Action::Pass) => {
            format!("{object} opens when as many threads have arrived as it was made for")
        }
        Some(Action::Park) => format!("{who} needs someone to unpark it"),
        _ => format!("nothing makes sure that another thread ends the wait of {who}"),
    };

    Words {
        title,
        labels,
        help,
        notes: ended(say),
    }
}

fn waiting_at(say: &Telling<'_>, site: &super::super::Site) -> bool {
    let event = site.at.event(say.trace);
    event.is_some_and(|event| matches!(event.action, Action::Arrive | Action::Pass))
}

fn waits_for(say: &Telling<'_>, site: &super::super::Site) -> String {
    let Some(event) = site.at.event(say.trace) else {
        return "waits".into();
    };
    phrase(say, event)
}

/// "waits for `worker` to end": what a blocked thread does.
#[must_use]
pub fn phrase(say: &Telling<'_>, event: &crate::trace::Event) -> String {
    use Action as A;
    let object = event
        .object
        .map(|object| say.object(object))
        .unwrap_or_default();
    match event.action {
        A::Join => format!(
            "waits for {} to end",
            event.peer.map(|t| say.thread(t)).unwrap_or_default()
        ),
        A::ScopeWait => "waits for the threads of its scope to end".into(),
        A::Arrive | A::Pass => format!("waits at the barrier {object}"),
        A::Park => "is parked".into(),
        A::Reacquire | A::Wait => format!("waits on {object}"),
        A::Receive | A::ReceiveReady => format!("waits for a message from {object}"),
        A::Send if state::needs_receiver(say.trace, event) => {
            format!("waits for a receiver of {object}")
        }
        A::Send => format!("waits for room in {object}"),
        A::SendTaken => format!("waits until its message in {object} is taken"),
        A::AwaitChange | A::Yield | A::SpinHint => {
            let read = state::last_read(say.trace, event.thread);
            let object = read.and_then(|at| say.trace.events[at].object);
            let what = object.map_or("something".into(), |object| say.object(object));
            format!("waits in a loop for {what} to change")
        }
        _ => format!("waits for {object}"),
    }
}

/// What the other blocked threads wait for, as notes.
pub(super) fn others(say: &Telling<'_>, but: &[usize]) -> Vec<String> {
    let mut notes = waiters(say, but);
    notes.extend(ended(say));
    notes
}

/// What the blocked threads wait for, but for some.
pub(super) fn waiters(say: &Telling<'_>, but: &[usize]) -> Vec<String> {
    state::waits(say.trace)
        .iter()
        .filter(|wait| !but.contains(&wait.thread))
        .map(|wait| {
            let event = &say.trace.pending[wait.pending];
            format!("{} {}", say.thread(wait.thread), phrase(say, event))
        })
        .collect()
}

fn ended(say: &Telling<'_>) -> Vec<String> {
    let threads = say.trace.threads.iter().enumerate();
    threads
        .filter(|(_, thread)| thread.end == ThreadEnd::Panicked)
        .map(|(at, _)| format!("{} has panicked before", say.thread(at)))
        .collect()
}
