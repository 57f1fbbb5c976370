//! Report formats: each is one file, and one row of [`ALL`]. A renderer decides nothing: it shows what the report
//! says. Nothing here prints.

mod harmless;
mod human;
mod json;
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
];

impl Format {
    /// What can be written of a report before the others are known.
    #[must_use]
    pub fn at_once(&self, report: &Report, style: Style) -> String {
        match self.write {
            Write::People => human(report, style),
            Write::Lines(line) => line(&Record::of(report)),
            Write::Document(_) => String::new(),
        }
    }

    /// The same for a record; people read other things of a class.
    #[must_use]
    pub fn record(&self, record: &Record) -> String {
        match self.write {
            Write::Lines(line) => line(record),
            Write::People | Write::Document(_) => String::new(),
        }
    }

    /// What can be written when all are known.
    #[must_use]
    pub fn in_the_end(&self, records: &[Record]) -> String {
        match self.write {
            Write::People | Write::Lines(_) => String::new(),
            Write::Document(document) => document(records),
        }
    }
}

/// The report that people read.
#[must_use]
pub fn human(report: &Report, style: Style) -> String {
    human::render(report, style)
}
