//! `threadlings` without a command: a welcome, and the next open exercise.

use crate::courses::Course;
use crate::courses::progress::{Progress, State};
use crate::exit::Ended;
use crate::failure::Failure;
use crate::options::Options;
use crate::output;
use crate::paths;

/// Says where the reader stands.
pub fn run(options: &Options) -> Result<Ended, Failure> {
    let mut text = String::from(
        "Threadlings runs a Rust program under every interleaving that matters, and answers with a proof\n\
         or with the shortest schedule that breaks it.\n\n",
    );
    match Course::find(options.course.as_deref())? {
        Some(course) => text += &where_you_stand(&course)?,
        None => {
            text += "  threadlings check FILE.rs    check a program of your own\n\
                     \x20 threadlings --help           all commands\n";
        }
    }
    output::result(&text);
    Ok(Ended::Good)
}

fn where_you_stand(course: &Course) -> Result<String, Failure> {
    let progress = Progress::read(course)?;
    let solved = course.exercises.iter();
    let solved = solved
        .filter(|exercise| progress.state(exercise) == State::Solved)
        .count();
    let all = course.exercises.len();
    let Some(next) = progress.next(course) else {
        return Ok(format!("All {all} exercises are solved.\n"));
    };
    let (id, title) = (&next.manifest.id, &next.manifest.title);
    let (file, readme) = (next.file(), next.folder.join("README.md"));
    Ok(format!(
        "{solved} of {all} exercises are solved. The next one is `{id}`: {title}.\n\n\
         \x20 read    {}\n\
         \x20 edit    {}\n\
         \x20 run     threadlings check {id}\n\
         \x20 stuck?  threadlings hint {id}\n",
        paths::shown(&readme),
        paths::shown(&file),
    ))
}
