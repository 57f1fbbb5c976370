//! `threadlings list`: the exercises by chapter, with their state.

use clap::Args;
use serde_json::json;

use super::Run;
use crate::courses::progress::{Progress, State};
use crate::courses::{Course, Exercise};
use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::Options;
use crate::output;
use crate::paths;

/// Show the exercises, by chapter, with their state
#[derive(Args)]
#[command(after_help = "Examples:\n  threadlings list\n  threadlings list --format json")]
pub struct List {}

impl Run for List {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let course = Course::require(options.course.as_deref())?;
        let progress = Progress::read(&course)?;
        let show = if options.json { json } else { human };
        output::result(&show(&course, &progress));
        Ok(Ended::Good)
    }
}

fn human(course: &Course, progress: &Progress) -> String {
    let width = course
        .exercises
        .iter()
        .map(|exercise| exercise.manifest.id.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    let mut chapter = "";
    for exercise in &course.exercises {
        let manifest = &exercise.manifest;
        if manifest.chapter != chapter {
            chapter = &manifest.chapter;
            let gap = if text.is_empty() { "" } else { "\n" };
            text += &format!("{gap}{chapter}\n");
        }
        let state = word(progress.state(exercise));
        let (id, title) = (&manifest.id, &manifest.title);
        text += &format!(
            "  {state:<7}  {id:<width$}  {}/5  {title}\n",
            manifest.difficulty
        );
    }
    text
}

fn json(course: &Course, progress: &Progress) -> String {
    let row = |exercise: &Exercise| {
        let manifest = &exercise.manifest;
        json!({
            "format": 1,
            "id": manifest.id,
            "title": manifest.title,
            "chapter": manifest.chapter,
            "concepts": manifest.concepts,
            "difficulty": manifest.difficulty,
            "prerequisites": manifest.prerequisites,
            "points": manifest.points.total,
            "state": word(progress.state(exercise)),
            "path": paths::shown(&exercise.file()),
        })
    };
    course
        .exercises
        .iter()
        .map(|exercise| row(exercise).to_string() + "\n")
        .collect()
}

fn word(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Solved => "solved",
        State::Changed => "changed",
    }
}
