//! A plain table, one row for each answer: what a spreadsheet filters and sums, and most gradebooks import. An answer that
//! was not graded has no points: its cell is empty, and another one says why.

use super::cells;
use super::record::{Grade, Missing, Record};

/// The columns that are there whatever was graded.
const COLUMNS: [&str; 16] = [
    "student",
    "exercise",
    "points",
    "max",
    "safety",
    "liveness",
    "concurrency",
    "verdict",
    "bug",
    "headline",
    "not graded",
    "remarks",
    "review",
    "identical to",
    "sandbox",
    "path",
];

pub(super) fn document(records: &[Record], missing: &[Missing]) -> String {
    let header = COLUMNS.map(str::to_string).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(header)
        .chain(records.iter().map(row))
        .chain(missing.iter().map(row_without_answer))
        .collect();
    cells::table(&rows)
}

fn row(record: &Record) -> Vec<String> {
    let grade = record.grade.as_ref();
    let of_grade = |value: fn(&Grade) -> String| grade.map(value).unwrap_or_default();
    let bug = record.object.bug.as_ref();
    vec![
        of_grade(|grade| grade.student.clone()),
        record.exercise().unwrap_or_default().to_string(),
        of_grade(|grade| number(grade.score.as_ref().map(|score| score.points))),
        of_grade(|grade| number(grade.score.as_ref().map(|score| score.max))),
        of_grade(|grade| part(grade, "safety")),
        of_grade(|grade| part(grade, "liveness")),
        of_grade(|grade| part(grade, "concurrency")),
        record.object.verdict.name().to_string(),
        bug.map(|bug| bug.class.clone()).unwrap_or_default(),
        record.words.headline.clone(),
        of_grade(|grade| grade.ungraded.clone().unwrap_or_default()),
        of_grade(|grade| grade.remarks.join("; ")),
        of_grade(|grade| grade.review.join("; ")),
        of_grade(|grade| grade.identical_to.clone().unwrap_or_default()),
        of_grade(|grade| grade.sandbox.clone()),
        record.object.subject.path.clone(),
    ]
}

/// Only who it is, and why there is nothing else to tell.
fn row_without_answer(missing: &Missing) -> Vec<String> {
    let cell = |column: &&str| match *column {
        "student" => missing.student.clone(),
        "exercise" => missing.exercise.clone(),
        "not graded" => missing.reason.clone(),
        _ => String::new(),
    };
    COLUMNS.iter().map(cell).collect()
}

fn part(grade: &Grade, name: &str) -> String {
    let parts = grade.score.iter().flat_map(|score| &score.parts);
    let mut named = parts.filter(|part| part.name == name);
    number(named.next().map(|part| part.points))
}

/// Nothing is not 0.
fn number(points: Option<u32>) -> String {
    points.map(|points| points.to_string()).unwrap_or_default()
}
