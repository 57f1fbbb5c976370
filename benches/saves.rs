//! From a save to the verdict: `threadlings check` of an exercise, beside `cargo test` of the same with loom.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::measured::shown;
use crate::own::{self, Own};

const EXERCISE: &str = "02_shared_state/race_counter";

/// The scenarios of the exercise, as its loom user would write them. `thread::scope`, which loom does not have, is
/// spawn and join; nothing else differs.
const LOOM_TESTS: &str = r#"
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_at_once() {
        loom::model(|| {
            let counter = Arc::new(Counter::new());
            let doors: Vec<_> = (0..2)
                .map(|_| Arc::clone(&counter))
                .map(|counter| thread::spawn(move || counter.increment()))
                .collect();
            for door in doors {
                door.join().unwrap();
            }
            assert_eq!(counter.get(), 2);
        });
    }

    #[test]
    fn two_doors_are_open_at_the_same_time() {
        loom::model(|| assert_eq!(run(2, 2), 4));
    }

    #[test]
    fn no_door_counts_nobody() {
        loom::model(|| {
            assert_eq!(run(0, 5), 0);
            assert_eq!(run(1, 0), 0);
            assert_eq!(run(1, 3), 3);
        });
    }
}
"#;

const MANIFEST: &str = "\
[package]
name = \"turnstile\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
loom = \"0.7\"
";

/// Saves the solution `times` times, and lets both check each save, in turn.
///
/// # Errors
/// When a file cannot be written, or a check does not pass.
pub fn table(own: &Own, times: usize) -> Result<(), String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let mut bench = prepare(own, folder.path())
        .map_err(|error| format!("the exercise cannot be laid out: {error}"))?;
    // The first of each compiles its library, and warms the caches.
    bench.save_and_check(0)?;
    let (mut ours, mut looms) = (Vec::new(), Vec::new());
    for n in 1..=times {
        let (our, loom) = bench.save_and_check(n)?;
        ours.push(our);
        looms.push(loom);
    }
    let (ours, looms) = (median(ours), median(looms));
    println!("## From a save to the verdict\n");
    println!("| exercise | `threadlings check` | `cargo test` with loom | ratio |");
    println!("|---|---|---|---|");
    println!(
        "| race_counter | {} | {} | {:.2} |\n",
        shown(ours),
        shown(looms),
        ours.as_secs_f64() / looms.as_secs_f64()
    );
    Ok(())
}

struct Bench {
    solution: String,
    exercise: PathBuf,
    library: PathBuf,
    check: Command,
    test: Command,
}

fn prepare(own: &Own, folder: &Path) -> std::io::Result<Bench> {
    let (course, package) = (folder.join("course"), folder.join("package"));
    let exercise = course.join("exercises").join(EXERCISE);
    fs::create_dir_all(&exercise)?;
    fs::create_dir_all(course.join("solutions"))?;
    fs::create_dir_all(package.join("src"))?;
    for entry in fs::read_dir(own::root().join("exercises").join(EXERCISE))? {
        let entry = entry?;
        fs::copy(entry.path(), exercise.join(entry.file_name()))?;
    }
    fs::write(package.join("Cargo.toml"), MANIFEST)?;
    // The same versions as here, so that nothing is to be downloaded.
    fs::copy(own::root().join("Cargo.lock"), package.join("Cargo.lock"))?;
    let solution = own::root().join("solutions").join(EXERCISE);
    let mut check = Command::new(&own.command);
    check
        .args(["check", "race_counter", "--quiet"])
        .current_dir(&course);
    // As one types it: the variable CARGO would spare it the way through rustup.
    let mut test = Command::new("cargo");
    test.args(["test", "--quiet", "--offline"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"));
    Ok(Bench {
        solution: fs::read_to_string(solution.join("solution.rs"))?,
        exercise: exercise.join("exercise.rs"),
        library: package.join("src/lib.rs"),
        check,
        test,
    })
}

impl Bench {
    /// How long both take for the n-th save. Every save changes the text, or nothing would be done.
    fn save_and_check(&mut self, n: usize) -> Result<(Duration, Duration), String> {
        let save = |path: &Path, text: String| {
            fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        save(&self.exercise, format!("{}// save {n}\n", self.solution))?;
        let on_loom = self.solution.replace("std::", "loom::");
        save(&self.library, format!("{on_loom}{LOOM_TESTS}// save {n}\n"))?;
        Ok((timed(&mut self.check)?, timed(&mut self.test)?))
    }
}

fn timed(command: &mut Command) -> Result<Duration, String> {
    let begun = Instant::now();
    let said = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let time = begun.elapsed();
    if said.status.success() {
        return Ok(time);
    }
    let (output, error) = (
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr),
    );
    Err(format!("{command:?} does not pass:\n{output}{error}"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
