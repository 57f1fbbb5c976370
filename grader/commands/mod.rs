//! The commands: one file each, and one row each in [`ALL`].

use clap::{ArgMatches, Args, FromArgMatches};

use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::{Options, Typed};

mod check;
mod completions;
mod explain;
mod export;
mod grade;
mod hint;
mod list;
mod merge;
mod replay;
mod summary;
mod verify;
mod welcome;

/// Every command, in the order of the help.
static ALL: &[Row] = &[
    row::<list::List>("list"),
    row::<check::Check>("check"),
    row::<hint::Hint>("hint"),
    row::<replay::Replay>("replay"),
    row::<explain::Explain>("explain"),
    row::<grade::Grade>("grade"),
    row::<merge::Merge>("merge"),
    row::<summary::SummaryOf>("summary"),
    row::<verify::Verify>("verify"),
    row::<export::Export>("export"),
    row::<completions::Completions>("completions"),
];

const AFTER_HELP: &str = "\
Without a command: a welcome, and the next open exercise.

Examples:
  threadlings check race_counter     check an exercise
  threadlings check src/main.rs      check any program that uses only std
  threadlings explain TL0201         what a class of bugs means

Exit codes: 0 no bug found, 1 a bug found, 2 wrong request, 3 no answer, 70 our fault";

/// A command: its arguments, described for clap, and what it does.
trait Run: Args {
    /// Does the work.
    fn run(self, options: &Options) -> Result<Ended, Failure>;
}

/// A row of the table.
struct Row {
    name: &'static str,
    define: fn(clap::Command) -> clap::Command,
    run: fn(&ArgMatches, &Options) -> Result<Ended, Failure>,
}

const fn row<C: Run>(name: &'static str) -> Row {
    Row {
        name,
        define: C::augment_args,
        run: |matches, options| parsed::<C>(matches).run(options),
    }
}

/// The whole command line, as clap wants it.
pub fn command_line() -> clap::Command {
    let root = clap::Command::new("threadlings").version(env!("CARGO_PKG_VERSION"));
    let commands = ALL
        .iter()
        .map(|row| (row.define)(clap::Command::new(row.name)));
    // After the options, whose own documentation would otherwise take this place.
    Typed::augment_args(root)
        .about("Finds concurrency bugs in Rust programs, and checks concurrency exercises")
        .long_about(None)
        .after_help(AFTER_HELP)
        .subcommands(commands)
}

/// Runs the command that was typed.
///
/// # Errors
/// When the request is wrong, or we are.
pub fn run(matches: &ArgMatches) -> Result<Ended, Failure> {
    let options = parsed::<Typed>(matches).meant()?;
    let Some((name, matches)) = matches.subcommand() else {
        return welcome::run(&options);
    };
    match ALL.iter().find(|row| row.name == name) {
        Some(row) => (row.run)(matches, &options),
        None => Err(Failure::Usage),
    }
}

/// `matches` come from the definition of the same type, so they fit.
fn parsed<T: FromArgMatches>(matches: &ArgMatches) -> T {
    T::from_arg_matches(matches).unwrap_or_else(|error| error.exit())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        super::command_line().debug_assert();
    }

    #[test]
    fn every_file_of_this_folder_has_its_row() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("commands");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|name| !["mod", "welcome"].contains(&name.as_str()))
            .collect();
        let rows = super::ALL.iter().map(|row| row.name.to_string());
        assert_eq!(files, rows.collect::<BTreeSet<_>>());
    }
}
