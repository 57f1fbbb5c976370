//! Report formats: each is one file, and one row of [`ALL`]. A renderer decides nothing: it shows what the report
//! says. Nothing here prints.

mod canvas;
mod cells;
mod classroom;
mod csv;
mod exercism;
mod gradescope;
mod harmless;
mod human;
mod json;
mod points;
pub mod record;
mod table;

use threadlings::explanation::Report;

use record::Record;

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
    /// One document about the points of answers that were graded; of others there is nothing to write.
    Grades(fn(&[Record]) -> String),
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
        name: "csv",
        about: "a table: one row for each answer",
        write: Write::Document(csv::document),
    },
    Format {
        name: "canvas",
        about: "a gradebook that Canvas imports: one row for each student",
        write: Write::Grades(canvas::document),
    },
    Format {
        name: "gradescope",
        about: "results.json of a Gradescope autograder",
        write: Write::Grades(gradescope::document),
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
            Write::Document(_) | Write::Grades(_) => String::new(),
        }
    }

    /// The same for a record; people read other things of a class.
    #[must_use]
    pub fn record(&self, record: &Record) -> String {
        match self.write {
            Write::Lines(line) => line(record),
            Write::People | Write::Document(_) | Write::Grades(_) => String::new(),
        }
    }

    /// What can be written when all are known.
    #[must_use]
    pub fn in_the_end(&self, records: &[Record]) -> String {
        match self.write {
            Write::People | Write::Lines(_) => String::new(),
            Write::Document(document) | Write::Grades(document) => document(records),
        }
    }
}

/// The report that people read.
#[must_use]
pub fn human(report: &Report, style: Style) -> String {
    human::render(report, style)
}
