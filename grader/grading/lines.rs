//! The lines of a ledger. The first one is a roll; then come results, and further rolls where the class has changed.
//!
//! A line counts once its newline is there. What a process that was killed, a full disk or a power cut leaves at the end is
//! no line, and is recognised by that. Everything else that is no line is damage, which only a person can judge.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;
use threadlings::explanation::Verdict;

use super::roll::{FORMAT, Key, Roll};
use crate::failure::Problem;
use crate::reports::record::Record;

/// What a ledger says.
#[derive(Debug, Default)]
pub struct Lines {
    /// The last roll; `None` in a ledger that has only begun.
    pub roll: Option<Roll>,
    /// The last result of each.
    pub results: BTreeMap<Key, Kept>,
    /// Bytes of whole lines; what is behind them is torn.
    pub whole: u64,
}

/// A result.
#[derive(Clone, Debug)]
pub struct Kept {
    /// As it was judged: it has the path of nobody's file.
    pub record: Record,
    /// Whether it is to be replaced, because that was asked for.
    pub outdated: bool,
}

impl Lines {
    /// Reads the ledger at `path`. What is not there has not begun.
    ///
    /// # Errors
    /// When it cannot be read, is of another format, or is damaged.
    pub fn read(path: &Path) -> Result<Lines, Problem> {
        let wrong = |what: String| Problem::at(path, None, what);
        match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Lines::default()),
            Ok(facts) if !facts.is_file() => return Err(wrong("this is no file".to_string())),
            _ => {}
        }
        let bytes = fs::read(path)
            .map_err(|error| wrong(format!("the results cannot be read: {error}")))?;
        let mut lines = Lines::default();
        for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let end = lines.whole + line.len() as u64;
            let is_last = end == bytes.len() as u64;
            match serde_json::from_slice::<Value>(line) {
                Ok(value) if line.ends_with(b"\n") => {
                    lines.add(value).map_err(|what| what.placed(path, at + 1))?;
                    lines.whole = end;
                }
                Err(error) if !is_last => return Err(damaged(&error).placed(path, at + 1)),
                // Torn: without its newline, or, where the power went before all of it was on the disk, with it.
                _ => break,
            }
        }
        Ok(lines)
    }

    fn add(&mut self, line: Value) -> Result<(), Problem> {
        if let Some(format) = line.get("ledger") {
            if *format != FORMAT {
                return Err(Problem::new(format!(
                    "these results are in format {format}, and this version of threadlings knows format {FORMAT}"
                ))
                .help("go on with the version that began them, or name another folder with `--results`"));
            }
            let roll: Roll = serde_json::from_value(line).map_err(|error| damaged(&error))?;
            self.enroll(roll);
            return Ok(());
        }
        if self.roll.is_none() {
            return Err(Problem::new("this file is not one that `grade` has begun")
                .help("name the folder of the results, or the `results.jsonl` in it"));
        }
        let record: Record = serde_json::from_value(line).map_err(|error| damaged(&error))?;
        self.keep(record).map_err(|error| damaged(&error))
    }

    /// What need not be judged again, by content: see [`Kept::counts`].
    pub fn counting(&self, sandbox: bool) -> impl Iterator<Item = (&str, &Record)> {
        self.results.values().filter_map(move |kept| {
            let content = &*kept.record.grade.as_ref()?.content;
            kept.counts(content, sandbox)
                .then_some((content, &kept.record))
        })
    }

    /// The class is now this one.
    pub fn enroll(&mut self, roll: Roll) {
        if roll.regrade {
            for kept in self.results.values_mut() {
                kept.outdated = true;
            }
        }
        self.roll = Some(roll);
    }

    /// Replaces what was known.
    ///
    /// # Errors
    /// When it is nobody's result.
    pub fn keep(&mut self, record: Record) -> Result<(), &'static str> {
        let Some(grade) = &record.grade else {
            return Err("it names no student");
        };
        let key = (grade.student.clone(), grade.exercise.clone());
        let kept = Kept {
            record,
            outdated: false,
        };
        self.results.insert(key, kept);
        Ok(())
    }
}

impl Kept {
    /// Whether an answer with this content need not be judged again. What could not be graded is tried again, unless it
    /// would come out the same. `sandbox`: whether it must have run in one.
    pub fn counts(&self, content: &str, sandbox: bool) -> bool {
        let Some(grade) = self.record.grade.as_ref().filter(|_| !self.outdated) else {
            return false;
        };
        let is_final = self.record.object.verdict == Verdict::Unmodelled;
        grade.content == content
            && (grade.score.is_some() || is_final)
            && !(sandbox && grade.is_unsandboxed())
    }
}

fn damaged(why: &dyn std::fmt::Display) -> Problem {
    Problem::new(format!("this line is damaged: {why}")).help(
        "put the file back from a copy, or delete the line: its submission is then graded again",
    )
}
