//! `deadlock`: a cycle of threads, each waiting for what the next one holds or is.
//!
//! Edges of the waits-for graph: a lock (or running initialiser) to its holders, a join to the thread joined, a
//! scope to its threads. With one unit of each resource a cycle is necessary and sufficient (Coffman, Elphick,
//! Shoshani, ACM Computing Surveys 1971). A cycle needs at least one lock: joins alone cannot close one.

use super::super::{Case, Class, Finding, Role, Telling, Virtue, Words, state};
use super::self_deadlock::{stuck, wanted};
use state::Waiting;

pub(super) const CLASS: Class = Class {
    name: "deadlock",
    code: "TL0302",
    virtue: Virtue::Liveness,
    page: include_str!("deadlock.md"),
    recognise,
    tell,
};

/// Sites: for each thread of the cycle, beginning with the lowest, the place where it took what its
/// predecessor wants (if that is a lock), then the place where it waits. `notes` lists the threads of the cycle.
fn recognise(case: &Case<'_>) -> Option<Finding> {
    if !stuck(case) {
        return None;
    }
    let cycle = cycle(&case.waits)?;
    let trace = case.trace;
    let held = state::holdings(trace, trace.events.len());
    let mut finding = Finding::default();
    let mut locks = Vec::new();
    for (at, wait) in cycle.iter().enumerate() {
        let before = &cycle[(at + cycle.len() - 1) % cycle.len()];
        if let Some(object) = wanted(case, before)
            && let Some(own) = held
                .iter()
                .find(|h| h.object == object && h.thread == wait.thread)
        {
            finding.event(trace, Role::Holds, own.since);
            if let Some(site) = finding.sites.last_mut() {
                site.object = Some(object);
            }
            locks.push(object);
        }
        finding.pending(trace, Role::Waits, wait.pending);
        if let (Some(site), Some(object)) = (finding.sites.last_mut(), wanted(case, wait)) {
            site.object = Some(object);
        }
        finding.notes.push(wait.thread);
    }
    if locks.is_empty() {
        return None;
    }
    for object in locks {
        finding.created(trace, object);
    }
    Some(finding)
}

/// The shortest cycle, beginning with its lowest thread.
fn cycle(waits: &[Waiting]) -> Option<Vec<Waiting>> {
    let of = |thread: usize| waits.iter().find(|wait| wait.thread == thread);
    let mut best: Option<Vec<Waiting>> = None;
    for start in waits {
        // Breadth first: the first path back is the shortest.
        let mut paths = vec![vec![start.clone()]];
        let mut seen = vec![start.thread];
        while !paths.is_empty() {
            let mut longer = Vec::new();
            for path in paths {
                let last = &path[path.len() - 1];
                for &next in &last.on {
                    if next == start.thread && path.len() > 1 {
                        if best.as_ref().is_none_or(|best| path.len() < best.len()) {
                            best = Some(path.clone());
                        }
                    } else if !seen.contains(&next)
                        && let Some(wait) = of(next)
                    {
                        seen.push(next);
                        let mut path = path.clone();
                        path.push(wait.clone());
                        longer.push(path);
                    }
                }
            }
            paths = longer;
        }
    }
    best
}

fn tell(finding: &Finding, say: &Telling<'_>) -> Words {
    let creates = |site: &&super::super::Site| site.role == Role::Creates;
    let held: Vec<_> = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Holds)
        .collect();
    let mut locks: Vec<usize> = held.iter().filter_map(|site| site.object).collect();
    // A lock that is only waited for, as it is held without a site: that of standard output.
    let waited = finding.sites.iter().filter(|site| {
        let event = site.at.event(say.trace);
        site.role == Role::Waits && event.is_some_and(|event| is_lock_wait(event.action))
    });
    for object in waited.filter_map(|site| site.object) {
        if !locks.contains(&object) && !state::is_lock(say.trace, object) {
            locks.push(object);
        }
    }
    let names: Vec<String> = locks.iter().map(|&lock| say.object(lock)).collect();
    let mut labels = Vec::new();
    for site in finding
        .sites
        .iter()
        .filter(|site| site.role != Role::Creates)
    {
        let who = say.thread(site.thread.unwrap_or(0));
        let what = site
            .object
            .map(|object| say.object(object))
            .unwrap_or_default();
        labels.push(match site.role {
            Role::Holds => format!("{who} takes {what} here and holds it"),
            _ => format!("{who} waits here{}", reason(finding, say, site)),
        });
    }
    for site in finding.sites.iter().filter(creates) {
        labels.push(format!(
            "{} is made here",
            say.object(site.object.unwrap_or(0))
        ));
    }
    let joins = finding
        .sites
        .iter()
        .filter(|site| site.role == Role::Waits)
        .any(|site| {
            site.at
                .event(say.trace)
                .is_some_and(|event| !is_lock_wait(event.action))
        });
    let title = if joins {
        let holder = held.first().and_then(|site| site.thread).unwrap_or(0);
        let other = finding
            .notes
            .iter()
            .find(|&&thread| thread != holder)
            .copied()
            .unwrap_or(0);
        format!(
            "{} waits for {} to end while it holds {}, which {} needs",
            say.thread(holder),
            say.thread(other),
            say.list(&names),
            say.thread(other)
        )
    } else if names.len() == 2 {
        format!(
            "{} and {} are locked in opposite orders",
            names[0], names[1]
        )
    } else {
        let threads: Vec<_> = finding
            .notes
            .iter()
            .map(|&thread| say.thread(thread))
            .collect();
        format!(
            "{} wait for each other in a circle: each holds a lock that the one before it needs",
            say.list(&threads)
        )
    };
    let mut order = locks;
    order.sort_unstable();
    let ordered: Vec<_> = order.iter().map(|&lock| say.object(lock)).collect();
    let help = if joins {
        "a lock that a thread still needs must be released before waiting for that thread to end"
            .into()
    } else if ordered.len() == 2 {
        format!(
            "every thread must take the two locks in the same order, {} always first or {} always first",
            ordered[0], ordered[1]
        )
    } else {
        format!(
            "every thread must take the locks in one common order, for example {}",
            ordered.join(" before ")
        )
    };
    Words {
        title,
        labels,
        help,
        notes: vec![circle(finding, say)],
    }
}

/// `a` → waits for `right`, held by `b` → waits for `left`, held by `a`.
fn circle(finding: &Finding, say: &Telling<'_>) -> String {
    let waits = finding.sites.iter().filter(|site| site.role == Role::Waits);
    let steps: Vec<String> = waits
        .map(|site| {
            format!(
                "{} waits{}",
                say.thread(site.thread.unwrap_or(0)),
                reason(finding, say, site)
            )
        })
        .collect();
    format!("the circle: {}", steps.join("; "))
}

fn reason(finding: &Finding, say: &Telling<'_>, site: &super::super::Site) -> String {
    let threads = &finding.notes;
    let at = threads
        .iter()
        .position(|&thread| Some(thread) == site.thread)
        .unwrap_or(0);
    let next = say.thread(threads[(at + 1) % threads.len()]);
    let lock = site
        .at
        .event(say.trace)
        .is_some_and(|event| is_lock_wait(event.action));
    match site.object {
        Some(object) if lock => format!(" for {}, held by {next}", say.object(object)),
        _ => format!(" for {next} to end"),
    }
}

fn is_lock_wait(action: crate::trace::Action) -> bool {
    use crate::trace::Action as A;
    !matches!(action, A::Join | A::ScopeWait)
}
