//! A gradebook as Canvas imports it: one row for each student, one column for each exercise.
//!
//! Canvas looks for a student by `ID`, then by `SIS Login ID`, then by the name. We know what the submission is called
//! only, so that the other two are empty. A column belongs to the assignment of the same name. An empty cell changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::cells;
use super::record::{Grade, Record};

const STUDENT: [&str; 4] = ["Student", "ID", "SIS Login ID", "Section"];

/// In the first column: this row is about the assignments.
const POINTS_POSSIBLE: &str = "Points Possible";

pub(super) fn document(records: &[Record]) -> String {
    let grades: Vec<&Grade> = records.iter().filter_map(|r| r.grade.as_ref()).collect();
    let exercises: BTreeSet<&str> = grades.iter().map(|grade| &*grade.exercise).collect();
    let students: BTreeSet<&str> = grades.iter().map(|grade| &*grade.student).collect();
    let mut points = BTreeMap::new();
    let mut possible = BTreeMap::new();
    for grade in &grades {
        if let Some(score) = &grade.score {
            points.insert((&*grade.student, &*grade.exercise), score.points);
            possible.insert(&*grade.exercise, score.max);
        }
    }
    let header = STUDENT.iter().chain(&exercises);
    let mut rows = vec![header.map(ToString::to_string).collect()];
    rows.push(row(
        format!("    {POINTS_POSSIBLE}"),
        exercises.iter().map(|exercise| possible.get(exercise)),
    ));
    rows.extend(students.iter().map(|student| {
        let cells = exercises
            .iter()
            .map(|exercise| points.get(&(*student, *exercise)));
        row(name(student), cells)
    }));
    cells::table(&rows)
}

fn row<'a>(first: String, points: impl Iterator<Item = Option<&'a u32>>) -> Vec<String> {
    let unknown = STUDENT[1..].iter().map(|_| String::new());
    let points = points.map(|points| points.map(u32::to_string).unwrap_or_default());
    std::iter::once(first)
        .chain(unknown)
        .chain(points)
        .collect()
}

/// Canvas takes each row for one about the assignments whose first cell has those words anywhere.
fn name(student: &str) -> String {
    student.replace(POINTS_POSSIBLE, &POINTS_POSSIBLE.replace(' ', "_"))
}
