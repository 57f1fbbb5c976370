//! Nothing stray in the folders of an exercise, and nothing missing.

use std::path::Path;

use syn::visit::Visit;

use super::{Course, Exercise, entries};
use crate::failure::Problem;
use crate::paths;

const EXERCISE: &[&str] = &["README.md", "check.rs", "exercise.rs", "exercise.toml"];
const SOLUTION: &[&str] = &["solution.rs", "wrong"];

/// Wrong answers that every exercise must have.
const FEWEST_WRONG_ANSWERS: usize = 3;

/// What is missing from, or does not belong into, the two folders of `exercise`; one sentence each.
///
/// # Errors
/// When a folder cannot be read.
pub fn differences(exercise: &Exercise) -> Result<Vec<String>, Problem> {
    let mut found = compare(&exercise.folder, EXERCISE)?;
    found.extend(compare(&exercise.mirror, SOLUTION)?);
    let wrong = exercise.mirror.join("wrong");
    if wrong.is_dir() {
        let (answers, strays): (Vec<_>, Vec<_>) = entries(&wrong)?
            .into_iter()
            .partition(|path| path.is_file() && path.extension().is_some_and(|ext| ext == "rs"));
        found.extend(strays.iter().map(|path| stray(path)));
        if answers.len() < FEWEST_WRONG_ANSWERS {
            let (folder, count) = (paths::shown(&wrong), answers.len());
            found.push(format!(
                "{folder} holds {count} wrong answers, {FEWEST_WRONG_ANSWERS} are the least"
            ));
        }
    }
    let file = std::fs::read_to_string(exercise.file()).unwrap_or_default();
    if !file.contains("// TODO") && !file.is_empty() {
        found.push(format!(
            "{} has no `// TODO`",
            paths::shown(&exercise.file())
        ));
    }
    found.extend(unlisted_scenarios(exercise));
    found.extend(glob_imports(exercise));
    Ok(found)
}

/// Folders below `solutions/` that belong to no exercise, and files among the chapters.
///
/// # Errors
/// When a folder cannot be read.
pub fn strays(course: &Course) -> Result<Vec<String>, Problem> {
    let mut found = Vec::new();
    for house in ["exercises", "solutions"] {
        for chapter in entries(&course.root.join(house))? {
            if !chapter.is_dir() {
                found.push(stray(&chapter));
                continue;
            }
            for folder in entries(&chapter)? {
                let known = course
                    .exercises
                    .iter()
                    .any(|exercise| exercise.folder == folder || exercise.mirror == folder);
                if !known {
                    found.push(stray(&folder));
                }
            }
        }
    }
    Ok(found)
}

fn compare(folder: &Path, expected: &[&str]) -> Result<Vec<String>, Problem> {
    if !folder.is_dir() {
        return Ok(vec![format!("{} is missing", paths::shown(folder))]);
    }
    let present = entries(folder)?;
    let missing = expected.iter().map(|name| folder.join(name));
    let missing = missing
        .filter(|path| !present.contains(path))
        .map(|path| format!("{} is missing", paths::shown(&path)));
    let known = |path: &Path| expected.iter().any(|name| path == folder.join(name));
    let strays = present
        .iter()
        .filter(|path| !known(path))
        .map(|path| stray(path));
    Ok(missing.chain(strays).collect())
}

fn stray(path: &Path) -> String {
    format!("{} does not belong here", paths::shown(path))
}

/// Scenarios that only one of `check.rs` and the manifest knows, and goals that only one of them names.
fn unlisted_scenarios(exercise: &Exercise) -> Vec<String> {
    let text = std::fs::read_to_string(exercise.check_file()).unwrap_or_default();
    let file = paths::shown(&exercise.check_file());
    let written: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub fn ")?.split('(').next())
        .collect();
    let manifest = &exercise.manifest;
    let listed: Vec<&str> = manifest
        .scenarios
        .iter()
        .map(|scenario| scenario.name.as_str())
        .collect();
    let unlisted = written
        .iter()
        .filter(|name| !listed.contains(name))
        .map(|name| format!("the scenario `{name}` of {file} is not listed in the manifest"));
    let unwritten = listed
        .iter()
        .filter(|name| !written.contains(name))
        .map(|name| {
            format!("the manifest lists the scenario `{name}`, which {file} does not have")
        });
    let unreachable = manifest
        .must_reach
        .iter()
        .filter(|goal| !text.contains(&format!("{goal:?}")))
        .map(|goal| format!("the goal \"{goal}\" of `must_reach` does not occur in {file}"));
    unlisted.chain(unwritten).chain(unreachable).collect()
}

/// Whether `check.rs` imports by a glob: the names in it would be the answer's to choose, such as those of the types by
/// which it is judged.
fn glob_imports(exercise: &Exercise) -> Option<String> {
    let text = std::fs::read_to_string(exercise.check_file()).ok()?;
    let mut globs = Globs(0);
    // One that does not parse is told with the answers, none of which compiles with it.
    globs.visit_file(&syn::parse_file(&text).ok()?);
    let file = paths::shown(&exercise.check_file());
    (globs.0 > 0)
        .then(|| format!("{file} imports with `*`: it must name what it uses of an answer"))
}

/// How many `use` end with a glob.
struct Globs(usize);

impl Visit<'_> for Globs {
    fn visit_use_glob(&mut self, _: &syn::UseGlob) {
        self.0 += 1;
    }
}
