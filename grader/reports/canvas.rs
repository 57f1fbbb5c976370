//! A gradebook as Canvas imports it: one row for each student, one column for each exercise.
//!
//! Canvas looks for a student by `ID`, then by `SIS Login ID`, then by the name. The first is known of files that were
//! downloaded from Canvas, which have it in their names. Otherwise only what the submission is called is known, and the
//! cell is empty. A column belongs to the assignment of the same name. An empty cell changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::cells;
use super::record::{Grade, Missing, Record};

const STUDENT: [&str; 4] = ["Student", "ID", "SIS Login ID", "Section"];

/// In the first column: this row is about the assignments.
const POINTS_POSSIBLE: &str = "Points Possible";

pub(super) fn document(records: &[Record], missing: &[Missing]) -> String {
    let grades: Vec<&Grade> = records.iter().filter_map(|r| r.grade.as_ref()).collect();
    let exercises: BTreeSet<&str> = grades.iter().map(|grade| &*grade.exercise).collect();
    let mut students: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in records {
        if let Some(grade) = &record.grade {
            let ids = students.entry(&grade.student).or_default();
            ids.extend(id(&grade.student, &record.object.subject.path));
        }
    }
    for missing in missing {
        students.entry(&missing.student).or_default();
    }
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
        "",
        exercises.iter().map(|exercise| possible.get(exercise)),
    ));
    rows.extend(students.iter().map(|(student, ids)| {
        let cells = exercises
            .iter()
            .map(|exercise| points.get(&(*student, *exercise)));
        // Two numbers are none.
        let id = ids.first().filter(|_| ids.len() == 1);
        row(name(student), id.unwrap_or(&""), cells)
    }));
    cells::table(&rows)
}

fn row<'a>(
    student: String,
    id: &str,
    points: impl Iterator<Item = Option<&'a u32>>,
) -> Vec<String> {
    let known = [student, id.to_string(), String::new(), String::new()];
    let points = points.map(|points| points.map(u32::to_string).unwrap_or_default());
    known.into_iter().chain(points).collect()
}

/// The number of the student in Canvas, which its downloads have between the name and the number of the submission:
/// `lovelaceada_LATE_12345_67890_race_counter.rs`. It is part of the name of students who share one.
fn id<'a>(student: &str, path: &'a str) -> Option<&'a str> {
    let file = path.rsplit('/').next()?;
    let after = |name: &str| {
        let rest = file.strip_prefix(name)?.strip_prefix('_')?;
        let mut parts = rest.strip_prefix("LATE_").unwrap_or(rest).splitn(3, '_');
        let (id, submission) = (parts.next()?, parts.next()?);
        let numbers = [id, submission].into_iter().all(is_number);
        (numbers && parts.next().is_some()).then_some(id)
    };
    after(student).or_else(|| {
        let (name, number) = student.rsplit_once('_')?;
        after(name).filter(|id| *id == number)
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Canvas takes each row for one about the assignments whose first cell has those words anywhere.
fn name(student: &str) -> String {
    student.replace(POINTS_POSSIBLE, &POINTS_POSSIBLE.replace(' ', "_"))
}
