//! What a report says when there is no bug to show: never more than was searched.

use threadlings::explanation::{Answer, Search, Subject, report};

use crate::reports::{Style, human};

fn search(interleavings: u64, complete: bool) -> Search {
    Search {
        engine: "own".into(),
        strategy: "dpor".into(),
        memory: "sc".into(),
        interleavings,
        complete,
        truncated_by: (!complete).then(|| "budget".into()),
        elapsed_ms: 7,
        weaker_orderings: true,
        spurious: true,
        sequential: None,
        ..Search::default()
    }
}

fn said(answer: Answer<'_>, search: Option<Search>) -> String {
    let subject = Subject {
        path: "exercises/01_races/counter/counter.rs".into(),
        exercise: Some("counter".into()),
    };
    let report = report(subject, answer, search);
    human(&report, Style::PLAIN)
}

#[test]
fn every_answer_has_its_sentence() {
    let unreached = vec!["two holders".to_string()];
    let answers = [
        said(Answer::Passed, Some(search(14, true))),
        said(Answer::Passed, Some(search(1, true))),
        said(Answer::Passed, Some(search(2_000, false))),
        said(
            Answer::Passed,
            Some(Search {
                weaker_orderings: false,
                ..search(14, true)
            }),
        ),
        said(
            Answer::Passed,
            Some(Search {
                memory: "c11".into(),
                ..search(14, true)
            }),
        ),
        said(
            Answer::Passed,
            Some(Search {
                memory: "c11".into(),
                weaker_orderings: false,
                ..search(14, true)
            }),
        ),
        said(
            Answer::Passed,
            Some(Search {
                memory: "c11".into(),
                ..search(2_000, false)
            }),
        ),
        said(Answer::NotConcurrent, Some(search(1, true))),
        said(
            Answer::OverSynchronised { unreached },
            Some(search(9, true)),
        ),
        said(
            Answer::Inconclusive { reason: None },
            Some(search(31_000, false)),
        ),
        said(
            Answer::Inconclusive { reason: None },
            Some(Search {
                swept: Some(1),
                hunted_by: ["URW", "POS", "random walk"].map(String::from).into(),
                ..search(12_400, false)
            }),
        ),
        said(
            Answer::Inconclusive {
                reason: Some("the limit of 8,000 interleavings was reached".into()),
            },
            Some(Search {
                swept: Some(0),
                hunted_by: vec!["random schedules".into()],
                truncated_by: Some("interleavings".into()),
                spurious: false,
                sequential: None,
                weaker_orderings: false,
                ..search(8_000, false)
            }),
        ),
        said(
            Answer::Inconclusive {
                reason: Some("one execution has more than 1,000,000 steps".into()),
            },
            Some(Search {
                truncated_by: Some("steps".into()),
                ..search(2, false)
            }),
        ),
        said(
            Answer::DoesNotCompile {
                message: "error[E0425]: cannot find value `x`".into(),
            },
            None,
        ),
        said(
            Answer::Rejected {
                reasons: vec!["`unsafe` at counter.rs:3".into()],
            },
            None,
        ),
        said(
            Answer::Fault {
                message: "the child process did not answer".into(),
            },
            None,
        ),
    ];
    insta::assert_snapshot!(answers.join("\n"));
}
