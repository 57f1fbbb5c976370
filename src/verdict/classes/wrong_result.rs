//! `wrong_result`: a check fails, and no pattern of accesses explains it.
//!
//! Also `main` that returns an error, and an exit with a code other than 0.

use super::super::{Case, Class, Finding, Telling, Words, failure, state};
use super::lost_update::{check_label, failed};
use crate::trace::Ending;

pub(super) const CLASS: Class = Class {
    name: "wrong_result",
    code: "TL0401",
    page: include_str!("wrong_result.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    let failure = case.failure.as_ref()?;
    if !failure.assertion && !failure.message.is_empty() {
        return None;
    }
    let mut finding = Finding {
        failure: case.failure.clone(),
        ..Finding::default()
    };
    failed(&mut finding, case);
    // What the check may have read: the last change of each value that its thread has seen.
    let trace = case.trace;
    let past = |at: &usize| state::precedes(trace, *at, failure.event);
    let wrote = (0..failure.event).rev().filter(past).find(|&at| {
        trace.events[at].written.is_some() && trace.events[at].thread != failure.thread
    });
    finding.focus.extend(wrote);
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let failure = finding.failure.as_ref();
    let who = say.thread(failure.map_or(0, |failure| failure.thread));
    let title = match (&say.trace.ending, failure) {
        (_, Some(failure)) if failure.assertion => {
            let place = super::super::place_of(&say.trace.events[failure.event]);
            let line =
                place.map(|place| say.sources.line(&place).trim_end_matches(';').to_string());
            match line.filter(|line| !line.is_empty() && line.len() < 60) {
                Some(line) => format!("the check `{line}` fails in {who}"),
                None => format!("a check fails in {who}"),
            }
        }
        (Ending::Exited { code }, _) => format!("{who} exits with code {code}"),
        _ => format!("{who} returns an error"),
    };
    Words {
        title,
        labels: finding.sites.iter().map(|_| check_label(finding)).collect(),
        help: "follow the schedule above step by step: each step is right on its own, their order gives this result".into(),
        notes: failure::message_note(failure),
    }
}
