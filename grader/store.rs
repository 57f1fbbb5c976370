//! Stored failing runs: `.threadlings/traces/HASH.json`, named by their contents.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use threadlings::trace::{self, Trace};

use crate::failure::Problem;

/// Number of this format.
const FORMAT: u32 = 1;

/// Enough of the hash to name a file.
const NAME_LENGTH: usize = 16;

/// A failing run with all that a report about it needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// [`FORMAT`]
    format: u32,
    /// The file that was judged, as it was named.
    pub file: PathBuf,
    /// The exercise that it answers.
    pub exercise: Option<String>,
    /// For rustc.
    pub edition: String,
    /// Paths and texts of the sources at that time.
    pub files: Vec<(String, String)>,
    /// The run.
    pub trace: Trace,
}

impl Stored {
    /// A run that is to be stored.
    pub fn new(
        file: PathBuf,
        exercise: Option<String>,
        edition: &str,
        files: Vec<(String, String)>,
        trace: Trace,
    ) -> Self {
        Stored {
            format: FORMAT,
            file,
            exercise,
            edition: edition.to_string(),
            files,
            trace,
        }
    }
}

/// Stores a run below `folder` (the course's root or the working directory), and returns its file.
///
/// # Errors
/// When the folder is read-only, or the disk is full.
pub fn write(stored: &Stored, folder: &Path) -> std::io::Result<PathBuf> {
    let text = serde_json::to_string_pretty(stored).map_err(std::io::Error::other)? + "\n";
    let hash = Sha256::digest(text.as_bytes());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = folder.join(".threadlings").join("traces");
    let path = folder.join(format!("{}.json", &hash[..NAME_LENGTH]));
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(&folder)?;
    // Renamed into place, so that two runs at once do not see half a file.
    let mut new = tempfile::NamedTempFile::new_in(&folder)?;
    new.write_all(text.as_bytes())?;
    new.persist(&path).map_err(|error| error.error)?;
    Ok(path)
}

/// Reads a stored run.
///
/// # Errors
/// When there is none at `path`, or another version wrote it.
pub fn read(path: &Path) -> Result<Stored, Problem> {
    let help = "name a file that a failing check has stored, such as `.threadlings/traces/….json`";
    let text = fs::read_to_string(path).map_err(|error| {
        Problem::at(
            path,
            None,
            format!("no stored run can be read here: {error}"),
        )
        .help(help)
    })?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        Problem::at(
            path,
            Some(error.line()),
            format!("this is no stored run: {error}"),
        )
        .help(help)
    })?;
    let formats = [
        (&value["format"], FORMAT),
        (&value["trace"]["format"], trace::FORMAT),
    ];
    for (found, known) in formats {
        if found
            .as_u64()
            .is_some_and(|found| found != u64::from(known))
        {
            return Err(Problem::at(
                path,
                None,
                format!(
                    "this run was stored in format {found}, and this program reads format {known}"
                ),
            )
            .help("check the program again with this version"));
        }
    }
    let wrong = |what: &str| Problem::at(path, None, format!("this is no stored run: {what}"));
    let stored: Stored =
        serde_json::from_value(value).map_err(|error| wrong(&error.to_string()).help(help))?;
    if !stored.trace.is_whole() {
        return Err(wrong("it names threads or objects that it does not describe").help(help));
    }
    Ok(stored)
}
