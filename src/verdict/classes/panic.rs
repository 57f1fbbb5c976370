//! `panic`: a thread panics, and not because of a check of the program.

use super::super::{
    At, Case, Class, Finding, Role, Telling, Virtue, Words, failure, phrase, place_of, state,
    unhandled,
};
use super::lost_update::failed;
use super::wrong_result::looked_at;
use crate::trace::Action;

pub(super) const CLASS: Class = Class {
    name: "panic",
    code: "TL0102",
    virtue: Virtue::Safety,
    page: include_str!("panic.md"),
    recognise,
    tell,
};

/// Sites: the locks held at the panic; the operation that the panic's own line makes, or that went the other way;
/// the panic. `notes`: the locks held.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    let mut finding = Finding {
        failure: case.failure.clone(),
        whole_past: true,
        ..Finding::default()
    };
    for holding in state::holdings(case.trace, failure.event) {
        if holding.thread == failure.thread && state::is_lock(case.trace, holding.object) {
            finding.event(case.trace, Role::Holds, holding.since);
            if let Some(site) = finding.sites.last_mut() {
                site.object = Some(holding.object);
            }
            finding.notes.push(holding.object);
        }
    }
    if let Some(at) = asked(case, failure)
        && !finding.sites.iter().any(|site| site.at == At::Event(at))
    {
        finding.event(case.trace, Role::Reads, at);
    }
    failed(&mut finding, case);
    Some(finding)
}

/// The operation whose answer the panic is about.
fn asked(case: &Case<'_>, failure: &failure::Failure) -> Option<usize> {
    let trace = case.trace;
    let line = |at: usize| place_of(&trace.events[at]).map(|place| (place.file, place.line));
    // Before what its message shows, as of `Arc::try_unwrap(total).expect(..)`.
    let counts = (0..failure.event).rev().find(|&at| {
        let event = &trace.events[at];
        event.thread == failure.thread
            && event.action == Action::LookAtCount
            && line(at) == line(failure.event)
    });
    let last = counts.or_else(|| looked_at(trace, failure));
    last.filter(|&at| line(at) == line(failure.event))
        .or_else(|| unhandled::before(trace, failure))
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let Some(failure) = &finding.failure else {
        return Words::default();
    };
    let who = say.thread(failure.thread);
    let message = failure.message.lines().next().unwrap_or_default();
    let held: Vec<_> = finding
        .notes
        .iter()
        .map(|&object| say.object(object))
        .collect();
    let while_held = if held.is_empty() {
        String::new()
    } else {
        format!(" while it holds {}", say.list(&held))
    };
    let labels = finding.sites.iter().map(|site| match site.role {
        Role::Holds => format!("{who} takes {} here", say.object(site.object.unwrap_or(0))),
        Role::Reads => site.at.event(say.trace).map_or_else(String::new, |event| {
            format!("{} {} here", say.thread(event.thread), phrase(say, event))
        }),
        _ => format!("{who} panics here{while_held}"),
    });
    let refused = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Reads)
        .filter_map(|site| site.at.event(say.trace))
        .find_map(|event| unhandled::guarantee(say, event));
    let message = if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    };
    let mut notes = failure::consequences(say, failure);
    notes.extend(super::blocked_forever::waiters(say, &[failure.thread]));
    Words {
        title: format!("{who} panics{while_held}{message}"),
        labels: labels.collect(),
        help: if let Some(refused) = refused {
            refused
        } else if held.is_empty() {
            "a thread that panics leaves its work undone; whoever joins it gets the panic as an error".into()
        } else {
            format!(
                "a panic while {} is held poisons it: everyone who locks it afterwards gets an error",
                say.list(&held)
            )
        },
        notes,
    }
}
