//! The gradebook: what a ledger says of the class as it is now. All that is printed and written is made of it.

use std::collections::{BTreeMap, BTreeSet};

use threadlings::explanation::Verdict;

use super::content;
use super::judge::neutral_name;
use super::layout;
use super::lines::Lines;
use super::roll::{Entry, Key, Roll};
use crate::exit::Ended;
use crate::reports::record::{Missing, Record};

/// The results of a class.
#[derive(Debug)]
pub struct Gradebook {
    /// What there is to grade.
    pub roll: Roll,
    /// By student and exercise, with the paths of the students' own files.
    pub records: Vec<Record>,
    /// What has no result yet.
    pub waiting: Vec<Entry>,
    /// Those of whom there are results of submissions that are no longer there.
    pub gone: Vec<Key>,
}

impl Gradebook {
    /// What `lines` say.
    pub fn of(lines: &Lines) -> Gradebook {
        let roll = lines.roll.clone().unwrap_or_else(Roll::empty);
        let mut records = Vec::new();
        let mut waiting = Vec::new();
        // The path of the first of those who handed in the same.
        let mut first: BTreeMap<&str, String> = BTreeMap::new();
        for entry in &roll.submissions {
            let kept = lines.results.get(&entry.key());
            let judged = kept.map(|kept| &kept.record).filter(|record| {
                let grade = record.grade.as_ref();
                grade.is_some_and(|grade| grade.content == entry.content)
            });
            let Some(record) = judged else {
                waiting.push(entry.clone());
                continue;
            };
            let own = roll.shown(&entry.path);
            let mut record = addressed(record, entry, &own);
            if let Some(grade) = &mut record.grade
                && content::was_read(&entry.content)
            {
                grade.identical_to = first.get(&*entry.content).cloned();
                first.entry(&entry.content).or_insert(own);
            }
            records.push(record);
        }
        let enrolled: BTreeSet<Key> = roll.submissions.iter().map(Entry::key).collect();
        let gone = lines.results.keys().filter(|key| !enrolled.contains(*key));
        let gone = gone.cloned().collect();
        Gradebook {
            records,
            waiting,
            gone,
            roll,
        }
    }
}

impl Gradebook {
    /// Whose answers were not found: student, exercise if that is known, and why. By student.
    pub fn missing(&self) -> Vec<Missing> {
        let mut reasons: BTreeMap<&layout::Missing, Vec<String>> = BTreeMap::new();
        let enrolled: BTreeSet<&str> =
            (self.roll.submissions.iter().map(|it| &*it.student)).collect();
        for left in &self.roll.unmatched {
            let of = left.of.as_ref();
            if let Some(of) =
                of.filter(|of| of.exercise.is_some() || !enrolled.contains(&*of.student))
            {
                let reason = format!("{}: {}", left.path, left.reason);
                reasons.entry(of).or_default().push(reason);
            }
        }
        let reasons = reasons.into_iter();
        reasons
            .map(|(of, reasons)| Missing {
                student: of.student.clone(),
                exercise: of.exercise.clone().unwrap_or_default(),
                reason: reasons.join("; "),
            })
            .collect()
    }

    /// The worst that has happened to a submission. A bug is known for certain, so it counts for more than what is not.
    pub fn ended(&self, fail_on_bug: bool) -> Ended {
        let of = |record: &Record| match &record.grade {
            _ if record.object.verdict == Verdict::Fault => Ended::Fault,
            Some(grade) if grade.score.is_none() => Ended::NoAnswer,
            _ if fail_on_bug && !record.is_right() => Ended::Bad,
            _ => Ended::Good,
        };
        // What a map promises is awaited. What else students leave lying about may never have been meant to be graded.
        let is_whole = self.waiting.is_empty()
            && !self
                .missing()
                .iter()
                .any(|missing| !missing.exercise.is_empty());
        let rest = if is_whole {
            Ended::Good
        } else {
            Ended::NoAnswer
        };
        self.records.iter().map(of).max().unwrap_or(rest).max(rest)
    }
}

/// The record of a student's own file.
fn addressed(record: &Record, entry: &Entry, own: &str) -> Record {
    let mut record = record.clone();
    let neutral = neutral_name(&entry.exercise);
    let object = &mut record.object;
    object.subject.path = own.to_string();
    let sites = object.bug.iter_mut().flat_map(|bug| &mut bug.sites);
    let steps = object
        .witness
        .iter_mut()
        .flat_map(|witness| &mut witness.steps);
    let files = sites
        .map(|site| &mut site.file)
        .chain(steps.map(|step| &mut step.file));
    for file in files.filter(|file| **file == neutral) {
        *file = own.to_string();
    }
    if let Some(grade) = &mut record.grade {
        grade.remarks.extend(entry.remarks.iter().cloned());
    }
    record
}
