//! Packages for other systems that grade: each is one file, and one row of [`ALL`].

mod archive;
mod gradescope;

use std::path::Path;

use crate::courses::Exercise;
use crate::failure::{Failure, Problem};

/// A system that grades.
pub struct Package {
    /// As it is typed after `export`.
    pub name: &'static str,
    /// What is made, in a few words.
    pub about: &'static str,
    /// What is in it.
    files: fn(&[&Exercise]) -> Result<Vec<File>, Failure>,
    /// What to do with it, given the sum of the points.
    next: fn(u32) -> String,
}

/// A file of a package.
struct File {
    /// With `/` between the parts.
    path: String,
    bytes: Vec<u8>,
    is_executable: bool,
}

/// Every package.
pub static ALL: &[Package] = &[Package {
    name: "gradescope",
    about: "the zip of a Gradescope autograder",
    files: gradescope::files,
    next: gradescope::next,
}];

impl Package {
    /// Writes the package with these exercises to `into`, and says what to do with it.
    ///
    /// # Errors
    /// When it cannot be written, or an exercise does not fit.
    pub fn write(&self, exercises: &[&Exercise], into: &Path) -> Result<String, Failure> {
        let files = (self.files)(exercises)?;
        archive::write(&files, into).map_err(|error| {
            Problem::at(into, None, format!("this file cannot be written: {error}"))
                .help("name another one with `--into`")
        })?;
        let points = exercises
            .iter()
            .map(|exercise| exercise.manifest.points.total);
        Ok((self.next)(points.sum()))
    }
}

impl File {
    fn text(path: &str, text: impl Into<String>) -> File {
        File {
            path: path.to_string(),
            bytes: text.into().into_bytes(),
            is_executable: false,
        }
    }

    fn executable(path: &str, bytes: impl Into<Vec<u8>>) -> File {
        File {
            path: path.to_string(),
            bytes: bytes.into(),
            is_executable: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_folder_of_scripts_has_its_row() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("exports");
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.path().is_dir());
        let named: BTreeSet<String> = folders
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        let rows = super::ALL.iter().map(|row| row.name.to_string());
        assert_eq!(named, rows.collect::<BTreeSet<_>>());
    }
}
