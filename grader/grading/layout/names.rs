//! What names say: of exercises, of students, and of files that nobody meant to hand in.

use std::ffi::OsStr;
use std::fmt::Write;

/// `name` for readers: what is not UTF-8, or would not show or would turn the line around, is written as an escape.
pub fn visible(name: &OsStr) -> String {
    let mut shown = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_unseen(c) {
                shown.extend(c.escape_default());
            } else {
                shown.push(c);
            }
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// Controls, separators of lines, and marks that change the direction of text. Joiners are part of many scripts.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// `name` with the differences taken away that are forgiven: upper case, and hyphens or spaces for underscores.
pub fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.replace(['-', ' '], "_")
}

/// Whether two names differ only in what is forgiven, [`SEPARATORS`] that are missing included: `RaceCounter` is `race_counter`.
pub fn same(one: &str, other: &str) -> bool {
    joined(one) == joined(other)
}

/// What stands between the words of a name.
const SEPARATORS: [char; 4] = ['_', '-', ' ', '.'];

fn joined(name: &str) -> String {
    plain(name).replace('_', "")
}

/// The name of a file without its extension, where that is `.rs` in any case.
pub fn rust_stem(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    (extension.eq_ignore_ascii_case("rs") && !stem.is_empty()).then_some(stem)
}

/// Whether this is an archive, as learning platforms hand them out.
pub fn is_archive(name: &str) -> bool {
    let lower = name.to_lowercase();
    [
        ".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar",
    ]
    .iter()
    .any(|ending| lower.ends_with(ending))
}

/// Whether an editor or a system has left this file behind.
pub fn is_left_behind(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || [".bak", ".orig", ".rej", ".swp", ".swo", ".tmp"]
            .iter()
            .any(|ending| lower.ends_with(ending))
        || ["thumbs.db", "desktop.ini"].contains(&lower.as_str())
}

/// An exercise that the end of a file's name says.
#[derive(Debug, PartialEq, Eq)]
pub struct Ending<'a> {
    /// What stands before it, without the separator.
    pub before: &'a str,
    /// The number that a platform or browser has added, as in `race_counter-1` or `race_counter (1)`; 0 without one.
    pub attempt: u64,
    /// Whether it is spelt otherwise than the exercise.
    pub otherwise: bool,
}

/// How `stem` ends in `id`; `None` if it does not.
pub fn ending<'a>(stem: &'a str, id: &str) -> Option<Ending<'a>> {
    let of = |stem: &'a str, attempt| {
        let (before, end) = stem.split_at(where_begins(stem, id)?);
        let alone = before.is_empty();
        let before = before.strip_suffix(SEPARATORS);
        let before = if alone { Some("") } else { before };
        before.map(|before| Ending {
            before: before.trim(),
            attempt,
            otherwise: end != id,
        })
    };
    of(stem, 0).or_else(|| {
        let (stem, attempt) = without_attempt(stem)?;
        of(stem, attempt)
    })
}

/// The byte of `stem` from which on it is the [`same`] as `id`, without separators before that.
fn where_begins(stem: &str, id: &str) -> Option<usize> {
    let id = joined(id);
    let starts = stem.char_indices().rev().map(|(at, _)| at);
    let mut ends = starts.map(|at| (at, joined(&stem[at..])));
    let (at, end) = ends.find(|(_, end)| end.chars().count() >= id.chars().count())?;
    (end == id).then_some(at)
}

/// `name-2` and `name (2)`, as `name` and 2.
fn without_attempt(stem: &str) -> Option<(&str, u64)> {
    let (name, number) = match stem.strip_suffix(')') {
        Some(open) => open.rsplit_once('(')?,
        None => stem.rsplit_once('-')?,
    };
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|_| digits)?;
    Some((name.trim_end(), number))
}

/// A student, as a prefix or folder of a learning platform names one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Student {
    /// The name; empty where nothing says one.
    pub name: String,
    /// The first number behind it, which tells apart those who share a name.
    pub number: Option<String>,
    /// The second one, which grows with each attempt.
    pub attempt: u64,
    /// Whether the platform has marked the work as late.
    pub late: bool,
}

impl Student {
    /// Canvas writes `leeanna_LATE_12345_67890`, Moodle `Anna Lee_12345_assignsubmission_file_`, others a name and a
    /// hash. What is no such addition is the name.
    pub fn parse(text: &str) -> Student {
        let mut parts: Vec<&str> = text.trim().split('_').collect();
        let mut student = Student::default();
        if parts.len() > 1 && parts[0] == "LATE" {
            student.late = true;
            parts.remove(0);
        }
        let mut numbers: Vec<&str> = Vec::new();
        let mut moodle = false;
        while parts.len() > 1 {
            let last = parts[parts.len() - 1];
            match last {
                "LATE" => student.late = true,
                "file" | "assignsubmission" => moodle = true,
                "" => {}
                // One number alone may be part of the name, as in `group_2`.
                _ if is_number(last) && moodle => {
                    numbers.insert(0, last);
                    parts.pop();
                    break;
                }
                _ if is_hash(last) && numbers.len() < 2 => numbers.insert(0, last),
                _ if is_number(last) && is_one_of_two(&parts, &numbers) => numbers.insert(0, last),
                _ => break,
            }
            parts.pop();
        }
        student.name = proper(&parts.join("_"));
        student.number = numbers.first().map(ToString::to_string);
        student.attempt = numbers
            .get(1)
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        student
    }

    /// The same of a whole name of a file that names no exercise: what follows the numbers is the student's own name
    /// for it. Without numbers, all of it is the name.
    pub fn of_stem(stem: &str) -> Student {
        let parts: Vec<&str> = stem.split('_').collect();
        let canvas = |at: usize| is_number(parts[at - 1]) && is_number(parts[at]);
        let moodle = |at: usize| parts[at] == "file" && parts[at - 1] == "assignsubmission";
        let end = (2..parts.len().saturating_sub(1)).find(|&at| canvas(at) || moodle(at));
        match end {
            Some(at) => Student::parse(&parts[..=at].join("_")),
            None => Student {
                name: proper(stem),
                ..Student::default()
            },
        }
    }

    /// The same of a folder: only Moodle adds something to those.
    pub fn of_folder(name: &str) -> Student {
        match name.split_once("_assignsubmission_") {
            Some((before, _)) => Student::parse(&format!("{before}_assignsubmission_")),
            None => Student {
                name: proper(name),
                ..Student::default()
            },
        }
    }
}

/// Whether the last of `parts`, a number, is one of exactly two; `numbers` were behind it.
fn is_one_of_two(parts: &[&str], numbers: &[&str]) -> bool {
    match numbers {
        [] => parts.len() > 2 && is_number(parts[parts.len() - 2]),
        [second] => is_number(second),
        _ => false,
    }
}

/// `name` without spaces around it; nothing if a folder of that name would be another one.
fn proper(name: &str) -> String {
    match name.trim() {
        "." | ".." => String::new(),
        name => name.to_string(),
    }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// At least four digits, or six hexadecimal ones of both kinds.
fn is_hash(part: &str) -> bool {
    let hex = part
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let both = part.bytes().any(|byte| byte.is_ascii_digit()) && !is_number(part);
    (is_number(part) && part.len() >= 4) || (hex && both && part.len() >= 6)
}
