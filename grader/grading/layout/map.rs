//! `--map FILE.csv`: a table that says which file is whose answer to what, for layouts that nothing else recognises.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::names::{self, visible};
use super::walk::{Kind, Tree};
use super::{Found, Submission, Unmatched, found};
use crate::courses::{Course, Exercise};
use crate::failure::Problem;
use crate::paths;

const HELP: &str = "the first line names the columns: `student,exercise,path`; paths are relative to the folder that is graded";

const UTF_8: &str =
    "save it as UTF-8: spreadsheets call this format `CSV UTF-8`, or ask for the character set";

/// The submissions that the table `file` lists. Every Rust file of `tree` that it does not name is listed too.
///
/// # Errors
/// With the line: when the table is malformed, names something unknown or outside of `root`, or says something twice.
pub fn submissions(
    file: &Path,
    root: &Path,
    course: &Course,
    only: Option<&Exercise>,
    mut tree: Tree,
) -> Result<Found, Problem> {
    let text = fs::read(file).map_err(|error| {
        Problem::at(file, None, format!("the map cannot be read: {error}")).help(HELP)
    })?;
    let mut result = Found {
        unmatched: std::mem::take(&mut tree.odd),
        ..Found::default()
    };
    let mut lines: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for row in rows(file, &text, only)? {
        let wrong = |what: String| Problem::at(file, usize::try_from(row.line).ok(), what);
        let exercise = course
            .exercises
            .iter()
            .find(|it| it.manifest.id == row.exercise)
            .ok_or_else(|| {
                wrong(format!(
                    "there is no exercise `{}` in this course",
                    row.exercise
                ))
                .help(course.meant(&row.exercise, "`threadlings list` shows them all"))
            })?;
        let path = inside(&row.path, root).map_err(|what| wrong(what).help(HELP))?;
        named.insert(path.clone());
        if only.is_some_and(|only| only.manifest.id != exercise.manifest.id) {
            tree.passed.add(Kind::Other);
            continue;
        }
        let key = (row.student.clone(), row.exercise.clone());
        if let Some(before) = lines.insert(key, row.line) {
            let (student, exercise) = (&row.student, &row.exercise);
            return Err(wrong(format!(
                "line {before} names an answer of `{student}` to `{exercise}` already"
            ))
            .help("leave the line with the answer that counts"));
        }
        match fs::symlink_metadata(root.join(&path)) {
            Ok(facts) if facts.is_file() && !through_link(root, &path) => {
                result.submissions.push(Submission {
                    student: row.student,
                    exercise: row.exercise,
                    path,
                    remarks: Vec::new(),
                })
            }
            facts => {
                let what = match facts {
                    Ok(facts) if facts.is_dir() => "is a folder",
                    Ok(_) => "is no regular file, or behind a symbolic link, which is not followed",
                    Err(_) => "is not there",
                };
                let (line, map) = (row.line, paths::shown(file));
                let reason = format!("{map}:{line} names it, but it {what}");
                result.unmatched.retain(|it| it.path != path);
                result.unmatched.push(Unmatched { path, reason });
            }
        }
    }
    for path in tree.files.iter().filter(|path| !named.contains(*path)) {
        if names::rust_stem(&visible(path.file_name().unwrap_or_default())).is_some() {
            let reason = "the map does not name it".to_string();
            result.unmatched.push(Unmatched {
                path: path.clone(),
                reason,
            });
        } else {
            tree.passed.add(Kind::NotRust);
        }
    }
    let form = format!("as {} says", paths::shown(file));
    result.layout = found::layout(
        std::iter::once((form, result.submissions.len())),
        tree.passed.words(),
    );
    Ok(result)
}

struct Row {
    /// From 1.
    line: u64,
    student: String,
    exercise: String,
    path: String,
}

fn rows(file: &Path, text: &[u8], only: Option<&Exercise>) -> Result<Vec<Row>, Problem> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let malformed = |error: csv::Error| {
        let line = error
            .position()
            .and_then(|at| usize::try_from(at.line()).ok());
        if let csv::ErrorKind::Utf8 { .. } = error.kind() {
            return Problem::at(file, line, "this line is not UTF-8 text").help(UTF_8);
        }
        let what = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => {
                format!("this line has {len} fields, and the first one {expected_len}")
            }
            _ => format!("the map cannot be read: {error}"),
        };
        Problem::at(file, line, what).help(HELP)
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(csv::Trim::All)
        .from_reader(text);
    let heads = reader.headers().map_err(malformed)?.clone();
    let column = |name: &str| {
        heads
            .iter()
            .position(|head| head.eq_ignore_ascii_case(name))
    };
    let need = |name: &str| {
        column(name).ok_or_else(|| {
            Problem::at(file, Some(1), format!("no column is called `{name}`")).help(HELP)
        })
    };
    let (student, path) = (need("student")?, need("path")?);
    let exercise = match only {
        Some(_) => column("exercise"),
        None => Some(need("exercise")?),
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: usize| record.get(at).unwrap_or_default().to_string();
        let row = Row {
            line,
            student: visible(OsStr::new(&field(student))),
            exercise: match (exercise, only) {
                (Some(at), _) => field(at),
                (None, only) => only
                    .map(|only| only.manifest.id.clone())
                    .unwrap_or_default(),
            },
            path: field(path),
        };
        let empty = [
            ("student", &row.student),
            ("exercise", &row.exercise),
            ("path", &row.path),
        ];
        if let Some((name, _)) = empty.iter().find(|(_, text)| text.is_empty()) {
            let what = format!("the field `{name}` is empty");
            return Err(Problem::at(file, usize::try_from(line).ok(), what).help(HELP));
        }
        let typed = field(student);
        if typed.contains(['/', '\\']) || [".", ".."].contains(&&*typed) {
            let what = format!(
                "`{}` cannot be the name of a student: folders are named by it",
                row.student
            );
            return Err(Problem::at(file, usize::try_from(line).ok(), what)
                .help("write a name without `/` and `\\`"));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Spreadsheets write semicolons or tabs where the comma is part of numbers.
fn delimiter(text: &[u8]) -> u8 {
    let head = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = head.iter().find(|byte| matches!(byte, b',' | b';' | b'\t'));
    first.copied().unwrap_or(b',')
}

/// `typed` relative to `root`, without `.` and `..`; the error says why not.
fn inside(typed: &str, root: &Path) -> Result<PathBuf, String> {
    let outside = || {
        format!(
            "`{}` is outside of the folder that is graded",
            visible(OsStr::new(typed))
        )
    };
    let root = paths::absolute(root);
    let full = paths::absolute(&root.join(typed));
    let short = full.strip_prefix(&root).map_err(|_| outside())?;
    if short.as_os_str().is_empty() {
        return Err(format!(
            "`{typed}` is the folder that is graded, and no file in it"
        ));
    }
    let plain = short
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if plain {
        Ok(short.to_path_buf())
    } else {
        Err(outside())
    }
}

/// Whether a folder on the way to `path` is a link, which could lead anywhere.
fn through_link(root: &Path, path: &Path) -> bool {
    let mut folders = path
        .ancestors()
        .skip(1)
        .filter(|folder| !folder.as_os_str().is_empty());
    folders
        .any(|folder| fs::symlink_metadata(root.join(folder)).is_ok_and(|facts| facts.is_symlink()))
}
