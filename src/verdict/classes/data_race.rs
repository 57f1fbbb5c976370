//! `data_race`: two unordered accesses to plain memory, one of them a write.

use super::super::{Case, Class, Finding, Role, Telling, Words};
use crate::trace::Action;

pub(super) const CLASS: Class = Class {
    name: "data_race",
    code: "TL0204",
    page: include_str!("data_race.md"),
    recognise,
    tell,
};

fn recognise(case: &Case<'_>) -> Option<Finding> {
    let race = case.trace.race.as_ref()?;
    let mut finding = Finding::default();
    for &at in &race.accesses {
        let role = match case.trace.events[at].action {
            Action::Read | Action::Load => Role::Reads,
            Action::Free => Role::Drops,
            _ => Role::Writes,
        };
        finding.event(case.trace, role, at);
    }
    Some(finding)
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let [first, second] = [0, 1].map(|site| &finding.sites[site]);
    let name = |thread: Option<usize>| thread.map_or_else(String::new, |t| say.thread(t));
    Words {
        title: format!(
            "{} and {} touch {} at the same time",
            name(first.thread),
            name(second.thread),
            first.object.map_or_else(String::new, |o| say.object(o)),
        ),
        labels: finding
            .sites
            .iter()
            .map(|site| {
                format!(
                    "{} {}",
                    name(site.thread),
                    if site.role == Role::Reads {
                        "reads"
                    } else {
                        "writes"
                    }
                )
            })
            .collect(),
        help: "nothing orders the two".into(),
        notes: Vec::new(),
    }
}
