//! What there is to begin with: the exercises of the course, their solutions and wrong answers, and hostile files.

use std::fs;
use std::path::{Path, PathBuf};

use super::Answer;

/// One exercise of the course.
#[derive(Debug)]
pub struct Exercise {
    /// Its name.
    pub id: String,
    /// Whether answers may contain `unsafe`.
    pub allows_unsafe: bool,
    /// Its `check.rs`.
    pub check: String,
    /// The solution.
    pub right: Text,
    /// Wrong answers; the first one is the exercise as it is handed out.
    pub wrong: Vec<Text>,
}

/// A text with a known verdict.
#[derive(Debug)]
pub struct Text {
    /// The name of its file.
    pub name: String,
    /// The whole file, but for the line that says the verdict.
    pub text: String,
    /// What it must get.
    pub expected: String,
}

/// All exercises of the course at `project`, by chapter and name.
pub fn read(project: &Path) -> Vec<Exercise> {
    let mut all = Vec::new();
    for chapter in entries(&project.join("exercises")) {
        for folder in entries(&chapter) {
            let below = folder
                .strip_prefix(project.join("exercises"))
                .expect("it is below");
            let mirror = project.join("solutions").join(below);
            let manifest = text(&folder.join("exercise.toml"));
            let mut wrong = vec![Text {
                name: "exercise.rs".into(),
                text: text(&folder.join("exercise.rs")),
                expected: format!(
                    "fail {}",
                    between(&manifest, "starter = { class = \"", "\"")
                ),
            }];
            wrong.extend(entries(&mirror.join("wrong")).iter().map(|path| {
                let text = text(path);
                let (first, rest) = text
                    .split_once('\n')
                    .expect("the first line says the verdict");
                let expected = first
                    .strip_prefix("//~ expect:")
                    .expect("the first line says the verdict");
                Text {
                    name: name(path),
                    text: rest.to_string(),
                    expected: expected.trim().to_string(),
                }
            }));
            all.push(Exercise {
                id: between(&manifest, "id = \"", "\"").to_string(),
                allows_unsafe: manifest.contains("allow_unsafe = true"),
                check: text(&folder.join("check.rs")),
                right: Text {
                    name: "solution.rs".into(),
                    text: text(&mirror.join("solution.rs")),
                    expected: "pass".into(),
                },
                wrong,
            });
        }
    }
    all
}

/// The corpus of hostile files. The first line of each says the exercise, and the verdicts of which it must get one, each
/// perhaps with more that the report must say: `//~ race_counter: fail crash, review | does_not_compile "no such"`.
pub(super) fn hostile(project: &Path) -> Vec<Answer> {
    let folder = project.join("tests/fixtures/hostile");
    if !folder.is_dir() {
        return Vec::new();
    }
    let files = entries(&folder).into_iter().filter(|path| path.is_file());
    let answers = files.filter_map(|path| {
        let bytes = fs::read(&path).expect("a file of the project");
        let first =
            String::from_utf8_lossy(bytes.split(|byte| *byte == b'\n').next()?).into_owned();
        let (exercise, expected) = first.strip_prefix("//~ ")?.split_once(':')?;
        let ways = expected.split('|').map(|way| {
            way.split(['"', ','])
                .next()
                .unwrap_or_default()
                .trim()
                .to_string()
        });
        Some(Answer {
            exercise: exercise.trim().to_string(),
            text: bytes,
            made: format!("hostile/{}", name(&path)),
            expected: ways.collect(),
        })
    });
    answers.collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} is missing"))
        .1;
    rest.split_once(after).map_or(rest, |(found, _)| found)
}
