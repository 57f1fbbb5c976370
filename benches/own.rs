//! Our own explorer, as its users have it: the command `threadlings`, given a file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::measured::{End, Measured};
use crate::programs::{self, Program};

/// The command, and a folder for the programs.
pub struct Own {
    /// Path of the command `threadlings`.
    pub command: PathBuf,
    folder: TempDir,
}

/// Builds the command in the profile that the bench itself is built in.
///
/// # Errors
/// When it cannot be built.
pub fn build() -> Result<Own, String> {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "release"
    };
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--package=threadlings-grader",
            "--profile",
            profile,
        ])
        .current_dir(root())
        .status();
    if !built.is_ok_and(|status| status.success()) {
        return Err("the command `threadlings` cannot be built".to_string());
    }
    let own = env::current_exe().map_err(|error| error.to_string())?;
    Ok(Own {
        command: own.with_file_name("threadlings"),
        folder: TempDir::new().map_err(|error| error.to_string())?,
    })
}

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Checks a program for at most `cap`, under a memory model as the option `--memory` names it. The time is that of the search: with the start of its process, the loading of
/// the program and, where it fails, the writing down of the failure; without compilation.
///
/// # Errors
/// When there is no such program, or no answer.
pub fn measure(
    own: &Own,
    memory: &str,
    program: &Program,
    size: usize,
    cap: Duration,
) -> Result<Measured, String> {
    let name = program.name;
    let source = root().join(format!("benches/programs/{name}.rs"));
    let text = fs::read_to_string(&source).map_err(|error| format!("{name}: {error}"))?;
    let text = programs::instance(&text, size, "std")?;
    let file = own.folder.path().join(format!("{name}_{size}.rs"));
    fs::write(&file, text).map_err(|error| error.to_string())?;
    // Two thirds of a budget go into the proof.
    let budget = cap.as_secs_f64() * 1.5;
    let said = Command::new(&own.command)
        .args(["check", "--quiet", "--format=json"])
        .arg(format!("--memory={memory}"))
        .arg(format!("--budget={budget}"))
        .arg(&file)
        .current_dir(own.folder.path())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`threadlings` cannot be started: {error}"))?;
    read(&said.stdout).ok_or_else(|| {
        let said = String::from_utf8_lossy(&said.stdout);
        format!("`threadlings check` on {name}({size}) gave no verdict: {said}")
    })
}

/// What a report in JSON says of its search.
pub fn read(json: &[u8]) -> Option<Measured> {
    let report: Value = serde_json::from_slice(json).ok()?;
    let search = report.get("search")?;
    Some(Measured {
        end: match report.get("verdict")?.as_str()? {
            "pass" => End::Complete,
            "fail" => End::Failed,
            "inconclusive" => End::Cap,
            _ => return None,
        },
        executions: search.get("interleavings")?.as_u64()?,
        time: Duration::from_millis(search.get("elapsed_ms")?.as_u64()?),
    })
}
