//! What Threadlings costs beside loom and shuttle: prints tables in Markdown, all from one run on one machine.

mod cell;
mod class;
mod first_bug;
mod measured;
mod own;
mod programs;
mod saves;
mod tables;
mod watched;

use std::num::NonZeroU16;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// Compares Threadlings with loom and shuttle
#[derive(Parser)]
struct Options {
    /// Only this program (the name of a file in `programs/`), or only the table `rates`, `saves`, `watched`, `class` or `first-bug`
    #[arg(long, value_name = "NAME", value_parser = known)]
    only: Option<String>,

    /// Time for each cell of a table
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    cap: Duration,

    /// Schedules after which a search of the table `first-bug` is given up
    #[arg(long, value_name = "NUMBER", default_value = "10000")]
    schedules: u64,

    /// The two smallest sizes of each program, and one save instead of five
    #[arg(long)]
    quick: bool,

    /// Answers in the table `class`
    #[arg(long, value_name = "NUMBER", default_value = "60", value_parser = clap::value_parser!(u16).range(1..=999))]
    submissions: u16,

    /// Answers that are graded at the same time in the table `class`
    #[arg(long, value_name = "NUMBER", default_value = "2")]
    jobs: NonZeroU16,

    // One cell, in a process of its own.
    #[arg(long, hide = true)]
    cell: Option<String>,

    // Cells of the table `first-bug`, in a process of their own.
    #[arg(long, hide = true)]
    first_bug: Option<String>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("error: {what}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    if let Some(cell) = &options.cell {
        return cell::child(cell, options.cap);
    }
    if let Some(cells) = &options.first_bug {
        return first_bug::child(cells, options.schedules);
    }
    let only = options.only.as_deref();
    let own = own::build()?;
    let sizes = if options.quick { 2 } else { usize::MAX };
    let verdicts = tables::verdicts(&own, only, sizes, options.cap);
    if tables::is_wanted(only, "rates") {
        tables::rates(&own, options.cap)?;
    }
    if tables::is_wanted(only, "saves") {
        saves::table(&own, if options.quick { 1 } else { 5 })?;
    }
    if tables::is_wanted(only, "watched") {
        watched::table(&own)?;
    }
    if tables::is_wanted(only, "class") {
        let jobs = usize::from(options.jobs.get());
        class::table(&own, options.submissions.into(), jobs)?;
    }
    if tables::is_wanted(only, "first-bug") {
        first_bug::table(options.schedules)?;
    }
    verdicts
}

fn known(name: &str) -> Result<String, String> {
    let mut names: Vec<_> = programs::ALL.iter().map(|program| program.name).collect();
    names.extend(["rates", "saves", "watched", "class", "first-bug"]);
    if names.contains(&name) {
        return Ok(name.to_string());
    }
    Err(format!("these can be run: {}", names.join(", ")))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|cap| !cap.is_zero())
        .ok_or_else(|| "a cap is a number of seconds above 0".to_string())
}
