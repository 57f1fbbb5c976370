//! `threadlings export`: a package for another system that grades.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use serde_json::json;

use super::Run;
use crate::courses::{Course, Exercise};
use crate::exit::Ended;
use crate::exports::{self, Package};
use crate::failure::{Failure, Problem};
use crate::options::Options;
use crate::{output, paths};

/// Pack exercises for another system that grades
#[derive(Args)]
#[command(after_help = "Examples:
  threadlings export gradescope --exercise race_counter --into autograder.zip
  threadlings export gradescope --exercise race_counter --exercise lock_order --into autograder.zip

What was packed is told for people, or with `--format json`; the other formats are for results.")]
pub struct Export {
    /// The system
    #[arg(value_name = "SYSTEM", value_parser = systems())]
    system: String,

    /// An exercise to pack; all of the course if none is named
    #[arg(long = "exercise", value_name = "ID")]
    exercises: Vec<String>,

    /// The file to write
    #[arg(long, value_name = "FILE")]
    into: PathBuf,
}

impl Run for Export {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let course = Course::require(options.course.as_deref())?;
        let chosen = chosen(&course, &self.exercises)?;
        let Some(package) = exports::ALL.iter().find(|row| row.name == self.system) else {
            return Err(Failure::Usage);
        };
        let next = package.write(&chosen, &self.into)?;
        output::result(&said(&self, package, &chosen, &next, options));
        Ok(Ended::Good)
    }
}

/// In the order of the course.
fn chosen<'a>(course: &'a Course, ids: &[String]) -> Result<Vec<&'a Exercise>, Problem> {
    let named: Vec<&Exercise> = ids
        .iter()
        .map(|id| course.require_exercise(id))
        .collect::<Result<_, _>>()?;
    let is_named = |exercise: &&Exercise| {
        let is_it = |other: &&Exercise| other.manifest.id == exercise.manifest.id;
        named.is_empty() || named.iter().any(is_it)
    };
    Ok(course.exercises.iter().filter(is_named).collect())
}

fn said(
    export: &Export,
    package: &Package,
    exercises: &[&Exercise],
    next: &str,
    options: &Options,
) -> String {
    let into = paths::shown(&export.into);
    let ids: Vec<&str> = exercises
        .iter()
        .map(|exercise| &*exercise.manifest.id)
        .collect();
    if options.json {
        return json!({ "system": package.name, "file": into, "exercises": ids }).to_string()
            + "\n";
    }
    format!("{into} grades {}\nnext: {next}\n", ids.join(", "))
}

/// The names of the table of packages.
fn systems() -> PossibleValuesParser {
    let named = exports::ALL
        .iter()
        .map(|package| PossibleValue::new(package.name).help(package.about));
    PossibleValuesParser::new(named)
}
