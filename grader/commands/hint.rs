//! `threadlings hint`: one more hint than last time.

use clap::Args;
use serde_json::json;

use super::Run;
use crate::courses::Course;
use crate::courses::progress::Progress;
use crate::exit::Ended;
use crate::failure::{Failure, Problem};
use crate::options::Options;
use crate::output;

/// Show the next hint of an exercise: a question, then a direction, then almost the answer
#[derive(Args)]
#[command(
    after_help = "Examples:\n  threadlings hint               for the next open exercise\n  threadlings hint bank_account"
)]
pub struct Hint {
    /// The exercise; the next open one if none is named
    #[arg(value_name = "ID")]
    exercise: Option<String>,
}

impl Run for Hint {
    fn run(self, options: &Options) -> Result<Ended, Failure> {
        let course = Course::require(options.course.as_deref())?;
        let mut progress = Progress::read(&course)?;
        let exercise = match &self.exercise {
            Some(what) => course.require_exercise(what)?,
            None => progress.next(&course).ok_or_else(|| {
                Problem::new("all exercises are solved").help("name the one you want a hint for")
            })?,
        };
        let hints = &exercise.manifest.hints;
        let number = (progress.hints(exercise) + 1).min(hints.len());
        let (id, hint) = (&exercise.manifest.id, &hints[number - 1]);
        let of = hints.len();
        output::result(&if options.json {
            let object =
                json!({ "format": 1, "exercise": id, "number": number, "of": of, "hint": hint });
            object.to_string() + "\n"
        } else {
            let more = match of - number {
                0 => "This was the last one.".to_string(),
                left => format!("{left} more: run `threadlings hint {id}` again."),
            };
            format!(
                "{id}, hint {number} of {of}\n\n{}\n\n{more}\n",
                wrapped(hint)
            )
        });
        progress.set_hints(exercise, number);
        if let Err(error) = progress.write(&course) {
            output::warning(&format!(
                "this hint will be shown again: the progress cannot be written: {error}"
            ));
        }
        Ok(Ended::Good)
    }
}

/// `text` in lines of at most 100 characters, indented.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines
            .last_mut()
            .filter(|line| line.len() + 1 + word.len() <= 97);
        match last {
            Some(line) if !line.is_empty() => *line += &format!(" {word}"),
            Some(line) => *line += word,
            None => lines.push(word.to_string()),
        }
    }
    lines
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
