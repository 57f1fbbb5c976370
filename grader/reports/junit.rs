//! JUnit XML, as nextest writes it: one suite for each exercise, in it one case for each answer.
//!
//! The name of an exercise is also the class of its cases: GitLab names the class beside each case, and Jenkins groups by it.
//! So all answers to one exercise stand together, and a case is compared with the same student's of the run before.
//! What has no verdict is an error and never a success. There are no times, which would differ from run to run.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::finding::{Finding, Level};
use super::harmless::{lines, visible};
use super::record::Record;

/// The suite of what answers no exercise.
const PROGRAMS: &str = "programs";

pub(super) fn document(records: &[Record]) -> String {
    let mut suites: Vec<TestSuite> = Vec::new();
    for record in records {
        let exercise = visible(exercise(record));
        let known = suites
            .iter()
            .position(|suite| suite.name.as_str() == exercise);
        let at = known.unwrap_or(suites.len());
        if at == suites.len() {
            suites.push(TestSuite::new(exercise.as_str()));
        }
        suites[at].add_test_case(case(record, &exercise));
    }
    let mut report = Report::new("threadlings");
    report.add_test_suites(suites);
    let skipped = format!(" skipped=\"{}\"", report.skipped);
    // Nothing in a report can fail to be written. Jenkins' schema has no such attribute in the root, which is first.
    let text = report.to_string().unwrap_or_default();
    text.replacen(&skipped, "", 1)
}

fn exercise(record: &Record) -> &str {
    let graded = record.grade.as_ref().map(|grade| &grade.exercise);
    let known = graded.or(record.object.subject.exercise.as_ref());
    known.map_or(PROGRAMS, |exercise| exercise)
}

fn case(record: &Record, class: &str) -> TestCase {
    let path = &record.object.subject.path;
    let name = record.grade.as_ref().map_or(path, |grade| &grade.student);
    let mut case = TestCase::new(visible(name), status(record));
    case.set_classname(class);
    let feedback = feedback(record);
    case.set_system_out(feedback);
    case
}

fn status(record: &Record) -> TestCaseStatus {
    let Some(finding) = Finding::of(record) else {
        return TestCaseStatus::success();
    };
    let kind = match finding.level {
        Level::Wrong => NonSuccessKind::Failure,
        Level::Unjudged => NonSuccessKind::Error,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(finding.title.as_str());
    status.set_type(finding.code);
    // GitLab shows this text only, others the output only.
    status.set_description(feedback(record));
    status
}

fn feedback(record: &Record) -> String {
    let feedback = lines(&record.words.feedback);
    let score = record.grade.as_ref().and_then(|grade| grade.score.as_ref());
    match score {
        Some(score) => format!("{} of {} points\n\n{feedback}", score.points, score.max),
        None => feedback,
    }
}
