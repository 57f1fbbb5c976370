//! The options that all commands share: as typed ([`Typed`]), and as meant ([`Options`]).

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use threadlings::explore::search::MemoryChoice;

use crate::compile;
use crate::confinement::Confinement;
use crate::engines::{self, Engine};
use crate::failure::Problem;
use crate::output;
use crate::reports::{self, Format, Style};

/// The options as they were typed.
#[derive(Args, Clone, Debug)]
pub struct Typed {
    /// How to print the result
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human", value_parser = formats(), help_heading = HEADING)]
    pub format: String,

    /// The memory model: `auto` is `sc`, and then `c11` where the program uses an ordering weaker than `SeqCst`
    #[arg(long, global = true, value_enum, default_value = "auto", help_heading = HEADING)]
    pub memory: Memory,

    /// When to watch plain memory for data races: `auto` where a program contains `unsafe`. Seen are loads, stores, copies and comparisons of the program; not what std does inside its own compiled functions, as in `format!`
    #[arg(long, global = true, value_enum, default_value = "auto", help_heading = HEADING)]
    pub races: Races,

    /// Which engine explores
    #[arg(long, global = true, value_name = "ENGINE", default_value = AUTO, value_parser = engines(), help_heading = HEADING)]
    pub engine: String,

    /// Ask loom and shuttle too, for so long each [default: 2], and compare
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, num_args = 0..=1, require_equals = true, default_missing_value = "2", help_heading = HEADING)]
    pub cross_check: Option<Duration>,

    /// Time for each thing checked [default: 10, or what an exercise says]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, help_heading = HEADING)]
    pub budget: Option<Duration>,

    /// Stop the search after this many interleavings
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = HEADING)]
    pub max_interleavings: Option<u64>,

    /// Memory that a program may use
    #[arg(long, global = true, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(16..=65536), help_heading = HEADING)]
    pub memory_limit: u64,

    /// Processes that look for bugs together where a proof takes too long; for `grade`: submissions that are judged at the same time, one
    /// process each [default: one for each processor]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024), help_heading = HEADING)]
    pub jobs: Option<u32>,

    /// Seed of the random schedules that follow an unfinished search
    #[arg(long, global = true, value_name = "N", default_value_t = 0, help_heading = HEADING)]
    pub seed: u64,

    /// The edition of programs that are checked
    #[arg(long, global = true, value_name = "YEAR", value_enum, default_value = "2024", help_heading = HEADING)]
    pub edition: Edition,

    /// The folder that holds `exercises/` and `solutions/` [default: the nearest one at or above this folder]
    #[arg(long, global = true, value_name = "DIR", help_heading = HEADING)]
    pub course: Option<PathBuf>,

    /// Compile and run programs in a sandbox, as `grade` does
    #[arg(long, global = true, hide = true)]
    pub confined: bool,

    /// Print the result only: no progress, no remarks
    #[arg(long, short, global = true, help_heading = HEADING)]
    pub quiet: bool,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = HEADING)]
    pub color: clap::ColorChoice,
}

const HEADING: &str = "Common options";

/// A memory model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Memory {
    // Sequential consistency, then C11 if that can make a difference
    Auto,
    // Sequential consistency
    Sc,
    // The memory model of C11 and Rust
    C11,
}

/// When memory is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Races {
    // Where there is `unsafe`
    Auto,
    // In every program
    Always,
    // In none
    Never,
}

/// A Rust edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Edition {
    #[value(name = "2015")]
    E2015,
    #[value(name = "2018")]
    E2018,
    #[value(name = "2021")]
    E2021,
    #[value(name = "2024")]
    E2024,
}

/// The options as they are meant.
#[derive(Clone, Debug)]
pub struct Options {
    /// Writes reports.
    pub format: &'static Format,
    /// How they look.
    pub style: Style,
    /// Whether results that are no reports are JSON too.
    pub json: bool,
    /// Judges programs.
    pub engine: &'static Engine,
    /// Time for each second opinion on one thing; `None` where none is asked for.
    pub cross_check: Option<Duration>,
    /// Time for each thing checked; `None` where an exercise may say it.
    pub budget: Option<Duration>,
    /// The search stops after this many interleavings.
    pub max_interleavings: Option<u64>,
    /// Whether programs are compiled and run in a sandbox.
    pub confinement: Confinement,
    /// Whether the scenarios that follow a failing one are tried too: a rubric counts them all.
    pub every_scenario: bool,
    /// Whether to keep what makes compiling the same file again quicker.
    pub incremental: bool,
    /// Whether programs are strangers': only a part of Rust and of std is theirs to use.
    pub stranger: bool,
    /// Bytes of heap that a program may use.
    pub memory_limit: u64,
    /// When programs are watched for data races.
    pub races: compile::Races,
    /// Which memory models are searched.
    pub memory: MemoryChoice,
    /// Processes that look for bugs together.
    pub jobs: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// The edition, as rustc takes it.
    pub edition: &'static str,
    /// The course, where it was named.
    pub course: Option<PathBuf>,
    /// No progress, no remarks.
    pub quiet: bool,
    /// Whether the result may be coloured.
    pub color: bool,
}

impl Options {
    /// The budget where neither the command line nor an exercise says one.
    pub const DEFAULT_BUDGET: Duration = Duration::from_secs(10);
}

impl Typed {
    /// What is meant.
    ///
    /// # Errors
    /// When something is asked for that does not exist yet.
    pub fn meant(self) -> Result<Options, Problem> {
        let color = colored(self.color);
        let format = format(&self.format);
        Ok(Options {
            format,
            style: if color { Style::FANCY } else { Style::PLAIN },
            json: format.name == "json",
            engine: engine(&self.engine),
            cross_check: self.cross_check,
            budget: self.budget,
            max_interleavings: self.max_interleavings,
            confinement: if self.confined {
                Confinement::BestEffort
            } else {
                Confinement::None
            },
            every_scenario: false,
            incremental: true,
            stranger: false,
            memory_limit: self.memory_limit << 20,
            races: match self.races {
                Races::Auto => compile::Races::Auto,
                Races::Always => compile::Races::Always,
                Races::Never => compile::Races::Never,
            },
            jobs: self.jobs.unwrap_or_else(processors),
            memory: match self.memory {
                Memory::Auto => MemoryChoice::Auto,
                Memory::Sc => MemoryChoice::Sc,
                Memory::C11 => MemoryChoice::C11,
            },
            seed: self.seed,
            edition: match self.edition {
                Edition::E2015 => "2015",
                Edition::E2018 => "2018",
                Edition::E2021 => "2021",
                Edition::E2024 => "2024",
            },
            course: self.course,
            quiet: self.quiet,
            color,
        })
    }
}

fn processors() -> u32 {
    let known = std::thread::available_parallelism().ok();
    known.map_or(1, |known| u32::try_from(known.get()).unwrap_or(1))
}

/// The option wins, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether a terminal is there to show it.
fn colored(choice: clap::ColorChoice) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match choice {
        clap::ColorChoice::Always => true,
        clap::ColorChoice::Never => false,
        clap::ColorChoice::Auto if set("NO_COLOR") => false,
        clap::ColorChoice::Auto => {
            let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
            forced || output::on_terminal()
        }
    }
}

/// The names of the table of formats.
fn formats() -> PossibleValuesParser {
    let named = reports::ALL
        .iter()
        .map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(named)
}

/// The row of the table; clap has let no other name through.
fn format(name: &str) -> &'static Format {
    let row = reports::ALL.iter().find(|format| format.name == name);
    row.unwrap_or(&reports::ALL[0])
}

/// The engine that is best for the program.
const AUTO: &str = "auto";

/// The names of the table of engines.
fn engines() -> PossibleValuesParser {
    let auto = PossibleValue::new(AUTO).help("The default");
    let named = engines::ALL
        .iter()
        .map(|engine| PossibleValue::new(engine.name).help(engine.about));
    PossibleValuesParser::new(std::iter::once(auto).chain(named))
}

/// The row of the table; [`AUTO`] is the first.
fn engine(name: &str) -> &'static Engine {
    let row = engines::ALL.iter().find(|engine| engine.name == name);
    row.unwrap_or(&engines::ALL[0])
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text
        .parse()
        .map_err(|_| "this is not a number of seconds".to_string())?;
    match Duration::try_from_secs_f64(number) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("a budget is more than 0 seconds".to_string()),
    }
}
