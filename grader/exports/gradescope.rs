//! The zip of a Gradescope autograder: two scripts, this very program, and of the course what grading needs. The solutions
//! stay here.

use std::fs;
use std::path::Path;

use super::File;
use crate::compile;
use crate::courses::{Exercise, entries};
use crate::failure::{Failure, Fault, Problem};

const SETUP: &str = include_str!("gradescope/setup.sh");
const RUN: &str = include_str!("gradescope/run_autograder");
const ENVIRONMENT: &str = include_str!("gradescope/environment.sh");
const README: &str = include_str!("gradescope/README.md");

pub(super) fn files(exercises: &[&Exercise]) -> Result<Vec<File>, Failure> {
    if let Some(odd) = exercises
        .iter()
        .find(|exercise| !is_plain(&exercise.manifest.id))
    {
        return Err(Problem::at(
            &odd.manifest_file(),
            None,
            "an exercise with such an id cannot be exported",
        )
        .help("use letters, digits, `_` and `-` only")
        .into());
    }
    let toolchain = compile::release().map_err(|problem| Problem::new(problem.to_string()))?;
    let program = std::env::current_exe()
        .and_then(fs::read)
        .map_err(|error| Fault(format!("threadlings cannot read itself: {error}")))?;
    let mut files = vec![
        File::text("README.md", readme(exercises, &toolchain)),
        File::executable("setup.sh", SETUP),
        File::executable("run_autograder", RUN),
        File::text("environment.sh", environment(exercises, &toolchain)),
        File::executable("bin/threadlings", program),
        File::text(
            "course/solutions/README.md",
            "The solutions are not part of this file: grading does not need them.\n",
        ),
    ];
    for exercise in exercises {
        files.append(&mut of_exercise(exercise, exercises)?);
    }
    Ok(files)
}

pub(super) fn next(points: u32) -> String {
    format!(
        "upload it to Gradescope (Configure Autograder, an image of Ubuntu 22.04 or newer), and set the autograder points to {points}"
    )
}

/// What a shell takes for a word, and JSON for a part of a text.
fn is_plain(id: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    !id.is_empty() && !id.starts_with('-') && id.chars().all(is_plain)
}

fn environment(exercises: &[&Exercise], toolchain: &str) -> String {
    let ids: Vec<&str> = exercises
        .iter()
        .map(|exercise| &*exercise.manifest.id)
        .collect();
    format!(
        "toolchain={toolchain}\nexercises=({})\n\n{ENVIRONMENT}",
        ids.join(" ")
    )
}

fn readme(exercises: &[&Exercise], toolchain: &str) -> String {
    let rows = exercises.iter().map(|exercise| {
        let (id, points) = (&exercise.manifest.id, exercise.manifest.points.total);
        format!("| `{id}` | {points} | `{id}.rs` |\n")
    });
    let points: u32 = exercises
        .iter()
        .map(|exercise| exercise.manifest.points.total)
        .sum();
    README
        .replace("EXERCISES\n", &format!("{}\n", rows.collect::<String>()))
        .replace("POINTS", &points.to_string())
        .replace("TOOLCHAIN", toolchain)
}

/// The files of an exercise, in the folder that they have in the course.
fn of_exercise(exercise: &Exercise, exported: &[&Exercise]) -> Result<Vec<File>, Problem> {
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let chapter = exercise.folder.parent().map(name).unwrap_or_default();
    let folder = format!("course/exercises/{chapter}/{}", name(&exercise.folder));
    let mut files = Vec::new();
    for path in entries(&exercise.folder)? {
        if !path.is_file() {
            continue;
        }
        let mut text = fs::read_to_string(&path).map_err(|error| {
            Problem::at(&path, None, format!("this file cannot be read: {error}"))
        })?;
        if path == exercise.manifest_file() {
            text = without_others(&text, &path, exported)?;
        }
        files.push(File::text(&format!("{folder}/{}", name(&path)), text));
    }
    Ok(files)
}

/// The manifest, in which no exercise is named that is not there.
fn without_others(text: &str, path: &Path, exported: &[&Exercise]) -> Result<String, Problem> {
    let mut table: toml::Table = toml::from_str(text)
        .map_err(|error| Problem::at(path, None, error.message().to_string()))?;
    if let Some(toml::Value::Array(ids)) = table.get_mut("prerequisites") {
        ids.retain(|id| {
            exported
                .iter()
                .any(|exercise| id.as_str() == Some(&exercise.manifest.id))
        });
    }
    Ok(table.to_string())
}
