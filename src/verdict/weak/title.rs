//! The headline of a circle of accesses: what was read, although something else says that it is old.

use super::words::{Story, shown};
use super::{Leg, Link, writes};

impl Story<'_> {
    pub(super) fn title(&self) -> String {
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
}
