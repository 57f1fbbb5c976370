//! The one result model: what formats are written from, and a line of the ledger of a class.

use serde::{Deserialize, Serialize};
use threadlings::explanation::{BugReport, Report, Search, SiteReport, StepReport, Verdict};

use super::{Style, human};

/// Number of the format of the contract.
const FORMAT: u32 = 1;

/// One thing that was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The object of the contract.
    #[serde(flatten)]
    pub object: Object,
    /// The same in words.
    pub words: Words,
    /// Whose answer it is, and what it is worth; `None` where nobody is graded.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
}

/// The JSON object of the contract, `"format": 1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// [`FORMAT`]
    pub format: u32,
    /// What was checked.
    pub subject: Subject,
    /// What came out.
    pub verdict: Verdict,
    /// The bug, where one is reported.
    pub bug: Option<Bug>,
    /// How much was searched, where anything was.
    pub search: Option<Searched>,
    /// The schedule that shows the bug.
    pub witness: Option<Witness>,
    /// The file that holds the failing run.
    pub replay: Option<String>,
    /// Further facts; where there is no bug and no proof, the first one is the headline.
    pub notes: Vec<String>,
}

/// What was checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// `exercise` or `program`.
    pub kind: String,
    /// Relative to the working directory.
    pub path: String,
    /// The exercise's id.
    pub exercise: Option<String>,
}

/// A bug.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bug {
    /// `lost_update`
    pub class: String,
    /// `TL0201`
    pub code: String,
    /// One sentence that stands alone.
    pub title: String,
    /// The missing guarantee.
    pub help: String,
    /// The places, in the order a reader needs.
    pub sites: Vec<Site>,
}

/// A labelled place. Lines and columns count from 1, in characters; the end is exclusive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// What happens there: `reads`.
    pub role: String,
    /// The thread's name.
    pub thread: Option<String>,
    /// The object's name.
    pub object: Option<String>,
    /// As in [`Subject::path`].
    pub file: String,
    /// See [`Site`].
    pub line: u32,
    /// See [`Site`].
    pub column: u32,
    /// See [`Site`].
    pub end_line: u32,
    /// See [`Site`].
    pub end_column: u32,
}

/// How much was searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Searched {
    /// `own`
    pub engine: String,
    /// `dpor`
    pub strategy: String,
    /// `sc`
    pub memory: String,
    /// Executions run.
    pub interleavings: u64,
    /// Whether every interleaving was covered.
    pub complete: bool,
    /// What ended it early.
    pub truncated_by: Option<String>,
    /// Wall clock in milliseconds.
    pub elapsed_ms: u64,
}

/// The schedule that shows the bug.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// How often another thread continues.
    pub switches: usize,
    /// The steps that matter.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// From 1.
    pub n: usize,
    /// The thread's name.
    pub thread: String,
    /// `lock`
    pub op: String,
    /// The object's name.
    pub object: Option<String>,
    /// The value read or left.
    pub value: Option<String>,
    /// A newer value that was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale: Option<Stale>,
    /// As in [`Subject::path`].
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// A newer value that a step has not seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stale {
    /// The value.
    pub newest: Option<String>,
    /// The step that has written it, where it is shown.
    pub step: Option<usize>,
}

/// What the object says, in words; nothing in it is coloured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// One sentence that stands alone, without a full stop.
    pub headline: String,
    /// The sentence beside each site, numbered: "(1) `a` reads 0 here".
    pub labels: Vec<String>,
    /// The line of the source that each site begins in; none where the file is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Option<Line>>,
    /// What happens in each step: "locks `left`".
    pub steps: Vec<String>,
    /// The whole report, as a student sees it.
    pub feedback: String,
}

/// A line of the source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Where it begins: the bytes of the file before it.
    pub byte: usize,
    /// Without what ends it; no more than [`LINE`] characters.
    pub text: String,
}

/// Characters of a line that are kept.
const LINE: usize = 1000;

/// Whose answer it is, and what it is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// As the folder or file names the student.
    pub student: String,
    /// The exercise's id.
    pub exercise: String,
    /// The points; `None` where the answer could not be judged: it is not graded, which is no zero.
    pub score: Option<Score>,
    /// Why there are no points.
    pub ungraded: Option<String>,
    /// Hash of all that decides: the answer, the course's check, the options that matter, this program and the compiler.
    pub content: String,
    /// The path of the equal answer that was judged in place of this one.
    pub identical_to: Option<String>,
    /// The layers of the sandbox that held.
    pub sandbox: String,
    /// What was noticed about the submission that is no part of the verdict, one sentence each.
    pub remarks: Vec<String>,
    /// Places that a person should look at, one sentence each.
    pub review: Vec<String>,
}

/// Points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The sum of the parts.
    pub points: u32,
    /// What a right answer gets.
    pub max: u32,
    /// The rubric.
    pub parts: Vec<Part>,
}

/// One line of the rubric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// `safety`, `liveness` or `concurrency`.
    pub name: String,
    /// What the answer gets.
    pub points: u32,
    /// What a right answer gets.
    pub max: u32,
    /// Why it gets less.
    pub lost: Option<String>,
}

impl Grade {
    /// Whether the answer ran without a sandbox.
    #[must_use]
    pub fn is_unsandboxed(&self) -> bool {
        self.sandbox.starts_with("UNSANDBOXED")
    }
}

impl Record {
    /// A report as a record, of nobody's answer.
    #[must_use]
    pub fn of(report: &Report) -> Record {
        let sites = || report.bug.iter().flat_map(|bug| &bug.sites);
        let steps = report.witness.iter().flat_map(|witness| &witness.steps);
        Record {
            object: object(report),
            words: Words {
                headline: report.headline.clone(),
                labels: sites().map(|site| site.label.clone()).collect(),
                lines: sites().map(|site| line(site, &report.files)).collect(),
                steps: steps.map(|step| step.what.clone()).collect(),
                feedback: uncoloured(&human::portable(report, Style::PLAIN)),
            },
            grade: None,
        }
    }

    /// The labelled places of the bug; none where there is no bug.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        self.object.bug.as_ref().map_or(&[], |bug| &bug.sites)
    }

    /// The exercise's id.
    #[must_use]
    pub fn exercise(&self) -> Option<&str> {
        let graded = self.grade.as_ref().map(|grade| &grade.exercise);
        graded
            .or(self.object.subject.exercise.as_ref())
            .map(String::as_str)
    }

    /// Whether the answer, or program, is right as far as it was searched.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.object.verdict == Verdict::Pass
    }
}

fn line(site: &SiteReport, files: &[(String, String)]) -> Option<Line> {
    let (_, text) = files.iter().find(|(path, _)| *path == site.file)?;
    let above = (site.span.start.line as usize).checked_sub(1)?;
    let mut lines = text.split_inclusive('\n');
    let byte = lines.by_ref().take(above).map(str::len).sum();
    let text = lines.next()?.trim_end_matches(['\n', '\r']);
    Some(Line {
        byte,
        text: text.chars().take(LINE).collect(),
    })
}

/// A text without what colours it, as rustc's on a terminal.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |done, part| {
        let code = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        done + code.strip_prefix('m').unwrap_or(part)
    })
}

fn object(report: &Report) -> Object {
    let own = report.bug.iter().flat_map(|bug| &bug.notes);
    let mut notes: Vec<String> = own.chain(&report.notes).cloned().collect();
    if report.bug.is_none() && report.verdict != Verdict::Pass {
        notes.insert(0, report.headline.clone());
    }
    notes.extend(report.verbatim.as_deref().map(uncoloured));
    let kind = match report.subject.exercise {
        Some(_) => "exercise",
        None => "program",
    };
    Object {
        format: FORMAT,
        subject: Subject {
            kind: kind.to_string(),
            path: report.subject.path.clone(),
            exercise: report.subject.exercise.clone(),
        },
        verdict: report.verdict,
        bug: report.bug.as_ref().map(bug),
        search: report.search.as_ref().map(searched),
        witness: report.witness.as_ref().map(|witness| Witness {
            switches: witness.switches,
            steps: witness
                .steps
                .iter()
                .map(|found| step(found, &witness.threads))
                .collect(),
        }),
        replay: report.replay.clone(),
        notes,
    }
}

fn bug(bug: &BugReport) -> Bug {
    Bug {
        class: bug.class.to_string(),
        code: bug.code.to_string(),
        title: bug.title.clone(),
        help: bug.help.clone(),
        sites: bug.sites.iter().map(site).collect(),
    }
}

fn site(site: &SiteReport) -> Site {
    Site {
        role: site.role.name().to_string(),
        thread: site.thread.clone(),
        object: site.object.clone(),
        file: site.file.clone(),
        line: site.span.start.line,
        column: site.span.start.column,
        end_line: site.span.end.line,
        end_column: site.span.end.column,
    }
}

fn searched(search: &Search) -> Searched {
    Searched {
        engine: search.engine.clone(),
        strategy: search.strategy.clone(),
        memory: search.memory.clone(),
        interleavings: search.interleavings,
        complete: search.complete,
        truncated_by: search.truncated_by.clone(),
        elapsed_ms: search.elapsed_ms,
    }
}

fn step(step: &StepReport, threads: &[String]) -> Step {
    Step {
        n: step.number,
        thread: threads.get(step.column).cloned().unwrap_or_default(),
        op: step.operation.to_string(),
        object: step.object.clone(),
        value: step.value.clone(),
        stale: step.missed.as_ref().map(|missed| Stale {
            newest: missed.value.clone(),
            step: missed.step,
        }),
        file: step.file.clone(),
        line: step.line,
        column: step.column_in_line,
    }
}
