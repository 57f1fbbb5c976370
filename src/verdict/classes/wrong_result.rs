//! `wrong_result`: a check fails, and no pattern of accesses explains it.
//!
//! Also `main` that returns an error.

use super::super::{
    Case, Class, Finding, Role, Site, Telling, Virtue, Words, failure, phrase, place_of, state,
    unhandled,
};
use super::lost_update::{check_label, failed};
use crate::trace::{Action, Event, Outcome, Trace};

pub(super) const CLASS: Class = Class {
    name: "wrong_result",
    code: "TL0401",
    virtue: Virtue::Safety,
    page: include_str!("wrong_result.md"),
    recognise,
    tell,
};

/// Sites: an operation that went the other way, if one did; what the failing thread looked at last; the failure.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    let trace = case.trace;
    if !failure.assertion && !failure.message.is_empty() {
        return None;
    }
    let mut finding = Finding {
        failure: case.failure.clone(),
        whole_past: true,
        ..Finding::default()
    };
    let mut seen: Vec<usize> = unhandled::before(trace, failure).into_iter().collect();
    seen.extend(looked_at(trace, failure));
    seen.sort_unstable();
    seen.dedup();
    for at in seen {
        finding.event(trace, Role::Reads, at);
    }
    failed(&mut finding, case);
    Some(finding)
}

/// The last operation before a failure by which its thread can have learnt something.
pub(super) fn looked_at(trace: &Trace, failure: &failure::Failure) -> Option<usize> {
    (0..failure.event).rev().find(|&at| {
        let event = &trace.events[at];
        event.thread == failure.thread && place_of(event).is_some() && learns(event)
    })
}

fn learns(event: &Event) -> bool {
    use Action as A;
    match event.action {
        A::Load | A::ReadModifyWrite | A::CompareExchange => state::is_own(event),
        A::OnceGet | A::OnceBegin | A::LookAtCount => true,
        // The end of a loop over a channel says nothing that the messages before did not.
        A::Receive => event.outcome != Outcome::Disconnected,
        A::TryReceive | A::Send | A::TrySend => true,
        _ => state::acquires(event).is_some() || unhandled::went_wrong(event),
    }
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let Some(failure) = &finding.failure else {
        return Words::default();
    };
    let who = say.thread(failure.thread);
    let labels = finding.sites.iter().map(|site| match site.role {
        Role::Reads => site.at.event(say.trace).map_or_else(String::new, |event| {
            format!("{} {} here", say.thread(event.thread), phrase(say, event))
        }),
        _ if failure.message.is_empty() => format!("the last thing {who} does is here"),
        _ => check_label(finding),
    });
    Words {
        title: title(say, failure, &who),
        labels: labels.collect(),
        help: help(finding, say, failure),
        notes: failure::notes(say, failure),
    }
}

/// The check as the source has it, or what the source says about it.
fn title(say: &Telling<'_>, failure: &failure::Failure, who: &str) -> String {
    const SHORT: usize = 60;
    if !failure.assertion {
        return format!("{who} returns an error");
    }
    let place = place_of(&say.trace.events[failure.event]);
    let text = place.and_then(|place| {
        let line = say.sources.line(&place).trim_end_matches(';').to_string();
        let whole = line.ends_with(')') && line.chars().count() < SHORT;
        whole.then_some(line)
    });
    let words = failure.message.lines().next().unwrap_or_default();
    // `assertion `left == right` failed: two people like it`: the program's own words are behind it.
    let words = match words.split_once(" failed: ") {
        Some((_, own)) => own,
        None if words.starts_with("assertion ") => "",
        None => words,
    };
    match text {
        Some(text) => format!("the check `{text}` fails in {who}"),
        None if words.is_empty() => format!("a check fails in {who}"),
        None => format!("a check fails in {who}: {words}"),
    }
}

fn help(finding: &Finding, say: &Telling<'_>, failure: &failure::Failure) -> String {
    let reads = || finding.sites.iter().filter(|site| site.role == Role::Reads);
    let refused = reads()
        .filter_map(|site| site.at.event(say.trace))
        .chain(
            failure
                .message
                .is_empty()
                .then(|| &say.trace.events[failure.event]),
        )
        .filter(|event| unhandled::went_wrong(event))
        .find_map(|event| unhandled::guarantee(say, event));
    if let Some(help) = refused {
        return help;
    }
    let Some((object, threads)) = reads()
        .next_back()
        .and_then(|site| shared(say, site, failure))
    else {
        return "the check must hold after every order of the steps above, or the program must rule this order out".into();
    };
    format!(
        "nothing fixes the order in which {} come to {object}: the check must hold for every order, or the program must fix one",
        say.list(&threads)
    )
}

/// The object that was looked at, and who changes it, where these are several threads.
fn shared(
    say: &Telling<'_>,
    site: &Site,
    failure: &failure::Failure,
) -> Option<(String, Vec<String>)> {
    let object = site.object?;
    let changes = |event: &&Event| {
        event.object == Some(object)
            && !matches!(
                event.action,
                Action::Load | Action::ReadLock | Action::TryReadLock | Action::ReadUnlock
            )
            && !(event.thread == failure.thread && event.written.is_none())
            && place_of(event).is_some()
            && event.action != Action::CloneSender
            && event.action != Action::DropSender
            && event.action != Action::ChangeCount
    };
    let before = say.trace.events[..failure.event].iter();
    let mut threads: Vec<usize> = before.filter(changes).map(|event| event.thread).collect();
    threads.sort_unstable();
    threads.dedup();
    let others = threads.iter().any(|&thread| thread != failure.thread);
    (threads.len() > 1 && others).then(|| {
        let names = threads.iter().map(|&thread| say.thread(thread));
        (say.object(object), names.collect())
    })
}
