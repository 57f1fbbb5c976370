//! The folder of the results. What lies in it beside the ledger is made of the ledger, anew each time, and each file is
//! there whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::book::Gradebook;
use super::summary::Summary;
use super::{feedback, safe_names};
use crate::failure::Problem;
use crate::reports::{self, Style};

/// The table for a spreadsheet.
pub const GRADES: &str = "grades.csv";
/// The overview for people.
pub const SUMMARY: &str = "summary.txt";
/// What answers no exercise.
pub const UNMATCHED: &str = "unmatched.txt";
/// What each student reads.
pub const FEEDBACK: &str = "feedback";

/// Writes all that can be told of the class into `folder`.
///
/// # Errors
/// When the disk is full, or the folder cannot be written.
pub fn write(folder: &Path, book: &Gradebook) -> Result<(), Problem> {
    let summary = Summary::of(book);
    let overview = summary.overview(Style::PLAIN, None) + &summary.examples(Style::PLAIN);
    let files = [
        (GRADES, reports::table_of(&book.records, &book.missing())),
        (SUMMARY, overview),
        (UNMATCHED, unmatched(book)),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        replace(&path, &text, true).map_err(|error| unwritable(&path, &error))?;
    }
    let folder = folder.join(FEEDBACK);
    write_feedback(&folder, book).map_err(|error| unwritable(&folder, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    Problem::at(path, None, format!("this cannot be written: {error}"))
        .help("the results themselves are safe; make room, and run the same command again")
}

/// One line for each file that answers no exercise.
fn unmatched(book: &Gradebook) -> String {
    let lines = book.roll.unmatched.iter();
    lines
        .map(|left| format!("{}: {}\n", left.path, left.reason))
        .collect()
}

/// `feedback/STUDENT/EXERCISE.txt` of each student, and of no others.
fn write_feedback(folder: &Path, book: &Gradebook) -> io::Result<()> {
    let students = book.roll.submissions.iter().map(|entry| &*entry.student);
    let names = safe_names::of(students);
    let exercises = book.roll.submissions.iter().map(|entry| &*entry.exercise);
    let exercises = safe_names::of(exercises);
    let mut written = BTreeSet::new();
    for record in &book.records {
        let Some(grade) = &record.grade else {
            continue;
        };
        let name = &names[&*grade.student];
        let file = format!("{}.txt", exercises[&*grade.exercise]);
        let path = folder.join(name).join(file);
        replace(&path, &feedback::text(record, grade), false)?;
        written.insert(path);
    }
    // Those that were written of submissions which are no longer there, or by other names.
    let enrolled = book.roll.submissions.iter().map(super::roll::Entry::key);
    for (student, exercise) in book.gone.iter().cloned().chain(enrolled) {
        let safe = safe_names::harmless(&student);
        for name in [safe_names::marked(&safe, &student), safe] {
            let file = format!("{}.txt", safe_names::harmless(&exercise));
            let path = folder.join(name).join(file);
            if !written.contains(&path) && path.is_file() {
                fs::remove_file(&path)?;
                // Only if nothing else is in it.
                let _ = path.parent().map(fs::remove_dir);
            }
        }
    }
    Ok(())
}

/// Puts `text` in the place of the file at `path`. `lasting`: it is on the disk when this returns.
pub fn replace(path: &Path, text: &str, lasting: bool) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    fs::create_dir_all(&folder)?;
    // Always the same name: what an interrupted run has left is written over.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = folder.join(format!(".new-{name}"));
    let mut file = File::create(&aside)?;
    file.write_all(text.as_bytes())?;
    if lasting {
        file.sync_all()?;
    }
    fs::rename(aside, path)?;
    if lasting {
        File::open(&folder)?.sync_all()?;
    }
    Ok(())
}
