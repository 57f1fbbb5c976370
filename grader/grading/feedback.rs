//! What a student reads of one answer: the points, then the report.

use crate::reports::record::{Grade, Record};

/// The whole file.
pub fn text(record: &Record, grade: &Grade) -> String {
    let mut text = points(grade);
    for remark in &grade.remarks {
        text += &format!("note: {remark}\n");
    }
    text + "\n" + &record.words.feedback
}

fn points(grade: &Grade) -> String {
    let Some(score) = &grade.score else {
        let why = grade.ungraded.as_deref().unwrap_or("no reason is known");
        return format!("{}: not graded: {why}\n", grade.exercise);
    };
    let mut text = format!(
        "{}: {} of {} points\n",
        grade.exercise, score.points, score.max
    );
    for part in &score.parts {
        let points = format!("{} of {}", part.points, part.max);
        let lost = part.lost.as_deref().unwrap_or("");
        let line = format!("  {:<12} {points:<8}  {lost}", part.name);
        text += line.trim_end();
        text.push('\n');
    }
    text
}
