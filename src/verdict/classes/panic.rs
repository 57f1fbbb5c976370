//! `panic`: a thread panics, and not because of a check of the program.

use super::super::{Case, Class, Finding, Role, Telling, Words, state};
use super::lost_update::failed;

pub(super) const CLASS: Class = Class {
    name: "panic",
    code: "TL0102",
    page: include_str!("panic.md"),
    recognise,
    tell,
};

/// `notes`: the locks held at the panic.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    let mut finding = Finding {
        failure: case.failure.clone(),
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
    failed(&mut finding, case);
    Some(finding)
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
        _ => format!("{who} panics here{while_held}"),
    });
    let mut notes = match failure.followers.len() {
        0 => Vec::new(),
        1 => vec!["one later failure follows from this".to_string()],
        n => vec![format!("{n} later failures follow from this")],
    };
    notes.extend(super::blocked_forever::waiters(say, Some(failure.thread)));
    Words {
        title: format!("{who} panics{while_held}: {message}"),
        labels: labels.collect(),
        help: if held.is_empty() {
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
