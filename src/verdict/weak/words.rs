//! A circle of accesses in words: what was read, what it misses, why, and what would forbid it.

use super::super::{At, Finding, Telling, Words, is_shown, phrase, place_of};
use super::remedy::{is_passed_on, is_same_place};
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
    let story = Story { weak, say };
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

fn shown(value: Option<&String>) -> Option<&String> {
    value.filter(|value| is_shown(value))
}

/// A name of an ordering, as the source has it.
fn named(ordering: Ordering) -> String {
    format!("`{ordering:?}`")
}

struct Story<'a> {
    weak: &'a Weak,
    say: &'a Telling<'a>,
}

impl Story<'_> {
    fn event(&self, at: usize) -> &Event {
        &self.say.trace.events[at]
    }

    fn who(&self, at: usize) -> String {
        self.say.thread(self.event(at).thread)
    }

    fn cell(&self, at: usize) -> String {
        let object = self.event(at).object;
        object.map_or_else(|| "it".into(), |object| self.say.object(object))
    }

    /// The value that an event has read, or "an old value".
    fn old(&self, at: usize) -> String {
        let value = shown(self.event(at).read.as_ref());
        value.map_or_else(|| "an old value".into(), Clone::clone)
    }

    /// " 42": the value that an event has written.
    fn written(&self, at: usize) -> String {
        let value = shown(self.event(at).written.as_ref());
        value.map(|value| format!(" {value}")).unwrap_or_default()
    }

    /// The leg that ends with the old value, and the store that it misses.
    fn ends(&self) -> (Leg, usize) {
        let legs = &self.weak.legs;
        (legs[legs.len() - 1], legs[0].first)
    }

    fn misses(&self) -> Vec<Leg> {
        let legs = self.weak.legs.iter().copied();
        legs.filter(|leg| leg.link == Link::Misses).collect()
    }

    /// Each thread writes, and then reads what another one has not yet written (store buffering).
    fn is_late_write(&self) -> bool {
        let late = |leg: &Leg| writes(self.event(leg.first)) && leg.link == Link::Misses;
        self.weak.legs.len() > 1 && self.weak.legs.iter().all(late)
    }

    /// Threads that only read see the writes of others in different orders.
    fn is_two_orders(&self) -> bool {
        let misses = self.misses();
        let reads = |leg: &Leg| !writes(self.event(leg.first)) && leg.first != leg.last;
        misses.len() > 1 && misses.iter().all(reads)
    }

    fn title(&self) -> String {
        let (last, missed) = self.ends();
        let (who, cell) = (self.who(last.last), self.cell(last.last));
        let lost = |leg: &Leg| leg.link == Link::OverwrittenBy && leg.first != leg.last;
        if self.weak.legs.iter().all(lost) {
            let parts = self.weak.legs.iter().map(|leg| {
                let (who, cell) = (self.who(leg.last), self.cell(leg.last));
                format!("{who} writes{} to {cell}", self.written(leg.last))
            });
            return format!(
                "{}, but each of these counts as older than what was written there before",
                self.say.list(&parts.collect::<Vec<_>>())
            );
        }
        if last.link != Link::Misses {
            return format!(
                "the{} that {who} writes to {cell} counts as older than the{} that {} wrote to it before",
                self.written(last.last),
                self.written(missed),
                self.who(missed)
            );
        }
        if self.is_late_write() {
            return self.late_write();
        }
        if self.is_two_orders() {
            let misses = self.misses();
            let views: Vec<_> = misses
                .iter()
                .map(|leg| {
                    let (first, last) = (self.cell(leg.first), self.cell(leg.last));
                    format!("{} sees {first} change before {last}", self.who(leg.first))
                })
                .collect();
            return self.say.list(&views);
        }
        format!(
            "{who} reads {} from {cell}, although {}",
            self.old(last.last),
            self.evidence(last, missed)
        )
    }

    /// By what a thread could have known that a value is old.
    fn evidence(&self, last: Leg, missed: usize) -> String {
        let (writer, cell) = (self.who(missed), self.cell(missed));
        let new = self.written(missed);
        let plain = || format!("{writer} has written{new} to it before");
        let legs = &self.weak.legs;
        let Some(before) = legs.len().checked_sub(2).map(|at| legs[at]) else {
            return plain();
        };
        let flag = self.cell(last.first);
        let seen = shown(self.event(last.first).read.as_ref());
        let left = self.who(before.last);
        let wrote = if left == writer {
            "writing".to_string()
        } else {
            format!("{writer} wrote")
        };
        match (before.link, seen) {
            (Link::ReadBy, Some(seen)) if seen == "pointer" => {
                format!(
                    "it has found in {flag} what {left} left there after {wrote}{new} to {cell}"
                )
            }
            (Link::ReadBy, Some(seen)) if !writes(self.event(last.first)) => {
                format!("{flag} is already {seen}")
            }
            (Link::ReadBy, Some(seen)) => {
                format!(
                    "it has found {flag} at {seen}, as {left} left it after {wrote}{new} to {cell}"
                )
            }
            (Link::OverwrittenBy, _) => format!(
                "its write to {flag} came after that of {left}, and {writer} had written{new} to {cell} before"
            ),
            _ => plain(),
        }
    }

    fn late_write(&self) -> String {
        let legs = &self.weak.legs;
        let who: Vec<_> = legs.iter().map(|leg| self.who(leg.first)).collect();
        let there = if legs.len() == 2 {
            "where the other reads"
        } else {
            "where another one reads"
        };
        let first = legs[0];
        let alike = |leg: &Leg| {
            self.old(leg.last) == self.old(first.last)
                && self.written(leg.first) == self.written(first.first)
        };
        if legs.iter().all(alike) {
            let all = if legs.len() == 2 { "both" } else { "all" };
            return format!(
                "{} {all} read {}, although each has first written{} {there}",
                self.say.list(&who),
                self.old(first.last),
                self.written(first.first)
            );
        }
        let parts: Vec<_> = legs
            .iter()
            .map(|leg| {
                let (old, cell) = (self.old(leg.last), self.cell(leg.last));
                format!("{} reads {old} from {cell}", self.who(leg.last))
            })
            .collect();
        format!(
            "{}, although each has first written {there}",
            self.say.list(&parts)
        )
    }

    /// The ordering of an event, as the source has it: that of its failure for an exchange that fails.
    fn ordering(&self, event: &Event) -> Option<String> {
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

    /// "the store to `ready` is `Relaxed`, so …".
    fn why(&self) -> Option<String> {
        if self.weak.remedy.is_empty() {
            return None;
        }
        const FEW: usize = 2;
        let sequential = |found: &Strengthening| found.ordering == Ordering::SeqCst;
        if self.weak.remedy.len() > FEW && self.weak.remedy.iter().all(sequential) {
            let quantity = if self.is_all_sequential() {
                "none of these accesses is"
            } else {
                "not all of these accesses are"
            };
            return Some(format!("{quantity} `SeqCst`, so {}", self.consequence()));
        }
        let mut parts: Vec<(String, Vec<String>)> = Vec::new();
        for found in &self.weak.remedy {
            let event = self.event(found.event);
            let (Some(now), what) = (self.ordering(event), self.access(event)) else {
                continue;
            };
            match parts.iter_mut().find(|(known, _)| *known == now) {
                Some((_, all)) if all.contains(&what) => {}
                Some((_, all)) => all.push(what),
                None => parts.push((now, vec![what])),
            }
        }
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(ordering, what)| {
                let is = if what.len() == 1 { "is" } else { "are" };
                format!("{} {is} {ordering}", self.say.list(&what))
            })
            .collect();
        Some(format!(
            "{}, so {}",
            self.say.list(&parts),
            self.consequence()
        ))
    }

    fn consequence(&self) -> String {
        let (last, missed) = self.ends();
        if is_passed_on(&self.weak.legs) {
            format!(
                "nothing makes sure that {} sees the{} in {} by then",
                self.who(last.last),
                self.written(missed),
                self.cell(missed)
            )
        } else if self.is_late_write() {
            "what a thread writes may become visible to the others only after its next read".into()
        } else if self.is_two_orders() {
            "two threads may see two writes in different orders".into()
        } else {
            "the threads need not agree on one order of these steps".into()
        }
    }

    fn help(&self) -> String {
        if self.weak.remedy.is_empty() {
            return "no ordering of these accesses forbids this: what belongs together needs a lock, or one atomic".into();
        }
        let needs = self.needs();
        let (last, missed) = self.ends();
        if is_passed_on(&self.weak.legs) {
            let flag = self.cell(last.first);
            let cell = self.cell(missed);
            format!("whoever sees the new value of {flag} must see that of {cell} too: {needs}")
        } else if self.is_late_write() {
            format!("each write must be visible to all before the read that follows it: {needs}")
        } else if self.is_two_orders() {
            format!("all threads must see the writes in the same order: {needs}")
        } else {
            format!("all threads must see these steps in one order: {needs}")
        }
    }

    /// "`ready` must be stored with `Release` and loaded with `Acquire`".
    fn needs(&self) -> String {
        let remedy = &self.weak.remedy;
        if self.is_all_sequential() {
            let mut cells: Vec<_> = remedy.iter().map(|found| self.subject(found)).collect();
            cells.sort();
            cells.dedup();
            return format!("the accesses to {} must be `SeqCst`", self.say.list(&cells));
        }
        let mut cells: Vec<(String, Vec<String>)> = Vec::new();
        for found in remedy {
            let (cell, way) = (self.subject(found), self.way(found));
            match cells.iter_mut().find(|(known, _)| *known == cell) {
                Some((_, all)) if all.contains(&way) => {}
                Some((_, all)) => all.push(way),
                None => cells.push((cell, vec![way])),
            }
        }
        // Cells for which the same is needed share a sentence.
        let mut groups: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for (cell, ways) in cells {
            match groups.iter_mut().find(|(_, known)| *known == ways) {
                Some((all, _)) => all.push(cell),
                None => groups.push((vec![cell], ways)),
            }
        }
        let parts: Vec<_> = groups
            .iter()
            .map(|(cells, ways)| {
                format!("{} must be {}", self.say.list(cells), self.say.list(ways))
            })
            .collect();
        parts.join(", and ")
    }

    /// Whether every access of the circle would have to be `SeqCst`.
    fn is_all_sequential(&self) -> bool {
        let remedy = &self.weak.remedy;
        let weaker = |at: &usize| {
            let ordering = self.event(*at).ordering;
            ordering.is_some_and(|now| now != Ordering::SeqCst)
        };
        let strong = |at: &usize| {
            remedy
                .iter()
                .any(|found| is_same_place(self.say.trace, found.event, *at))
        };
        remedy
            .iter()
            .all(|found| found.ordering == Ordering::SeqCst)
            && self
                .weak
                .events()
                .iter()
                .filter(|at| weaker(at))
                .all(strong)
    }

    fn subject(&self, found: &Strengthening) -> String {
        let event = self.event(found.event);
        match (event.action, place_of(event)) {
            (Action::Fence, Some(place)) => format!("the fence in line {}", place.line),
            (Action::Fence, None) => "the fence".into(),
            _ => self.all_of(event),
        }
    }

    /// A cell, or the collection that it is one of: a place in the source is about all of them.
    fn all_of(&self, event: &Event) -> String {
        let name = event
            .object
            .map_or("it", |object| self.say.names.object(object));
        let whole = name
            .strip_suffix(']')
            .and_then(|name| name.rsplit_once('['));
        format!("`{}`", whole.map_or(name, |(whole, _)| whole))
    }

    fn way(&self, found: &Strengthening) -> String {
        let event = self.event(found.event);
        let ordering = named(found.ordering);
        match event.action {
            Action::Fence => ordering,
            Action::Store => format!("stored with {ordering}"),
            Action::Load => format!("loaded with {ordering}"),
            _ if !writes(event) => format!("read with {ordering} where the exchange fails"),
            _ => format!("changed with {ordering}"),
        }
    }

    /// "the store to `ready`".
    fn access(&self, event: &Event) -> String {
        let call = event
            .place
            .as_ref()
            .and_then(|place| self.say.sources.call(place));
        let cell = self.all_of(event);
        match (event.action, call) {
            (Action::Fence, _) => "the fence".into(),
            (Action::Store, _) => format!("the store to {cell}"),
            (Action::Load, _) => format!("the load of {cell}"),
            (_, Some(call)) if !writes(event) => format!("the failing `{}` of {cell}", call.name),
            (_, Some(call)) => format!("the `{}` of {cell}", call.name),
            _ => format!("the change of {cell}"),
        }
    }
}
