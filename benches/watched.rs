//! What it costs to watch plain memory for data races: the same programs with unsafe code, watched and not.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::measured::grouped;
use crate::own::{self, Own};

/// Runs of each, of which the best counts: what else the machine does makes a run longer, never shorter.
const RUNS: usize = 5;

/// Checks every program of `watched/` with and without.
///
/// # Errors
/// When a program is not proved, or cannot be read.
pub fn table(own: &Own) -> Result<(), String> {
    println!("## Watching plain memory: executions a second\n");
    println!("| program | executions | `--races never` | `--races always` | times slower |");
    println!("|---|---|---|---|---|");
    let folder = own::root().join("benches/watched");
    let files = fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
    files.sort();
    for file in files {
        let best = |races: &str| {
            let rates = (0..RUNS).map(|_| measure(own, &file, races));
            rates.collect::<Result<Vec<_>, _>>().map(|runs| {
                let slowest = (1, u64::MAX);
                runs.into_iter()
                    .fold(slowest, |best, run| if run.1 < best.1 { run } else { best })
            })
        };
        let ((executions, never), (_, always)) = (best("never")?, best("always")?);
        let rate = |micros: u64| grouped(executions.saturating_mul(1_000_000) / micros.max(1));
        println!(
            "| {} | {} | {} | {} | {:.1} |",
            file.file_stem().unwrap_or_default().display(),
            grouped(executions),
            rate(never),
            rate(always),
            always as f64 / never as f64
        );
    }
    println!();
    Ok(())
}

/// Executions, and the time of the search in microseconds.
fn measure(own: &Own, file: &Path, races: &str) -> Result<(u64, u64), String> {
    let said = Command::new(&own.command)
        .args([
            "check",
            "--quiet",
            "--format=json",
            "--memory=sc",
            "--budget=60",
            "--races",
            races,
        ])
        .arg(file)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`threadlings` cannot be started: {error}"))?;
    let measured = own::read(&said.stdout).filter(|measured| measured.is_complete());
    let measured = measured.ok_or_else(|| format!("{} is not proved", file.display()))?;
    let micros = u64::try_from(measured.time.as_micros()).unwrap_or(u64::MAX);
    Ok((measured.executions, micros))
}
