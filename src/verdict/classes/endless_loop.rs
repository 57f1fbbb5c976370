//! `endless_loop`: a thread runs on without ever doing anything that another thread could notice.

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words};
use super::crash::last_place;
use crate::trace::{Crash, Ending};

pub(super) const CLASS: Class = Class {
    name: "endless_loop",
    code: "TL0502",
    virtue: Virtue::Liveness,
    page: include_str!("endless_loop.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    match case.trace.ending {
        Ending::Crashed {
            how: Crash::EndlessLoop,
            thread,
        } => Some(last_place(case, thread, Role::Waits)),
        _ => None,
    }
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let Ending::Crashed { thread, .. } = say.trace.ending else {
        return Words::default();
    };
    let who = say.thread(thread);
    Words {
        title: format!(
            "{who} never leaves a loop in which it neither locks, sends, waits nor touches an atomic"
        ),
        labels: finding
            .sites
            .iter()
            .map(|_| format!("{who} runs on and on in here"))
            .collect(),
        help: "the loop's condition must depend on something that changes".into(),
        notes: Vec::new(),
    }
}
