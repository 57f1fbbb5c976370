//! What learning platforms and spreadsheets read: the formats about points, from records made by hand.

mod autograder;
mod documented;
mod fields;
mod tables;

use threadlings::explanation::Verdict;

use crate::reports::ALL;
use crate::reports::record::{Grade, Part, Record, Score};
use crate::words::renderings;

/// Names that somebody could have, or could have chosen with a purpose.
pub const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "%0A::error::forged",
    "::error::forged",
    "O'Brien, \"Pat\"",
    "two\nlines",
    "=1+1",
    "＝1+1",
    " @SUM(A1)",
    "-2+3|cmd",
    "\tindented",
    "\u{1b}[31mred",
    "名前",
];

/// The records as `format` has them.
pub fn written(format: &str, records: &[Record]) -> String {
    let format = ALL.iter().find(|known| known.name == format);
    let format = format.expect("the format");
    format.in_the_end(records, &[])
}

/// A wrong answer that keeps some points.
pub fn wrong(student: &str, exercise: &str) -> Record {
    let mut record = Record::of(&renderings::lost_update().report());
    let score = Score {
        points: 4,
        max: 10,
        parts: vec![
            part("safety", 0, 6, Some("`hits` ends at 1, but 2 were added")),
            part("liveness", 2, 2, None),
            part("concurrency", 2, 2, None),
        ],
    };
    record.object.subject.kind = "exercise".to_string();
    record.object.subject.exercise = Some(exercise.to_string());
    record.object.subject.path = format!("{student}/{exercise}.rs");
    record.grade = Some(Grade {
        student: student.to_string(),
        exercise: exercise.to_string(),
        score: Some(score),
        ungraded: None,
        content: "00".to_string(),
        identical_to: None,
        sandbox: "landlock=6 seccomp=2".to_string(),
        remarks: Vec::new(),
        review: Vec::new(),
    });
    record
}

/// A right answer.
pub fn right(student: &str, exercise: &str) -> Record {
    let mut record = bare(
        student,
        exercise,
        Verdict::Pass,
        "all 14 interleavings are correct",
    );
    let grade = record.grade.as_mut().expect("it is graded");
    grade.score = Some(Score {
        points: 10,
        max: 10,
        parts: vec![
            part("safety", 6, 6, None),
            part("liveness", 2, 2, None),
            part("concurrency", 2, 2, None),
        ],
    });
    record
}

/// An answer that rustc refuses.
pub fn refused(student: &str, exercise: &str) -> Record {
    let mut record = bare(
        student,
        exercise,
        Verdict::DoesNotCompile,
        "it does not compile",
    );
    let grade = record.grade.as_mut().expect("it is graded");
    let lost = Some("it does not compile");
    grade.score = Some(Score {
        points: 0,
        max: 10,
        parts: vec![
            part("safety", 0, 6, lost),
            part("liveness", 0, 2, lost),
            part("concurrency", 0, 2, lost),
        ],
    });
    record
}

/// An answer that could not be judged.
pub fn ungraded(student: &str, exercise: &str) -> Record {
    let headline = "the checker ran out of time before judging the answer";
    let mut record = bare(student, exercise, Verdict::Inconclusive, headline);
    let grade = record.grade.as_mut().expect("it is graded");
    grade.score = None;
    grade.ungraded = Some(headline.to_string());
    record
}

/// The same, where nobody is graded: as `check` writes it.
pub fn of_nobody(mut record: Record) -> Record {
    record.grade = None;
    record
}

/// A record without a bug.
fn bare(student: &str, exercise: &str, verdict: Verdict, headline: &str) -> Record {
    let mut record = wrong(student, exercise);
    record.object.verdict = verdict;
    record.object.bug = None;
    record.object.witness = None;
    record.words.headline = headline.to_string();
    record.words.feedback = format!("{headline}\n");
    record
}

fn part(name: &str, points: u32, max: u32, lost: Option<&str>) -> Part {
    Part {
        name: name.to_string(),
        points,
        max,
        lost: lost.map(str::to_string),
    }
}
