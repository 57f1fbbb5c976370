//! Report formats: each is one file, and one row of [`ALL`]. A renderer decides nothing: it shows what the report
//! says. Nothing here prints.

mod harmless;
mod human;
mod json;
mod table;

use threadlings::explanation::Report;

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

/// Renders reports, in their order. The text ends with a newline unless it is empty.
pub type Render = fn(&[Report], Style) -> String;

/// Every format by its name on the command line.
pub static ALL: &[(&str, Render)] = &[("human", human::render), ("json", json::render)];
