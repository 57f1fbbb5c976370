//! What other programs read: each format against its schema, or the table of its fields, and with names that try to be
//! more than names.

pub mod github;
mod gitlab;
mod junit;
mod rustc;
mod sarif;
mod xsd;

use threadlings::explanation::{Answer, Search, Subject, report};

use crate::reports::ALL;
use crate::reports::record::{Grade, Part, Record, Score};
use crate::words::builder::Build;
use crate::words::renderings::{deadlock, lost_update};

/// Names of students, and of whatever else a student can choose.
const NAMES: &[&str] = &[
    "<script>alert(1)</script>",
    "%0A::error::pwned",
    "\n::error::pwned",
    "\r\n::stop-commands::x\n::x::",
    "##[error]pwned",
    "]]></system-out></testcase>",
    "\"quoted\" 'twice' \\ & more",
    "[here](1) ![](https://example.org/x.png) <!-- -->",
    "| cell | **bold** `code ``` \u{60}",
    "nul\0 bell\u{7} escape\u{1b}[31m\u{9b}2J\u{1b}]0;title\u{7}",
    "right\u{202e}tfel\u{2066}\u{2069}",
    "名前 Ünïcödé 🦀",
    "\u{fffe}\u{ffff}",
    "a,b:c=d;e",
];

/// All records as a format has them, in the end.
fn rendered(format: &str, records: &[Record]) -> String {
    let format = ALL.iter().find(|known| known.name == format);
    let format = format.expect("the format");
    let lines: String = records.iter().map(|record| format.record(record)).collect();
    lines + &format.in_the_end(records, &[])
}

/// A small class in which everything happens.
fn class() -> Vec<Record> {
    vec![
        graded(bug(&lost_update()), "ada", "race_counter", Some(4)),
        graded(bug(&deadlock()), "bob", "lock_order", Some(5)),
        graded(said(Answer::Passed), "名前", "race_counter", Some(10)),
        graded(compile_error(), "dan", "race_counter", Some(0)),
        graded(rejected(), "eve", "race_counter", Some(0)),
        graded(said(Answer::NotConcurrent), "fay", "lock_order", Some(7)),
        graded(
            said(Answer::Inconclusive { reason: None }),
            "gil",
            "lock_order",
            None,
        ),
        graded(
            said(Answer::Fault {
                message: "the child process went away".into(),
            }),
            "hal",
            "lock_order",
            None,
        ),
    ]
}

/// A class whose students chose [`NAMES`] for themselves, their files, threads, objects, messages and errors.
fn hostile_class() -> Vec<Record> {
    let records = NAMES.iter().flat_map(|name| {
        let mut build = lost_update();
        build.trace.threads[1].name = Some((*name).into());
        let panicked = build.trace.events.len() - 1;
        build.trace.events[panicked].text = Some((*name).into());
        let mut own = bug(&build);
        own.object.subject.path = format!("class/{name}.rs");
        let found = own.object.bug.as_mut().expect("a bug");
        let path = &own.object.subject.path;
        found.title = format!("{name} is lost");
        found.help = (*name).into();
        found.sites.iter_mut().for_each(|site| {
            site.file.clone_from(path);
            site.object = Some((*name).into());
        });
        own.words.headline = found.title.clone();
        own.words.labels[0] = format!("(1) `{name}` reads 0 here");
        own.words.feedback = format!("{name}\n{}{name}\n", own.words.feedback);
        let refused = said(Answer::DoesNotCompile {
            message: format!("error: {name}\n --> {name}:1:1\n  |\n\n{name}\n\nerror: {name}\n"),
        });
        [
            graded(own, name, name, Some(1)),
            graded(refused, name, name, Some(0)),
            graded(
                said(Answer::Inconclusive {
                    reason: Some((*name).into()),
                }),
                name,
                name,
                None,
            ),
        ]
    });
    records.collect()
}

fn bug(build: &Build) -> Record {
    Record::of(&build.report())
}

fn compile_error() -> Record {
    let text = "\
error[E0382]: borrow of moved value: `hits`
  --> race_counter.rs:12:16
   |
12 |     println!(\"{hits}\");
   |                ^^^^ value borrowed here after move

error: cannot find macro `prinln` in this scope
 --> race_counter.rs:14:5
  |
14 |     prinln!(\"done\");
  |     ^^^^^^

error: aborting due to 2 previous errors

For more information about this error, try `rustc --explain E0382`.
";
    said(Answer::DoesNotCompile {
        message: text.into(),
    })
}

fn rejected() -> Record {
    said(Answer::Rejected {
        reasons: vec!["race_counter.rs:3:5: this exercise is to be solved without `unsafe`".into()],
    })
}

fn said(answer: Answer<'_>) -> Record {
    let searched = matches!(
        answer,
        Answer::Passed | Answer::NotConcurrent | Answer::Inconclusive { .. }
    );
    let search = Search {
        engine: "own".into(),
        strategy: "dpor".into(),
        memory: "sc".into(),
        interleavings: 6,
        complete: true,
        ..Search::default()
    };
    let subject = Subject {
        path: "program.rs".into(),
        exercise: None,
    };
    Record::of(&report(subject, answer, searched.then_some(search)))
}

/// The record as that of a student's answer.
fn graded(mut record: Record, student: &str, exercise: &str, points: Option<u32>) -> Record {
    let score = points.map(|points| Score {
        points,
        max: 10,
        parts: vec![Part {
            name: "safety".into(),
            points,
            max: 10,
            lost: None,
        }],
    });
    let own = format!("class/{student}/{exercise}.rs");
    let subject = &mut record.object.subject;
    let before = std::mem::replace(&mut subject.path, own.clone());
    if let Some(bug) = &mut record.object.bug {
        let sites = bug.sites.iter_mut().filter(|site| site.file == before);
        sites.for_each(|site| site.file.clone_from(&own));
    }
    subject.exercise = Some(exercise.into());
    record.grade = Some(Grade {
        student: student.into(),
        exercise: exercise.into(),
        ungraded: score.is_none().then(|| record.words.headline.clone()),
        score,
        content: "3f9c".into(),
        identical_to: None,
        sandbox: "landlock=6 seccomp=2".into(),
        remarks: Vec::new(),
        review: Vec::new(),
    });
    record
}
