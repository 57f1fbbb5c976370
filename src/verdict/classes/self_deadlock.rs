//! `self_deadlock`: a thread waits for a lock that it holds itself.

use super::super::{At, Case, Class, Finding, Role, Telling, Virtue, Words, state};
use crate::trace::{Action, Ending};

pub(super) const CLASS: Class = Class {
    name: "self_deadlock",
    code: "TL0301",
    virtue: Virtue::Liveness,
    page: include_str!("self_deadlock.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    if !stuck(case) {
        return None;
    }
    let held = state::holdings(case.trace, case.trace.events.len());
    case.waits.iter().find_map(|wait| {
        let object = wanted(case, wait)?;
        let own = held
            .iter()
            .find(|holding| holding.thread == wait.thread && holding.object == object)?;
        let mut finding = Finding::default();
        finding.event(case.trace, Role::Holds, own.since);
        finding.sites[0].object = Some(object);
        finding.pending(case.trace, Role::Waits, wait.pending);
        finding.created(case.trace, object);
        Some(finding)
    })
}

/// Whether the execution ended because nobody could go on. (That some thread turns in circles meanwhile does
/// not make the circle of locks another bug.)
pub(super) fn stuck(case: &Case<'_>) -> bool {
    matches!(case.trace.ending, Ending::Stuck | Ending::Livelock)
}

/// The lock a blocked thread waits for.
pub(super) fn wanted(case: &Case<'_>, wait: &state::Waiting) -> Option<usize> {
    let event = &case.trace.pending[wait.pending];
    (wait.reason == state::Reason::Lock).then_some(())?;
    if event.action == Action::Reacquire {
        event.other.or(event.object)
    } else {
        event.object
    }
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let (taken, waits) = (&finding.sites[0], &finding.sites[1]);
    let who = say.thread(waits.thread.unwrap_or(0));
    let object = taken.object.unwrap_or(0);
    let lock = say.object(object);
    let inside = function_of(say, taken.at).zip(function_of(say, waits.at));
    let mut notes = Vec::new();
    if let Some((outer, inner)) = inside
        && outer != inner
    {
        notes.push(format!(
            "`{outer}` holds {lock} while it calls `{inner}`, which locks it too"
        ));
    }
    if say.trace.objects[object].kind == crate::trace::ObjectKind::RwLock {
        notes.push(
            "a thread that waits to write keeps new readers out, so even reading twice is not safe"
                .into(),
        );
    }
    let mut labels = vec![
        format!("{who} takes {lock} here and still holds it"),
        format!("{who} waits for {lock} here, which only {who} itself could release"),
    ];
    labels.extend(
        finding.sites[2..]
            .iter()
            .map(|_| format!("{lock} is made here")),
    );
    Words {
        title: format!("{who} locks {lock} while it already holds it"),
        labels,
        help: "a lock must be released before the same thread can take it again".into(),
        notes,
    }
}

fn function_of(say: &Telling<'_>, at: At) -> Option<String> {
    let event = at.event(say.trace)?;
    Some(event.stack.first()?.function.clone())
}
