//! The results as a table.

use crate::reports::record::Record;

/// With commas between the cells.
pub fn csv(records: &[Record]) -> String {
    let mut text = "student,exercise,points,max,verdict,bug,path\n".to_string();
    for record in records {
        let Some(grade) = &record.grade else {
            continue;
        };
        let score = grade.score.as_ref();
        let number = |points: Option<u32>| points.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
            grade.student.clone(),
            grade.exercise.clone(),
            number(score.map(|score| score.points)),
            number(score.map(|score| score.max)),
            record.object.verdict.name().to_string(),
            record
                .object
                .bug
                .as_ref()
                .map(|bug| bug.class.clone())
                .unwrap_or_default(),
            record.object.subject.path.clone(),
        ];
        text += &cells
            .map(|cell| cell.replace('"', "\"\""))
            .map(|cell| format!("\"{cell}\""))
            .join(",");
        text.push('\n');
    }
    text
}
