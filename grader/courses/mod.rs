//! A course on disk: the folder that holds `exercises/` and `solutions/`.

use std::path::{Path, PathBuf};

use crate::failure::Problem;
use crate::paths;

pub mod manifest;
pub mod progress;
pub mod tidy;
pub mod wrong;

pub use manifest::{Declared, Manifest, Scenario};

/// From 0 to 1: what counts as a slip of the keyboard. It is what clap takes for its own suggestions.
const ALIKE: f64 = 0.8;

/// All exercises, by chapter and in the order in which they are solved.
#[derive(Debug)]
pub struct Course {
    /// The folder that holds `exercises/` and `solutions/`.
    pub root: PathBuf,
    /// Sorted by chapter folder, difficulty and id.
    pub exercises: Vec<Exercise>,
}

/// One exercise.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// What its author says.
    pub manifest: Manifest,
    /// `exercises/NN_chapter/name`
    pub folder: PathBuf,
    /// `solutions/NN_chapter/name`
    pub mirror: PathBuf,
}

impl Exercise {
    /// The file that the student edits.
    pub fn file(&self) -> PathBuf {
        self.folder.join("exercise.rs")
    }

    /// The scenarios.
    pub fn check_file(&self) -> PathBuf {
        self.folder.join("check.rs")
    }

    /// The manifest.
    pub fn manifest_file(&self) -> PathBuf {
        self.folder.join("exercise.toml")
    }

    /// The solution.
    pub fn solution(&self) -> PathBuf {
        self.mirror.join("solution.rs")
    }
}

impl Course {
    /// The course at `explicit`, or else the nearest one at or above the working directory; `None` where there is none.
    ///
    /// # Errors
    /// When `explicit` holds no course, or a manifest is malformed.
    pub fn find(explicit: Option<&Path>) -> Result<Option<Course>, Problem> {
        if let Some(folder) = explicit {
            if !is_course(folder) {
                return Err(Problem::at(folder, None, "this folder is no course")
                    .help("name the folder that holds `exercises/` and `solutions/`"));
            }
            return Course::read(&paths::absolute(folder)).map(Some);
        }
        let here = paths::absolute(Path::new("."));
        match here.ancestors().find(|folder| is_course(folder)) {
            Some(root) => Course::read(root).map(Some),
            None => Ok(None),
        }
    }

    /// The same, for commands that need a course.
    ///
    /// # Errors
    /// Also when there is none.
    pub fn require(explicit: Option<&Path>) -> Result<Course, Problem> {
        Course::find(explicit)?.ok_or_else(|| {
            Problem::new("no course here: no folder at or above this one holds `exercises/` and `solutions/`")
                .help("go to the folder of the course, or name it with `--course DIR`")
        })
    }

    /// The exercise with this id, folder or file.
    pub fn exercise(&self, what: &str) -> Option<&Exercise> {
        let path = paths::absolute(Path::new(what));
        self.exercises.iter().find(|exercise| {
            exercise.manifest.id == what || exercise.folder == path || exercise.file() == path
        })
    }

    /// The same, for commands that need the exercise.
    ///
    /// # Errors
    /// When there is no such exercise.
    pub fn require_exercise(&self, what: &str) -> Result<&Exercise, Problem> {
        self.exercise(what).ok_or_else(|| {
            Problem::new(format!("there is no exercise `{what}` in this course"))
                .help(self.meant(what, "`threadlings list` shows them all"))
        })
    }

    /// What to do about a name that is no exercise: `otherwise`, after the one that is spelt nearly like it.
    pub fn meant(&self, what: &str, otherwise: &str) -> String {
        match self.alike(what) {
            Some((_, id)) => format!("did you mean `{id}`? {otherwise}"),
            None => otherwise.to_string(),
        }
    }

    /// The exercise that is spelt nearly like `what`, and how nearly: at most 1.
    pub fn alike(&self, what: &str) -> Option<(f64, &str)> {
        let ids = self.exercises.iter().map(|exercise| &*exercise.manifest.id);
        let alike = ids.map(|id| (strsim::jaro_winkler(id, what), id));
        let nearest = alike.max_by(|one, other| one.0.total_cmp(&other.0));
        nearest.filter(|(likeness, _)| *likeness > ALIKE)
    }

    fn read(root: &Path) -> Result<Course, Problem> {
        let mut exercises = Vec::new();
        for chapter in folders(&root.join("exercises"))? {
            let mut of_chapter = Vec::new();
            for folder in folders(&chapter)? {
                of_chapter.push(read_exercise(root, folder)?);
            }
            of_chapter.sort_by_key(|exercise: &Exercise| {
                (exercise.manifest.difficulty, exercise.manifest.id.clone())
            });
            exercises.append(&mut of_chapter);
        }
        let course = Course {
            root: root.to_path_buf(),
            exercises,
        };
        course.consistent()?;
        Ok(course)
    }

    /// Ids are unique, and prerequisites exist and come first.
    fn consistent(&self) -> Result<(), Problem> {
        let mut seen: Vec<&str> = Vec::new();
        for exercise in &self.exercises {
            let manifest = &exercise.manifest;
            let problem = |what| Err(Problem::at(&exercise.manifest_file(), None, what));
            if seen.contains(&manifest.id.as_str()) {
                return problem(format!("another exercise has the id `{}` too", manifest.id))
                    .map_err(|problem| problem.help("rename one of the two folders"));
            }
            let missing = manifest.prerequisites.iter();
            if let Some(missing) = missing.filter(|id| !seen.contains(&id.as_str())).min() {
                return problem(format!(
                    "no exercise before this one has the id `{missing}`"
                ))
                .map_err(|problem| problem.help("correct `prerequisites`"));
            }
            seen.push(&manifest.id);
        }
        Ok(())
    }
}

fn is_course(folder: &Path) -> bool {
    folder.join("exercises").is_dir() && folder.join("solutions").is_dir()
}

fn read_exercise(root: &Path, folder: PathBuf) -> Result<Exercise, Problem> {
    let path = folder.join("exercise.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Problem::at(&path, None, format!("the manifest cannot be read: {error}"))
            .help("every folder `exercises/NN_chapter/name` needs an `exercise.toml`")
    })?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let manifest = manifest::parse(&text, &path, &name)?;
    let relative = folder
        .strip_prefix(root.join("exercises"))
        .unwrap_or(&folder);
    Ok(Exercise {
        mirror: root.join("solutions").join(relative),
        manifest,
        folder,
    })
}

/// The folders in `folder`, sorted; hidden ones are passed over.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    Ok(entries(folder)?
        .into_iter()
        .filter(|path| path.is_dir())
        .collect())
}

/// What is in `folder`, sorted; hidden entries are passed over.
///
/// # Errors
/// When it cannot be read.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        std::fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect()
    };
    let mut found = read().map_err(|error| {
        Problem::at(folder, None, format!("this folder cannot be read: {error}"))
    })?;
    found.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.')
    });
    found.sort();
    Ok(found)
}
