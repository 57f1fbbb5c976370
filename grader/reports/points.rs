//! A record as the tests that other systems know: one for each line of the rubric, or a single one where there are no
//! points.

use threadlings::explanation::Verdict;

use super::record::{Grade, Part, Record, Score};

/// One test.
pub(super) struct Test<'a> {
    /// Which answer it is about.
    pub(super) record: &'a Record,
    /// `race_counter: safety`; of several students `ada: race_counter: safety`.
    pub(super) name: String,
    /// What came out.
    pub(super) result: Outcome,
    /// What it is worth, where that is known.
    pub(super) points: Option<Points>,
    /// What its student reads.
    pub(super) text: String,
}

/// What came out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Right.
    Passed,
    /// Not right.
    Failed,
    /// Nobody knows.
    Open,
}

/// Points, of so many.
#[derive(Clone, Copy)]
pub(super) struct Points {
    pub(super) got: u32,
    pub(super) max: u32,
}

/// The tests of all `records`, in their order. The whole report stands beside the first line of the rubric that lost points,
/// or else beside the first.
pub(super) fn tests(records: &[Record]) -> Vec<Test<'_>> {
    let of_many = students(records) > 1;
    let all = records.iter().flat_map(|record| {
        let name = match &record.grade {
            Some(grade) if of_many => format!("{}: {}", grade.student, subject(record)),
            _ => subject(record).to_string(),
        };
        of_one(record, &name)
    });
    all.collect()
}

/// What came out of all of them: a bug anywhere fails them all, and what is not known of one is not known of all. Nothing
/// is known where there are none.
pub(super) fn together(records: &[Record]) -> Outcome {
    let has = |outcome| records.iter().any(|record| of(record) == outcome);
    match (has(Outcome::Failed), has(Outcome::Open)) {
        _ if records.is_empty() => Outcome::Open,
        (_, true) => Outcome::Open,
        (true, false) => Outcome::Failed,
        (false, false) => Outcome::Passed,
    }
}

/// The points of all of them; `None` where those of one are not known, which a smaller sum would hide.
pub(super) fn sum(records: &[Record]) -> Option<Points> {
    let none = Points { got: 0, max: 0 };
    records.iter().try_fold(none, |sum, record| {
        let score = record.grade.as_ref()?.score.as_ref()?;
        Some(Points {
            got: sum.got + score.points,
            max: sum.max + score.max,
        })
    })
}

/// What came out of one.
pub(super) fn of(record: &Record) -> Outcome {
    let is_open = matches!(&record.grade, Some(Grade { score: None, .. }));
    match record.object.verdict {
        _ if is_open => Outcome::Open,
        Verdict::Pass => Outcome::Passed,
        Verdict::Inconclusive | Verdict::Unmodelled | Verdict::Fault => Outcome::Open,
        Verdict::Fail
        | Verdict::NotConcurrent
        | Verdict::OverSynchronised
        | Verdict::Rejected
        | Verdict::DoesNotCompile => Outcome::Failed,
    }
}

/// Why there is no judgement, for the student.
pub(super) fn not_graded(record: &Record) -> String {
    let reason = record.grade.as_ref().and_then(|g| g.ungraded.as_deref());
    let reason = reason.unwrap_or(&record.words.headline);
    format!(
        "NOT GRADED: {reason}\nThis is not zero points: there is no verdict on this answer. Submit it again, or ask your instructor.\n"
    )
}

/// What is said where there is no record.
pub(super) const NO_ANSWER: &str = "Nothing is graded: no file of this submission is an answer to an exercise. Hand in the file that the exercise asks for, under the name of the exercise.\n";

/// The exercise, or else the file.
pub(super) fn subject(record: &Record) -> &str {
    record.exercise().unwrap_or(&record.object.subject.path)
}

fn of_one<'a>(record: &'a Record, name: &str) -> Vec<Test<'a>> {
    let score = record.grade.as_ref().and_then(|grade| grade.score.as_ref());
    match score {
        Some(score) if !score.parts.is_empty() => of_rubric(record, score, name),
        _ => vec![single(record, score, name)],
    }
}

fn single<'a>(record: &'a Record, score: Option<&Score>, name: &str) -> Test<'a> {
    let result = of(record);
    let feedback = &record.words.feedback;
    Test {
        record,
        name: name.to_string(),
        result,
        points: score.map(|score| Points {
            got: score.points,
            max: score.max,
        }),
        text: match result {
            Outcome::Open => format!("{}\n{feedback}", not_graded(record)),
            Outcome::Passed | Outcome::Failed => feedback.clone(),
        },
    }
}

fn of_rubric<'a>(record: &'a Record, score: &Score, name: &str) -> Vec<Test<'a>> {
    let is_lost = |part: &Part| part.points < part.max;
    let beside = score.parts.iter().position(is_lost).unwrap_or(0);
    let parts = score.parts.iter().enumerate().map(|(at, part)| {
        let mut text = String::new();
        if let Some(lost) = &part.lost {
            text = format!("{lost}\n");
        }
        if at == beside {
            let gap = if text.is_empty() { "" } else { "\n" };
            text = format!("{text}{gap}{}", record.words.feedback);
        }
        Test {
            record,
            name: format!("{name}: {}", part.name),
            result: if is_lost(part) {
                Outcome::Failed
            } else {
                Outcome::Passed
            },
            points: Some(Points {
                got: part.points,
                max: part.max,
            }),
            text,
        }
    });
    parts.collect()
}

fn students(records: &[Record]) -> usize {
    let mut names: Vec<&str> = records
        .iter()
        .filter_map(|record| record.grade.as_ref())
        .map(|grade| &*grade.student)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}
