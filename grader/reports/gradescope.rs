//! `results.json` of a Gradescope autograder: a test for each line of the rubric of each exercise.
//!
//! Gradescope wants a total, or points for every test, and takes neither as a broken autograder: it then records no
//! points and tells the instructor. That is what shall happen where an answer could not be judged, so that both are left out.

use serde::Serialize;

use super::points::{self, Outcome, Test};
use super::record::Record;

#[derive(Serialize)]
struct Results {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    output: String,
    output_format: &'static str,
    test_output_format: &'static str,
    visibility: &'static str,
    stdout_visibility: &'static str,
    tests: Vec<Entry>,
    extra_data: Extra,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_score: Option<u32>,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
}

/// For the instructor; students do not see it.
#[derive(Serialize)]
struct Extra {
    answers: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    exercise: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_graded: Option<String>,
    sandbox: String,
    review: Vec<String>,
}

/// Characters that its students see as they are: nothing in them is a tag or a colour.
const TEXT: &str = "text";
const VISIBLE: &str = "visible";
const HIDDEN: &str = "hidden";

pub(super) fn document(records: &[Record]) -> String {
    let results = Results {
        score: points::sum(records).map(|sum| sum.got),
        output: output(records),
        output_format: TEXT,
        test_output_format: TEXT,
        visibility: VISIBLE,
        stdout_visibility: HIDDEN,
        tests: points::tests(records).into_iter().map(entry).collect(),
        extra_data: Extra {
            answers: records.iter().map(answer).collect(),
        },
    };
    // Nothing in it can fail to be written.
    serde_json::to_string_pretty(&results).unwrap_or_default() + "\n"
}

fn entry(test: Test<'_>) -> Entry {
    Entry {
        name: test.name,
        status: match test.result {
            Outcome::Passed => Some("passed"),
            Outcome::Failed => Some("failed"),
            Outcome::Open => None,
        },
        score: test.points.map(|points| points.got),
        max_score: test.points.map(|points| points.max),
        output: test.text,
        output_format: TEXT,
        visibility: VISIBLE,
    }
}

/// About the whole submission: a line for each answer, and what was noticed about it.
fn output(records: &[Record]) -> String {
    if records.is_empty() {
        return points::NO_ANSWER.to_string();
    }
    records.iter().map(about).collect()
}

fn about(record: &Record) -> String {
    let name = points::subject(record);
    let grade = record.grade.as_ref();
    let mut text = match grade.and_then(|grade| grade.score.as_ref()) {
        Some(score) => format!(
            "{name}: {} of {} points: {}\n",
            score.points, score.max, record.words.headline
        ),
        None => format!("{name}: {}", points::not_graded(record)),
    };
    for remark in grade.iter().flat_map(|grade| &grade.remarks) {
        text += &format!("note: {remark}\n");
    }
    text
}

fn answer(record: &Record) -> Answer {
    let grade = record.grade.as_ref();
    Answer {
        exercise: points::subject(record).to_string(),
        verdict: record.object.verdict.name(),
        bug: record.object.bug.as_ref().map(|bug| bug.class.clone()),
        not_graded: grade.and_then(|grade| grade.ungraded.clone()),
        sandbox: grade.map(|grade| grade.sandbox.clone()).unwrap_or_default(),
        review: grade.map(|grade| grade.review.clone()).unwrap_or_default(),
    }
}
