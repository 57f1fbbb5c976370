//! Grading a class: `threadlings grade`, beside cargo packages with loom tests.

mod answers;
mod cargo;
mod usage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::own::{self, Own};
use answers::Answer;
use cargo::Cargo;
use usage::{Usage, measured};

/// All layers of the sandbox, as the variable that leaves them out names them.
const LAYERS: &str = "landlock,seccomp,rlimits";

/// Grades a class of `count` answers in each way, `jobs` at the same time.
///
/// # Errors
/// When a way does not work, or has not told right from wrong.
pub fn table(own: &Own, count: usize, jobs: usize) -> Result<(), String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let class = answers::class(count)?;
    // What the first answer of all needs, and no other: loom, or the stand-in for std.
    let first = answers::class(1)?;
    let cargo = |name: &str| Cargo {
        folder: folder.path().join(name),
        target: folder.path().join("target"),
    };
    let ((), loom) = measured(|| cargo("first").packages(&first, 1).map(drop))?;
    let ((), packages) =
        measured(|| all_right(&cargo("packages").packages(&class, jobs)?, &class))?;
    let expected = class.iter().filter(|answer| answer.is_right).count();
    let (passing, workspace) = measured(|| cargo("workspace").workspace(&class, jobs))?;
    if passing != expected {
        return Err(format!("{passing} packages pass, not {expected}"));
    }
    let mut rows = vec![
        ("a package each, `cargo test`", "–", loom, packages),
        ("one workspace, `cargo test`", "–", loom, workspace),
    ];
    let grader = Grader {
        own,
        folder: folder.path(),
    };
    let ((), stand_in) = measured(|| grader.grade("first", &first, 1, 1, true).map(drop))?;
    let ways = [
        ("`grade`", "off", 1, false),
        ("`grade`", "on", 1, true),
        ("`grade --batch 10`", "off", 10, false),
        ("`grade --batch 10`", "on", 10, true),
    ];
    for (name, sandbox, batch, is_confined) in ways {
        let place = format!("class-{batch}-{sandbox}");
        let ((), usage) = measured(|| {
            let verdicts = grader.grade(&place, &class, jobs, batch, is_confined)?;
            all_right(&verdicts, &class)
        })?;
        rows.push((name, sandbox, stand_in, usage));
    }
    println!("## Grading a class\n");
    println!(
        "{count} answers, {expected} of them right, {jobs} at the same time. Ratios are to the first row.\n"
    );
    println!(
        "| how | sandbox | answers a minute, cold | warm | ratio | CPU ms each | ratio | peak memory |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, sandbox, first, usage) in &rows {
        println!("{}", row(name, sandbox, *first, *usage, packages, count));
    }
    println!();
    Ok(())
}

fn row(name: &str, sandbox: &str, first: Usage, usage: Usage, base: Usage, count: usize) -> String {
    let rate = |seconds: f64| count as f64 / seconds * 60.0;
    let (cold, warm) = (
        rate((first.time + usage.time).as_secs_f64()),
        rate(usage.time.as_secs_f64()),
    );
    let faster = base.time.as_secs_f64() / usage.time.as_secs_f64();
    let each = usage.cpu.as_secs_f64() * 1000.0 / count as f64;
    let less = base.cpu.as_secs_f64() / usage.cpu.as_secs_f64();
    let memory = usage.memory >> 20;
    format!(
        "| {name} | {sandbox} | {cold:.0} | {warm:.0} | {faster:.1} | {each:.0} | {less:.1} | {memory} MiB |"
    )
}

/// Whether exactly those pass that are right.
fn all_right(passes: &[bool], class: &[Answer]) -> Result<(), String> {
    let wrong = class
        .iter()
        .zip(passes)
        .find(|(answer, passes)| answer.is_right != **passes);
    match wrong {
        _ if passes.len() != class.len() => Err("a verdict is missing".to_string()),
        Some((answer, _)) => Err(format!("the verdict on {} is wrong", answer.student)),
        None => Ok(()),
    }
}

/// `threadlings grade`, with a cache of its own.
struct Grader<'a> {
    own: &'a Own,
    folder: &'a Path,
}

impl Grader<'_> {
    /// Grades a class, and tells of each answer whether it has passed.
    fn grade(
        &self,
        name: &str,
        class: &[Answer],
        jobs: usize,
        batch: usize,
        is_confined: bool,
    ) -> Result<Vec<bool>, String> {
        let failed = |what: String| format!("`threadlings grade`: {what}");
        let place: PathBuf = self.folder.join(name);
        for answer in class {
            let student = place.join(&answer.student);
            let file = student.join(answer.exercise.id).with_extension("rs");
            fs::create_dir_all(&student)
                .and_then(|()| fs::write(file, &answer.text))
                .map_err(|error| failed(error.to_string()))?;
        }
        let mut command = Command::new(&self.own.command);
        command
            .arg("grade")
            .arg(&place)
            .args(["--quiet", "--format=json"])
            .args([format!("--jobs={jobs}"), format!("--batch={batch}")])
            .arg("--course")
            .arg(own::root())
            .arg("--results")
            .arg(self.folder.join(format!("{name}-results")))
            .env("THREADLINGS_CACHE", self.folder.join("cache"))
            .stdin(Stdio::null());
        match is_confined {
            true => command.arg("--require-sandbox"),
            false => command.env("THREADLINGS_WITHOUT", LAYERS),
        };
        let said = command
            .output()
            .map_err(|error| failed(error.to_string()))?;
        let out = String::from_utf8_lossy(&said.stdout);
        let lines = out.lines().filter(|line| line.starts_with('{'));
        let verdicts = lines.map(|line| {
            let record: Value = serde_json::from_str(line).ok()?;
            let path = record.pointer("/subject/path")?.as_str()?.to_string();
            Some((path, record.get("verdict")? == "pass"))
        });
        let verdicts: Option<Vec<_>> = verdicts.collect();
        let mut verdicts = verdicts
            .filter(|all| all.len() == class.len())
            .ok_or_else(|| failed(format!("{out}{}", String::from_utf8_lossy(&said.stderr))))?;
        verdicts.sort();
        Ok(verdicts.into_iter().map(|(_, passes)| passes).collect())
    }
}
