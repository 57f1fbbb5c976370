//! Report formats: each is one file, and one row of [`ALL`]. A renderer decides nothing: it shows what the report
//! says. Nothing here prints.

mod canvas;
mod cells;
mod classroom;
mod compiler;
mod csv;
mod exercism;
mod finding;
mod github;
mod gitlab;
mod gradescope;
mod harmless;
mod human;
mod json;
mod junit;
mod points;
pub mod record;
mod rustc;
mod sarif;
mod table;

use threadlings::explanation::Report;

use record::{Missing, Record};

/// How a report looks; decided by the caller from its terminal and options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Box drawing characters; otherwise ASCII only, but for what the program's own source contains.
    pub unicode: bool,
}

impl Style {
    /// For a terminal.
    pub const FANCY: Style = Style {
        color: true,
        unicode: true,
    };
    /// For a file or a pipe.
    pub const PLAIN: Style = Style {
        color: false,
        unicode: false,
    };
}

/// A format.
#[derive(Debug)]
pub struct Format {
    /// As it is typed after `--format`.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    /// Writes it.
    pub write: Write,
}

/// How a format is written. All texts end with a newline unless they are empty.
#[derive(Clone, Copy, Debug)]
pub enum Write {
    /// For people, who see each report when it is ready: [`human`].
    People,
    /// A line, or some, for each thing that was judged.
    Lines(fn(&Record) -> String),
    /// One document about all of them.
    Document(fn(&[Record]) -> String),
    /// One document, and another one in a file that others may have written to before.
    DocumentAndFile(fn(&[Record]) -> String, Appended),
    /// A table of answers, and of students of whom there is none.
    Table(fn(&[Record], &[Missing]) -> String),
    /// One document about the points of answers that were graded; of others there is nothing to write.
    Grades(fn(&[Record], &[Missing]) -> String),
}

/// What a format appends to a file.
#[derive(Clone, Copy, Debug)]
pub struct Appended {
    /// The environment variable that names the file; where it is not set there is nothing to append to.
    pub variable: &'static str,
    /// Bytes that the file may have in the end.
    pub most: usize,
    /// Writes it; the second argument is how many bytes there is room for.
    pub write: fn(&[Record], usize) -> String,
}

/// Every format. The first one is the default.
pub static ALL: &[Format] = &[
    Format {
        name: "human",
        about: "for people",
        write: Write::People,
    },
    Format {
        name: "json",
        about: "one JSON object a line",
        write: Write::Lines(json::line),
    },
    Format {
        name: "junit",
        about: "JUnit XML, for test reports of GitLab, Jenkins and others",
        write: Write::Document(junit::document),
    },
    Format {
        name: "sarif",
        about: "SARIF 2.1.0, for code scanning and viewers of results",
        write: Write::Document(sarif::document),
    },
    Format {
        name: "github",
        about: "annotations of GitHub Actions, and a summary of the step",
        write: Write::DocumentAndFile(
            github::annotations,
            Appended {
                variable: "GITHUB_STEP_SUMMARY",
                most: 1 << 20,
                write: github::summary,
            },
        ),
    },
    Format {
        name: "gitlab",
        about: "code quality for GitLab's merge requests",
        write: Write::Document(gitlab::document),
    },
    Format {
        name: "rustc",
        about: "diagnostics as cargo prints them, a JSON object a line, for editors",
        write: Write::Lines(rustc::lines),
    },
    Format {
        name: "csv",
        about: "a table: one row for each answer",
        write: Write::Table(csv::document),
    },
    Format {
        name: "canvas",
        about: "a gradebook that Canvas imports: one row for each student",
        write: Write::Grades(canvas::document),
    },
    Format {
        name: "gradescope",
        about: "results.json of a Gradescope autograder",
        // It is about one student, who has handed in something.
        write: Write::Grades(|records, _| gradescope::document(records)),
    },
    Format {
        name: "exercism",
        about: "results.json of an Exercism test runner, version 3",
        write: Write::Document(exercism::document),
    },
    Format {
        name: "classroom",
        about: "a result for the reporter of GitHub Classroom, in base64",
        write: Write::Document(classroom::document),
    },
];

impl Format {
    /// What can be written of a report before the others are known.
    #[must_use]
    pub fn at_once(&self, report: &Report, style: Style) -> String {
        match self.write {
            Write::People => human(report, style),
            Write::Lines(line) => line(&Record::of(report)),
            Write::Document(_)
            | Write::DocumentAndFile(..)
            | Write::Table(_)
            | Write::Grades(_) => String::new(),
        }
    }

    /// The same for a record; people read other things of a class.
    #[must_use]
    pub fn record(&self, record: &Record) -> String {
        match self.write {
            Write::Lines(line) => line(record),
            Write::People
            | Write::Document(_)
            | Write::DocumentAndFile(..)
            | Write::Table(_)
            | Write::Grades(_) => String::new(),
        }
    }

    /// What can be written when all are known.
    #[must_use]
    pub fn in_the_end(&self, records: &[Record], missing: &[Missing]) -> String {
        match self.write {
            Write::People | Write::Lines(_) => String::new(),
            Write::Document(document) | Write::DocumentAndFile(document, _) => document(records),
            Write::Table(document) | Write::Grades(document) => document(records, missing),
        }
    }

    /// What is appended to a file when all are known.
    #[must_use]
    pub fn appended(&self) -> Option<Appended> {
        match self.write {
            Write::DocumentAndFile(_, appended) => Some(appended),
            _ => None,
        }
    }
}

/// The table of a class: one row for each answer, and for each student of whom there is none.
#[must_use]
pub fn table_of(records: &[Record], missing: &[Missing]) -> String {
    csv::document(records, missing)
}

/// The report that people read.
#[must_use]
pub fn human(report: &Report, style: Style) -> String {
    human::render(report, style)
}
