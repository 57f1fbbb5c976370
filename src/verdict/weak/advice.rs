//! Why a circle of accesses is possible, and which orderings would forbid it.

use super::super::place_of;
use super::remedy::{is_passed_on, is_same_place};
use super::words::{Story, named};
use super::writes;
use crate::trace::{Action, Event, Ordering, Strengthening};

impl Story<'_> {
    /// "the store to `ready` is `Relaxed`, so …".
    pub(super) fn why(&self) -> Option<String> {
        Some(format!("{}, so {}", self.orderings()?, self.consequence()))
    }

    /// "the store to `ready` is `Relaxed`"; `None` where no ordering helps.
    pub(super) fn orderings(&self) -> Option<String> {
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
            return Some(format!("{quantity} `SeqCst`"));
        }
        let mut parts: Vec<(String, Vec<String>)> = Vec::new();
        for found in &self.weak.remedy {
            let event = self.event(found.event);
            let (Some(now), mut what) = (self.ordering(event), self.access(event)) else {
                continue;
            };
            if let Some(place) = place_of(event).filter(|_| self.lines) {
                what.push_str(&format!(" in {}", self.say.line(&place)));
            }
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
        Some(self.say.list(&parts))
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

    pub(super) fn help(&self) -> String {
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
    pub(super) fn needs(&self) -> String {
        let remedy = &self.weak.remedy;
        if self.is_all_sequential() {
            let mut cells: Vec<_> = remedy.iter().map(|found| self.subject(found)).collect();
            cells.sort();
            cells.dedup();
            let fences = if self.has_fences() {
                ", or the fences between them,"
            } else {
                ""
            };
            return format!(
                "the accesses to {}{fences} must be `SeqCst`",
                self.say.list(&cells)
            );
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

    /// Whether a fence stands between the two accesses of each thread: one that is `SeqCst` does as well.
    fn has_fences(&self) -> bool {
        let pairs = self.weak.legs.iter().filter(|leg| leg.first != leg.last);
        let mut fenced = pairs.map(|leg| {
            let thread = self.event(leg.first).thread;
            let between = &self.say.trace.events[leg.first..leg.last];
            let mut own = between.iter().filter(|event| event.thread == thread);
            own.any(|event| event.action == Action::Fence)
        });
        !self.weak.legs.is_empty() && fenced.all(|fenced| fenced)
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
