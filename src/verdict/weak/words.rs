//! A circle of accesses in words: what was read, what it misses, why, and what would forbid it.

use super::super::{At, Finding, Telling, Words, is_shown, phrase};
use super::{Leg, Link, Weak, newest, writes};
use crate::trace::{Action, Event, Ordering, Strengthening};

/// What a class says, with what it owes to weak memory. Where nothing else explains the failure of a check, that
/// is the headline, and the places are its own; elsewhere it is a note.
pub(in super::super) fn told(
    weak: &Weak,
    finding: &Finding,
    mut words: Words,
    say: &Telling<'_>,
) -> Words {
    let story = Story {
        weak,
        say,
        lines: false,
    };
    if say.trace.race.is_some() {
        // Its own words name the orderings already.
        words.notes.insert(0, story.title());
        return words;
    }
    let failed = finding.failure.as_ref();
    if finding.whole_past {
        let events = weak.events();
        for (site, label) in finding.sites.iter().zip(&mut words.labels) {
            if let At::Event(at) = site.at
                && events.contains(&at)
                && failed.is_none_or(|failure| failure.event != at)
            {
                *label = story.label(at);
            }
        }
    }
    let mut notes = Vec::new();
    if finding.whole_past && failed.is_some_and(|failure| failure.assertion) {
        words.title = story.title();
    } else {
        notes.push(story.title());
    }
    notes.extend(story.why());
    notes.append(&mut words.notes);
    Words {
        notes,
        help: story.help(),
        ..words
    }
}

/// Orderings that would have been enough, in words: what they are now ("the store to `ready` is `Relaxed`"), and what
/// they must be. `None` where none are known.
pub(in super::super) fn orderings(
    say: &Telling<'_>,
    remedy: &[Strengthening],
) -> Option<(String, String)> {
    let mut remedy = remedy.to_vec();
    remedy.sort_by_key(|found| (!writes(&say.trace.events[found.event]), found.event));
    let weak = Weak {
        legs: Vec::new(),
        remedy,
    };
    let story = Story {
        weak: &weak,
        say,
        lines: true,
    };
    Some((story.orderings()?, story.needs()))
}

/// "not yet 42, written in step 3": what an event has not seen. `step_of` gives the steps that are shown.
#[must_use]
pub fn stale(
    say: &Telling<'_>,
    event: &Event,
    step_of: impl Fn(usize) -> Option<usize>,
) -> Option<String> {
    let (at, missed) = newest(say.trace, event)?;
    let value = shown(missed.written.as_ref());
    let by = match step_of(at) {
        Some(step) => format!("in step {step}"),
        None => format!("by {} before", say.thread(missed.thread)),
    };
    Some(match (writes(event), value) {
        (false, Some(value)) => format!("not yet {value}, written {by}"),
        (false, None) => format!("not yet what was written {by}"),
        (true, Some(value)) => format!("counts as older than the {value} written {by}"),
        (true, None) => format!("counts as older than what was written {by}"),
    })
}

/// A value that says something.
pub(super) fn shown(value: Option<&String>) -> Option<&String> {
    value.filter(|value| is_shown(value))
}

/// A name of an ordering, as the source has it.
pub(super) fn named(ordering: Ordering) -> String {
    format!("`{ordering:?}`")
}

/// What is told, and of what.
pub(super) struct Story<'a> {
    pub(super) weak: &'a Weak,
    pub(super) say: &'a Telling<'a>,
    /// Whether to tell the lines of orderings: no site is there.
    pub(super) lines: bool,
}

impl Story<'_> {
    pub(super) fn event(&self, at: usize) -> &Event {
        &self.say.trace.events[at]
    }

    pub(super) fn who(&self, at: usize) -> String {
        self.say.thread(self.event(at).thread)
    }

    pub(super) fn cell(&self, at: usize) -> String {
        let object = self.event(at).object;
        object.map_or_else(|| "it".into(), |object| self.say.object(object))
    }

    /// The value that an event has read, or "an old value".
    pub(super) fn old(&self, at: usize) -> String {
        match shown(self.event(at).read.as_ref()).map(String::as_str) {
            None => "an old value".into(),
            Some("pointer") => "an old pointer".into(),
            Some(value) => value.into(),
        }
    }

    /// " 42": the value that an event has written.
    pub(super) fn written(&self, at: usize) -> String {
        let value = shown(self.event(at).written.as_ref());
        value.map(|value| format!(" {value}")).unwrap_or_default()
    }

    /// The leg that ends with the old value, and the store that it misses.
    pub(super) fn ends(&self) -> (Leg, usize) {
        let legs = &self.weak.legs;
        (legs[legs.len() - 1], legs[0].first)
    }

    pub(super) fn misses(&self) -> Vec<Leg> {
        let legs = self.weak.legs.iter().copied();
        legs.filter(|leg| leg.link == Link::Misses).collect()
    }

    /// Each thread writes, and then reads what another one has not yet written (store buffering).
    pub(super) fn is_late_write(&self) -> bool {
        let late = |leg: &Leg| writes(self.event(leg.first)) && leg.link == Link::Misses;
        self.weak.legs.len() > 1 && self.weak.legs.iter().all(late)
    }

    /// Threads that only read see the writes of others in different orders.
    pub(super) fn is_two_orders(&self) -> bool {
        let misses = self.misses();
        let reads = |leg: &Leg| !writes(self.event(leg.first)) && leg.first != leg.last;
        misses.len() > 1 && misses.iter().all(reads)
    }

    /// The ordering of an event, as the source has it: that of its failure for an exchange that fails.
    pub(super) fn ordering(&self, event: &Event) -> Option<String> {
        if event.action != Action::CompareExchange || writes(event) {
            return event.ordering.map(named);
        }
        let call = self.say.sources.call(event.place.as_ref()?)?;
        let failure = call.arguments.get(3)?.as_ref()?;
        Some(format!("`{}`", failure.base))
    }

    /// "`reader` reads 0 from `data` here (`Relaxed`): its first value, not the 42 that `writer` has written".
    fn label(&self, at: usize) -> String {
        let event = self.event(at);
        let ordering = self
            .ordering(event)
            .map(|ordering| format!(" ({ordering})"));
        let base = format!(
            "{} {} here{}",
            self.who(at),
            phrase(self.say, event),
            ordering.unwrap_or_default()
        );
        let Some((new, missed)) = newest(self.say.trace, event) else {
            return base;
        };
        let (value, writer) = (self.written(new), self.say.thread(missed.thread));
        if writes(event) {
            return format!("{base}, which counts as older than the{value} of {writer}");
        }
        let source = match event.reads_from {
            Some(from) if self.event(from).thread == event.thread => {
                ": what it wrote itself".to_string()
            }
            Some(from) => format!(": what {} wrote", self.who(from)),
            None => ": its first value".into(),
        };
        format!("{base}{source}, not the{value} that {writer} has written")
    }
}
