//! The steps a reader needs: those of a bug's sites, what they hang on, and what the threads concerned do to the
//! objects concerned.

use std::collections::BTreeSet;

use crate::trace::{Action, Memory, ThreadRecord, Trace};
use crate::verdict::{At, Finding, place_of, state};

/// The indices of the events that matter for a finding, in order.
///
/// An event matters when it is a site; when it touches an object of a site and is in the past of one; when it
/// takes or gives back a lock that a site is about; when it starts a thread that is shown. Events without a place
/// in the program, and those of threads and objects that have nothing to do with it, are left out. Where nothing
/// explains a failure, all that it depends on matters, unless that is long and the rest says enough.
#[must_use]
pub fn relevant(trace: &Trace, finding: &Finding) -> Vec<usize> {
    let sites: BTreeSet<usize> = finding
        .sites
        .iter()
        .filter_map(|site| match site.at {
            At::Event(at) => Some(at),
            _ => None,
        })
        .chain(
            finding
                .focus
                .iter()
                .copied()
                .filter(|&at| at < trace.events.len()),
        )
        .collect();
    let objects: BTreeSet<usize> = finding
        .sites
        .iter()
        .filter_map(|site| site.object)
        .chain(sites.iter().filter_map(|&at| trace.events[at].object))
        .collect();
    let threads: BTreeSet<usize> = finding
        .sites
        .iter()
        .filter_map(|site| site.thread)
        .collect();
    let ends_blocked = finding
        .sites
        .iter()
        .any(|site| matches!(site.at, At::Pending(_)));
    // What the threads do after a failure explains nothing, but for the sites.
    let end = finding.failure.as_ref().map(|failure| failure.event);
    let matters = |at: &usize| -> bool {
        let event = &trace.events[*at];
        if sites.contains(at) {
            return true;
        }
        if place_of(event).is_none() || is_noise(trace, event.action) || !state::is_own(event) {
            return false;
        }
        let past = ends_blocked || sites.iter().any(|&site| state::precedes(trace, *at, site));
        let about = [event.object, event.other]
            .iter()
            .flatten()
            .any(|object| objects.contains(object));
        let starts =
            event.action == Action::Spawn && event.peer.is_some_and(|peer| threads.contains(&peer));
        end.is_none_or(|end| *at < end) && past && (about || starts)
    };
    let mut chosen: Vec<usize> = (0..trace.events.len()).filter(matters).collect();
    // A reader meets no thread whose start is not shown.
    let met: BTreeSet<usize> = chosen.iter().map(|&at| trace.events[at].thread).collect();
    let starts = |record: &ThreadRecord| record.spawned_by.filter(|&at| is_placed(trace, at));
    chosen.extend(met.iter().filter_map(|&at| starts(&trace.threads[at])));
    chosen.sort_unstable();
    chosen.dedup();
    let failure = finding.failure.as_ref().filter(|_| finding.whole_past);
    let Some(failure) = failure else {
        return chosen;
    };
    let depends = |at: &usize| -> bool {
        let event = &trace.events[*at];
        let shown = place_of(event).is_some()
            && !is_noise(trace, event.action)
            && !matches!(event.action, Action::ChangeCount | Action::Print)
            && state::is_own(event);
        chosen.binary_search(at).is_ok()
            || (shown && *at < failure.event && state::precedes(trace, *at, failure.event))
    };
    let past: Vec<usize> = (0..trace.events.len()).filter(depends).collect();
    if past.len() <= READABLE || chosen.len() < TELLING {
        past
    } else {
        chosen
    }
}

fn is_placed(trace: &Trace, at: usize) -> bool {
    trace
        .events
        .get(at)
        .is_some_and(|event| place_of(event).is_some())
}

/// Steps that a reader still follows.
const READABLE: usize = 40;

/// Steps below which a choice says nothing.
const TELLING: usize = 4;

/// Events that say nothing to a reader.
fn is_noise(trace: &Trace, action: Action) -> bool {
    let orders = action == Action::Fence && trace.memory == Memory::C11;
    !orders
        && matches!(
            action,
            Action::End
                | Action::ScopeLeave
                | Action::Sleep
                | Action::Reach
                | Action::CloneSender
                | Action::IsFinished
                | Action::Fence
        )
}
