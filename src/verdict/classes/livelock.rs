//! `livelock`: threads run, but only round and round: nothing they read can ever change again.

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, state};
use super::blocked_forever::phrase;
use crate::trace::{Action, Ending, ThreadEnd};

pub(super) const CLASS: Class = Class {
    name: "livelock",
    code: "TL0306",
    virtue: Virtue::Liveness,
    page: include_str!("livelock.md"),
    recognise,
    tell,
};

/// The engine has established that no thread can go on but by repeating itself. Sites: where each stands, and
/// the last thing it read.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    if case.trace.ending != Ending::Livelock {
        return None;
    }
    let trace = case.trace;
    let mut finding = Finding::default();
    for (at, event) in trace.pending.iter().enumerate() {
        let end = trace.threads[event.thread].end;
        if !matches!(end, ThreadEnd::Blocked | ThreadEnd::CutOff) {
            continue;
        }
        let spins = matches!(
            event.action,
            Action::AwaitChange | Action::Yield | Action::SpinHint
        );
        match (spins, state::last_read(trace, event.thread)) {
            (true, Some(read)) => finding.event(trace, Role::Reads, read),
            _ => finding.pending(trace, Role::Waits, at),
        }
    }
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let mut labels = Vec::new();
    let mut spinning: Vec<(String, String)> = Vec::new();
    for site in &finding.sites {
        let who = say.thread(site.thread.unwrap_or(0));
        let event = site.at.event(say.trace);
        labels.push(match (site.role, site.object, event) {
            (Role::Reads, Some(object), Some(event)) => {
                let object = say.object(object);
                let value = event.read.as_deref().filter(|value| *value != "-");
                let value = value.map(|value| format!(" {value}")).unwrap_or_default();
                let label = format!("{who} reads{value} from {object} here, again and again");
                spinning.push((who, object));
                label
            }
            (_, _, Some(event)) => format!("{who} {} here", phrase(say, event)),
            _ => format!("{who} waits here"),
        });
    }
    let held = state::holdings(say.trace, say.trace.events.len());
    let notes = held
        .iter()
        .filter(|holding| state::is_lock(say.trace, holding.object))
        .map(|holding| {
            format!(
                "{} holds {} all the while",
                say.thread(holding.thread),
                say.object(holding.object)
            )
        })
        .collect();
    Words {
        title: title(say, &spinning),
        labels,
        help: help(say, &spinning),
        notes,
    }
}

/// `spinning`: each thread that goes round in a loop, and what it waits for.
fn title(say: &Telling<'_>, spinning: &[(String, String)]) -> String {
    let Some(((first, object), others)) = spinning.split_first() else {
        return "every thread repeats itself, and nothing changes any more".into();
    };
    if others.is_empty() {
        return format!(
            "{first} waits in a loop for {object} to change, and no thread is left that would change it"
        );
    }
    if others.iter().all(|(_, other)| other == object) {
        let who: Vec<_> = spinning.iter().map(|(who, _)| who.clone()).collect();
        return format!(
            "{} wait in their loops for {object} to change, and no thread is left that would change it",
            say.list(&who)
        );
    }
    let mut waits = vec![format!("{first} waits in a loop for {object} to change")];
    waits.extend(
        others
            .iter()
            .map(|(who, object)| format!("{who} for {object}")),
    );
    format!(
        "{}, and no thread is left that would change {}",
        say.list(&waits),
        if others.len() == 1 {
            "either"
        } else {
            "any of them"
        }
    )
}

fn help(say: &Telling<'_>, spinning: &[(String, String)]) -> String {
    if spinning.is_empty() {
        return "whoever waits in a loop needs another thread that is still able to end the wait"
            .into();
    }
    let mut objects: Vec<_> = spinning.iter().map(|(_, object)| object.clone()).collect();
    objects.dedup();
    let who: Vec<_> = spinning.iter().map(|(who, _)| who.clone()).collect();
    match (&objects[..], &who[..]) {
        ([object], who) => format!(
            "nothing makes sure that another thread still changes {object} while {} {} for it",
            say.list(who),
            if who.len() == 1 { "waits" } else { "wait" }
        ),
        _ => {
            let each: Vec<_> = spinning
                .iter()
                .map(|(who, object)| format!("{object} for {who}"))
                .collect();
            format!(
                "nothing makes sure that another thread still changes what each of them waits for: {}",
                say.list(&each)
            )
        }
    }
}
