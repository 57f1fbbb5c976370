//! The only file that prints. Results go to standard output; progress, warnings and errors to standard error.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};

use clap::error::ErrorKind;

use crate::exit::Ended;
use crate::failure::Failure;
use crate::reports::record::{Missing, Record};
use crate::reports::{Appended, Format};

/// Writes `text`, which ends with a newline, to standard output.
///
/// A reader that has gone away (`| head`) is no error: there is nobody left to tell.
pub fn result(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes what a format has to say when all is known. That a file cannot be appended to is a warning: the result is out.
pub fn in_the_end(format: &Format, records: &[Record], missing: &[Missing]) {
    result(&format.in_the_end(records, missing));
    if let Some(appended) = format.appended()
        && let Err(error) = append(&appended, records)
    {
        warning(&format!(
            "the file that `{}` names could not be written: {error}",
            appended.variable
        ));
    }
}

fn append(appended: &Appended, records: &[Record]) -> io::Result<()> {
    let Some(path) = std::env::var_os(appended.variable).filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let before = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let text = (appended.write)(records, appended.most.saturating_sub(before));
    file.write_all(text.as_bytes())
}

/// Writes a warning to standard error.
pub fn warning(text: &str) {
    error_line("warning", text);
}

/// Writes a remark about what takes long to standard error.
pub fn remark(text: &str) {
    let _gone = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a failure to standard error.
pub fn failure(failure: &Failure) {
    if !matches!(failure, Failure::Usage) {
        error_line("error", &failure.to_string());
    }
}

/// Writes what clap has to say: help and version are results, everything else is a wrong request.
pub fn clap(said: &clap::Error) -> Result<Ended, Failure> {
    let _gone = said.print();
    match said.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Ended::Good),
        _ => Err(Failure::Usage),
    }
}

/// Whether standard output is a terminal.
pub fn on_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether progress would be seen by somebody.
pub fn progress_on_terminal() -> bool {
    io::stderr().is_terminal()
}

fn error_line(kind: &str, text: &str) {
    let _gone = writeln!(io::stderr().lock(), "{kind}: {text}");
}
