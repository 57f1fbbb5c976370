//! From a trace to a report: headline, labelled places, the table of steps, notes, help.

mod answer;
mod pages;
mod report;
mod runs;
mod steps;
mod vocabulary;
mod watching;

pub use answer::{Answer, executions, grouped, interleavings, report};
pub use pages::{codes, page};
pub use report::{
    BugReport, Missed, Report, Search, SiteReport, StepReport, Subject, Verdict, Witness,
};
pub use runs::Runs;
pub use watching::Watching;

use std::borrow::Cow;

use crate::names::{Names, Sources};
use crate::trace::{Crash, Ending, Place, Trace};
use crate::verdict::{self, At, Bug, Role, Telling};
use crate::witness;

/// The bug of a trace in words, with the schedule that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The bug.
    pub bug: BugReport,
    /// The schedule.
    pub witness: Witness,
}

/// Explains the bug of a trace; `None` when the trace shows none.
#[must_use]
pub fn explain(trace: &Trace, sources: &Sources) -> Option<Explanation> {
    let trace = &*settled(trace, sources);
    let bug = verdict::judge(trace, sources)?;
    let names = Names::new(trace, sources);
    let telling = Telling {
        trace,
        sources,
        names: &names,
    };
    let relevant = witness::relevant(trace, &bug.finding);
    let witness = steps::table(&telling, &bug, &relevant);
    let mut bug = words(&telling, &bug);
    if !bug.help.contains("`std` allows") {
        bug.notes.extend(surprises(trace, &relevant));
    }
    Some(Explanation { bug, witness })
}

/// Where a thread is found in a loop that never ends is a matter of chance, and so is what it calls there: what
/// counts is the outermost loop, or function, that it is in. A `for` is likely to end, so another loop goes before it.
#[must_use]
pub fn settled<'a>(trace: &'a Trace, sources: &Sources) -> Cow<'a, Trace> {
    let Ending::Crashed {
        how: Crash::EndlessLoop,
        thread,
    } = trace.ending
    else {
        return Cow::Borrowed(trace);
    };
    let mut trace = trace.clone();
    let last = trace.events.iter_mut().rev();
    let last = last.filter(|event| event.thread == thread).take(1);
    let about = trace.pending.iter_mut();
    for event in last.chain(about.filter(|event| event.thread == thread)) {
        let frames = || event.stack.iter().enumerate().rev();
        let within = |around: &dyn Fn(&Place) -> Option<Place>| {
            frames().find_map(|(at, frame)| Some((at, around(&frame.place)?)))
        };
        let found = within(&|place| sources.loop_around(place, false))
            .or_else(|| within(&|place| sources.loop_around(place, true)))
            .or_else(|| within(&|place| sources.function_around(place)));
        if let Some((at, place)) = found.filter(|_| event.place.is_none()) {
            event.stack.drain(..at);
            if let Some(frame) = event.stack.first_mut() {
                frame.place.clone_from(&place);
            }
            event.place = Some(place);
        }
    }
    Cow::Owned(trace)
}

/// What a reader may not expect of the steps that are shown.
fn surprises(trace: &Trace, relevant: &[usize]) -> Vec<String> {
    let steps = relevant.iter().enumerate();
    let surprising = steps.filter_map(|(row, &at)| {
        let fact = verdict::surprise(&trace.events[at])?;
        Some(format!("step {} is {fact}", row + 1))
    });
    surprising.take(1).collect()
}

fn words(telling: &Telling<'_>, bug: &Bug) -> BugReport {
    let words = bug.tell(telling);
    let numbers = site_numbers(telling.trace, bug);
    let labelled = bug.finding.sites.iter().zip(&words.labels).zip(numbers);
    let sites = labelled.filter_map(|((site, label), number)| {
        let place = site.at.place(telling.trace)?;
        // `#[derive(Default)]` makes objects too, but says nothing to a reader.
        let is_written = || {
            let sources = telling.sources;
            sources.call(&place).is_some() || sources.macro_at(&place).is_some()
        };
        if site.role == Role::Creates && !is_written() {
            return None;
        }
        let number = number.map(|n| format!("({n}) ")).unwrap_or_default();
        Some(SiteReport {
            role: site.role,
            thread: site
                .thread
                .map(|thread| telling.names.thread(thread).to_string()),
            object: site
                .object
                .map(|object| telling.names.object(object).to_string()),
            span: telling.sources.extent(&place),
            file: place.file,
            label: format!("{number}{label}"),
        })
    });
    BugReport {
        class: bug.class.name,
        code: bug.class.code,
        title: words.title.clone(),
        help: words.help.clone(),
        sites: sites.collect(),
        notes: words.notes.clone(),
    }
}

/// The numbers of the sites, in the order of time; where something is made is not part of the schedule and has
/// none.
fn site_numbers(trace: &Trace, bug: &Bug) -> Vec<Option<usize>> {
    let time = |at: At| match at {
        At::Event(at) => Some(at),
        At::Pending(at) => Some(trace.events.len() + at),
        At::Object(_) => None,
    };
    let sites = &bug.finding.sites;
    let mut order: Vec<usize> = sites.iter().filter_map(|site| time(site.at)).collect();
    order.sort_unstable();
    order.dedup();
    sites
        .iter()
        .map(|site| {
            let time = time(site.at)?;
            site.at.place(trace)?;
            order
                .iter()
                .position(|other| *other == time)
                .map(|at| at + 1)
        })
        .collect()
}
