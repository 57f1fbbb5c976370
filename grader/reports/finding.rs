//! What a record has to say at a place of the source: annotations, alerts and diagnostics are made of it. Texts that come
//! from the program or from a student are harmless here; each format still escapes what means something to it.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use threadlings::explanation::{Verdict, codes};

use super::compiler::{compile_errors, place_in};
use super::harmless::{lines, visible};
use super::record::{Record, Site};

/// One finding; a record has at most one.
#[derive(Clone, Debug)]
pub(super) struct Finding<'a> {
    /// What it is made of.
    pub record: &'a Record,
    /// `TL0201`; the verdict's name where it has no code.
    pub code: &'static str,
    /// `lost_update`; where there is no bug the name of the verdict.
    pub name: &'static str,
    /// Whether it counts against the answer.
    pub level: Level,
    /// One sentence that stands alone, without a full stop.
    pub title: String,
    /// Where.
    pub place: Place,
    /// Index of the site that [`Finding::place`] is, where it is one.
    pub primary: Option<usize>,
}

/// How much a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// The answer is wrong.
    Wrong,
    /// There is no answer: neither right nor wrong.
    Unjudged,
}

/// A place in a file. Lines and columns count from 1, in characters; the end is exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Relative to the working directory; not made harmless, as it is what tools open.
    pub file: String,
    /// The first line.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// Where it begins and ends; `None` where only the line is known.
    pub columns: Option<(u32, u32)>,
}

impl Place {
    /// Where a note says that something is, by line and column; the first line where it says nothing.
    pub fn told(record: &Record, at: Option<(u32, u32)>) -> Place {
        let (line, column) = at.unwrap_or((1, 0));
        Place {
            file: record.object.subject.path.clone(),
            line: line.max(1),
            end_line: line.max(1),
            columns: (column > 0).then(|| (column, column.saturating_add(1))),
        }
    }

    /// Where a site is.
    pub fn of(site: &Site) -> Place {
        let line = site.line.max(1);
        let end_line = site.end_line.max(line);
        // What is empty is shown by the character that it stands before.
        let end = if end_line > line {
            site.end_column.max(1)
        } else {
            site.end_column.max(site.column.saturating_add(1))
        };
        Place {
            file: site.file.clone(),
            line,
            end_line,
            columns: (site.column > 0).then_some((site.column, end)),
        }
    }
}

impl<'a> Finding<'a> {
    /// What is to be said of a record; nothing where it is right.
    pub fn of(record: &'a Record) -> Option<Finding<'a>> {
        let verdict = record.object.verdict;
        let ungraded = record
            .grade
            .as_ref()
            .and_then(|grade| grade.ungraded.as_ref());
        let level = match verdict {
            _ if ungraded.is_some() => Level::Unjudged,
            Verdict::Pass => return None,
            Verdict::Inconclusive | Verdict::Unmodelled | Verdict::Fault => Level::Unjudged,
            Verdict::Fail
            | Verdict::NotConcurrent
            | Verdict::OverSynchronised
            | Verdict::Rejected
            | Verdict::DoesNotCompile => Level::Wrong,
        };
        let bug = record.object.bug.as_ref();
        let (code, name) = identity(bug.map_or(verdict.name(), |bug| &bug.class));
        let mut title = visible(ungraded.unwrap_or(&record.words.headline));
        if let (Level::Wrong, Some(reason)) = (level, reason(record)) {
            title = format!("{title}: {reason}");
        }
        let primary = primary(record);
        Some(Finding {
            record,
            code,
            name,
            level,
            title,
            place: match primary {
                Some(at) => Place::of(&record.sites()[at]),
                None => told(record),
            },
            primary,
        })
    }

    /// What is known beyond the title, a line each: the labelled places, what else was noticed, and the missing guarantee.
    pub fn details(&self) -> Vec<String> {
        let sites = self.record.sites().iter().zip(&self.record.words.labels);
        let labels = sites.map(|(site, label)| {
            let file = match &site.file {
                file if *file == self.place.file => String::new(),
                file => format!(" of {}", visible(file)),
            };
            format!("line {}{file}: {}", site.line, visible(label))
        });
        let mut details: Vec<String> = labels.collect();
        details.extend(self.notes());
        if let Some(bug) = &self.record.object.bug {
            details.push(format!("help: {}", visible(&bug.help)));
        }
        details
    }

    /// The notes without the headline that they may begin with. Of what rustc says, the first error.
    fn notes(&self) -> Vec<String> {
        if let Some(error) = compile_errors(self.record).first() {
            return vec![error.text.clone()];
        }
        let headline = &self.record.words.headline;
        let notes = self.record.object.notes.iter();
        let notes = notes.filter(|note| *note != headline);
        notes.map(|note| lines(note.trim_end())).collect()
    }
}

/// All that is to be said, with a name for each that stays the same as long as the finding does: where lines move it
/// must not change, and no two have the same one.
pub(super) fn all(records: &[Record]) -> Vec<(Finding<'_>, String)> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let found = records.iter().filter_map(Finding::of);
    found
        .map(|finding| {
            let path = &finding.record.object.subject.path;
            let parts = [finding.code, path, &finding.title];
            let print = hash(parts.map(str::as_bytes));
            let count = seen.entry(print.clone()).or_default();
            *count += 1;
            (finding, format!("{print}:{count}"))
        })
        .collect()
}

/// The first 32 digits of the hash of some texts; that of "a", "bc" is another than that of "ab", "c".
pub(super) fn hash<const N: usize>(parts: [&[u8]; N]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whose answer a record is about: student and exercise, or the path.
pub(super) fn whose(record: &Record) -> String {
    match &record.grade {
        Some(grade) => format!("{}, {}", visible(&grade.student), visible(&grade.exercise)),
        None => visible(&record.object.subject.path),
    }
}

/// What headlines leave to the notes: the first thing that is not accepted, without its place.
fn reason(record: &Record) -> Option<String> {
    match record.object.verdict {
        Verdict::DoesNotCompile => Some(compile_errors(record).first()?.message.clone()),
        Verdict::Rejected => {
            let headline = &record.words.headline;
            let mut notes = record.object.notes.iter();
            let reason = notes.find(|note| *note != headline)?;
            let placed = place_in(reason, record).and_then(|_| reason.split_once(": "));
            Some(visible(placed.map_or(reason, |(_, reason)| reason)))
        }
        _ => None,
    }
}

/// The code and the name of a class or verdict.
fn identity(name: &str) -> (&'static str, &'static str) {
    let known = codes().into_iter().find(|(_, known)| *known == name);
    let verdict = UNCODED.iter().find(|verdict| verdict.name() == name);
    let plain = verdict.unwrap_or(&Verdict::Fail).name();
    known.unwrap_or((plain, plain))
}

/// Verdicts without a page, and so without a code.
pub(super) const UNCODED: [Verdict; 4] = [
    Verdict::DoesNotCompile,
    Verdict::Rejected,
    Verdict::Fault,
    // Found by another engine, which explains nothing.
    Verdict::Fail,
];

/// The place that a reader should go to: the first one in the answer itself, which is the file that can be changed.
fn primary(record: &Record) -> Option<usize> {
    let sites = record.sites();
    let own = |site: &Site| site.file == record.object.subject.path;
    sites
        .iter()
        .position(own)
        .or((!sites.is_empty()).then_some(0))
}

/// The place that a note names (`answer.rs:3:5: ...`, or rustc's `--> answer.rs:3:5`), or the first line. What is no
/// place in the answer counts for nothing: a student can have rustc print other ones.
fn told(record: &Record) -> Place {
    let mut notes = record.object.notes.iter();
    let found = notes.find_map(|note| place_in(note, record));
    Place::told(record, found)
}
