//! `results.jsonl`: one line for each submission that was judged, written as soon as that is known.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::failure::Problem;
use crate::reports::record::Record;

/// The name of the file in the folder of the results.
pub const NAME: &str = "results.jsonl";

/// The results so far.
pub struct Ledger {
    file: File,
    /// By student and exercise; a later line replaces an earlier one.
    records: BTreeMap<(String, String), Record>,
}

impl Ledger {
    /// Opens the ledger in `folder`, or begins one.
    ///
    /// # Errors
    /// When it cannot be read or written, or holds something else.
    pub fn open(folder: &Path) -> Result<Ledger, Problem> {
        let path = folder.join(NAME);
        let wrong = |error: std::io::Error| {
            Problem::at(
                &path,
                None,
                format!("the results cannot be written here: {error}"),
            )
            .help("name another folder with `--results`")
        };
        fs::create_dir_all(folder).map_err(wrong)?;
        let mut records = BTreeMap::new();
        if path.exists() {
            for record in read(&path)? {
                records.insert(key(&record), record);
            }
        }
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(wrong)?;
        Ok(Ledger { file, records })
    }

    /// The record of an equal answer of this student.
    pub fn known(&self, student: &str, exercise: &str, content: &str) -> Option<&Record> {
        let record = self
            .records
            .get(&(student.to_string(), exercise.to_string()))?;
        record
            .grade
            .as_ref()
            .filter(|grade| grade.content == content)?;
        Some(record)
    }

    /// Adds a record. It is on the disk when this returns.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, record: Record) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(&record)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.records.insert(key(&record), record);
        Ok(())
    }

    /// All records, by student and exercise.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }
}

/// The records of a ledger.
///
/// # Errors
/// When there is none, or a line is no record.
pub fn read(path: &Path) -> Result<Vec<Record>, Problem> {
    let text = fs::read_to_string(path).map_err(|error| {
        Problem::at(path, None, format!("no results can be read here: {error}"))
    })?;
    let lines = text.lines().enumerate();
    lines
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|error| {
                Problem::at(path, Some(at + 1), format!("this is no result: {error}"))
            })
        })
        .collect()
}

fn key(record: &Record) -> (String, String) {
    let grade = record.grade.as_ref();
    grade.map_or_else(Default::default, |grade| {
        (grade.student.clone(), grade.exercise.clone())
    })
}
