//! One answer: from its file to a record that names nobody yet.

use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use threadlings::explanation::{Answer, Report, Verdict, report};

use super::content::{self, Conditions};
use super::score;
use crate::check;
use crate::compile::Library;
use crate::courses::{Course, Exercise};
use crate::failure::Failure;
use crate::intake::{self, Folder, Refusal, SourceFile};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::reports::record::{Grade, Record, Score};
use crate::subject::{Source, Subject};
use crate::tokens;

/// How many times the usual limits an answer gets that could not be judged within those.
const LARGER: u32 = 4;

/// An answer that was read: nothing looks at its file again.
pub struct Paper<'a> {
    exercise: &'a Exercise,
    /// The texts, or why there are none.
    source: Result<Source, Refusal>,
    /// See [`Grade::content`].
    pub content: String,
}

/// The name that everybody's file has in reports: equal answers get equal ones, and none names another student.
pub fn neutral_name(exercise: &str) -> String {
    format!("{exercise}.rs")
}

/// Compiles answers together, as far as possible: see [`Paper::judge`].
pub fn compiled(papers: &[&Paper<'_>], options: &Options) -> Vec<Option<Library>> {
    let sources: Vec<_> = papers
        .iter()
        .filter_map(|paper| Some((paper.subject(), paper.source.as_ref().ok()?)))
        .collect();
    let libraries = check::compiled_together(&sources, options).unwrap_or_default();
    let mut libraries = libraries.into_iter();
    let of = |paper: &&Paper<'_>| paper.source.is_ok().then(|| libraries.next())??;
    papers.iter().map(of).collect()
}

impl<'a> Paper<'a> {
    /// Reads the answer at `file` below the folder of the class, and the course's own check.
    ///
    /// # Errors
    /// When the course cannot be read. What is wrong with the answer is for its record.
    pub fn read(
        class: &Folder,
        file: &Path,
        exercise: &'a Exercise,
        course: &Course,
        conditions: &Conditions,
    ) -> Result<Paper<'a>, Failure> {
        let path = exercise.check_file();
        let check = SourceFile {
            path: path.strip_prefix(&course.root).unwrap_or(&path).to_owned(),
            ..intake::read(&path)?
        };
        let name = PathBuf::from(neutral_name(&exercise.manifest.id));
        let program = class.submission(file, &name);
        let text = match &program {
            Ok(program) => Ok(&*program.text),
            Err(refusal) => Err(refusal.sentence()),
        };
        let content = content::of(text, &check, exercise, conditions);
        let source = program.map(|program| Source {
            program,
            check: Some(check),
        });
        Ok(Paper {
            exercise,
            content,
            source,
        })
    }

    /// Judges the answer, which may have been compiled already. What cannot be judged is tried once more with [`LARGER`]
    /// limits.
    pub fn judge(&self, library: Option<&Library>, options: &Options) -> Record {
        let source = match &self.source {
            Ok(source) => source,
            Err(Refusal::Rejected(what)) => return self.refused(what),
            Err(Refusal::Unreadable(what)) => return self.fault(what.clone()),
        };
        let first = self.attempt(source, library, options);
        let verdict = first.object.verdict;
        let is_open = first
            .grade
            .as_ref()
            .is_some_and(|grade| grade.score.is_none());
        if !is_open || verdict == Verdict::Unmodelled {
            return first;
        }
        let budget = check::budget(&self.subject(), options) * LARGER;
        let options = Options {
            budget: Some(budget),
            ..options.clone()
        };
        self.attempt(source, library, &options)
    }

    fn subject(&self) -> Subject {
        Subject {
            file: PathBuf::from(neutral_name(&self.exercise.manifest.id)),
            exercise: Some(self.exercise.clone()),
        }
    }

    fn attempt(&self, source: &Source, library: Option<&Library>, options: &Options) -> Record {
        let subject = self.subject();
        match check::judge(&subject, source, library, options, &mut |_| ()) {
            Ok(outcome) => {
                let score = score::of(self.exercise, &outcome, self.is_untouched(source));
                self.record(&outcome.report(), score, Some(&outcome))
            }
            Err(failure) => self.fault(failure.to_string()),
        }
    }

    /// The record of an answer that we failed to judge.
    pub fn fault(&self, message: String) -> Record {
        let report = report(self.subject().words(), Answer::Fault { message }, None);
        self.record(&report, None, None)
    }

    fn refused(&self, what: &str) -> Record {
        let why = what.to_string();
        let report = report(self.subject().words(), Answer::NoSource { why }, None);
        let score = score::nothing(self.exercise, "it is no Rust source file");
        self.record(&report, Some(score), None)
    }

    fn is_untouched(&self, source: &Source) -> bool {
        let handed_out = intake::read(&self.exercise.file());
        handed_out.is_ok_and(|file| is_same(&file.text, &source.program.text))
    }

    fn record(&self, report: &Report, score: Option<Score>, outcome: Option<&Outcome>) -> Record {
        let ungraded = score.is_none().then(|| report.headline.clone());
        let mut record = Record::of(report);
        record.grade = Some(Grade {
            student: String::new(),
            exercise: self.exercise.manifest.id.clone(),
            score,
            ungraded,
            content: self.content.clone(),
            identical_to: None,
            sandbox: outcome.map_or_else(String::new, |outcome| outcome.layers.to_string()),
            remarks: Vec::new(),
            review: outcome.map_or_else(Vec::new, |outcome| outcome.review.clone()),
        });
        record
    }
}

/// Whether two texts are the same program: comments, white space and the ends of lines make no other.
fn is_same(one: &str, other: &str) -> bool {
    one == other || words(one).is_some_and(|one| words(other) == Some(one))
}

/// The tokens of a text, with marks for where groups begin and end.
fn words(text: &str) -> Option<Vec<String>> {
    // A stack of our own: nesting in a file must not use up ours.
    let mut open = vec![tokens::read(text).ok()?.into_iter()];
    let mut words = Vec::new();
    while let Some(tokens) = open.last_mut() {
        match tokens.next() {
            Some(TokenTree::Group(group)) => {
                words.push(format!("{:?}", group.delimiter()));
                open.push(group.stream().into_iter());
            }
            Some(token) => words.push(token.to_string()),
            None => {
                open.pop();
                words.push("end".to_string());
            }
        }
    }
    Some(words)
}
