//! What is checked: a program of the user's own, or an exercise.

use std::path::{Path, PathBuf};

use crate::courses::{Course, Exercise, Scenario};
use crate::failure::Problem;
use crate::intake::{self, SourceFile};
use crate::paths;

/// One thing to check.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The file that is judged.
    pub file: PathBuf,
    /// The exercise whose scenarios drive it; `None` for a program, which is run from its `main`.
    pub exercise: Option<Exercise>,
}

/// What a subject consists of, as read from disk once.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file that is judged.
    pub program: SourceFile,
    /// The scenarios, where an exercise has them.
    pub check: Option<SourceFile>,
}

impl Source {
    /// Paths, as the compiler is given them, and texts.
    pub fn files(&self) -> Vec<(String, String)> {
        let files = std::iter::once(&self.program).chain(&self.check);
        files
            .map(|file| (file.path.display().to_string(), file.text.clone()))
            .collect()
    }
}

impl Subject {
    /// What the user means by `what`: an exercise by its id, folder or file, or else the path of a program.
    ///
    /// # Errors
    /// When it is neither.
    pub fn named(what: &str, course: Option<&Course>) -> Result<Subject, Problem> {
        if let Some(exercise) = course.and_then(|course| course.exercise(what)) {
            return Ok(Subject::exercise(exercise));
        }
        let path = Path::new(what);
        let looks_like_a_path = path.extension().is_some() || path.components().count() > 1;
        if looks_like_a_path || path.exists() {
            return Ok(Subject::program(path));
        }
        let problem = Problem::new(format!("`{what}` is neither an exercise nor a file"));
        Err(match course {
            Some(course) => problem.help(course.meant(
                what,
                "`threadlings list` shows the exercises; a program is named by its path",
            )),
            None => problem.help(
                "no course was found here, so exercises are unknown: go to its folder, or name it with `--course DIR`",
            ),
        })
    }

    /// The student's file of `exercise`.
    pub fn exercise(exercise: &Exercise) -> Subject {
        Subject::answer(exercise, exercise.file())
    }

    /// Another answer to `exercise`: its solution, a wrong one.
    pub fn answer(exercise: &Exercise, file: PathBuf) -> Subject {
        Subject {
            file: PathBuf::from(paths::shown(&file)),
            exercise: Some(exercise.clone()),
        }
    }

    /// A program of the user's own.
    pub fn program(file: &Path) -> Subject {
        Subject {
            file: PathBuf::from(paths::shown(file)),
            exercise: None,
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// When a file is missing or is no source file.
    pub fn read(&self) -> Result<Source, Problem> {
        Ok(match &self.exercise {
            None => Source {
                program: intake::read_program(&self.file)?,
                check: None,
            },
            Some(exercise) => Source {
                program: intake::read(&self.file)?,
                check: Some(intake::read(Path::new(&paths::shown(
                    &exercise.check_file(),
                )))?),
            },
        })
    }

    /// The functions that are explored one after the other.
    pub fn scenarios(&self) -> Vec<Scenario> {
        match &self.exercise {
            Some(exercise) => exercise.manifest.scenarios.clone(),
            None => vec![Scenario {
                name: "main".to_string(),
                concurrent: false,
            }],
        }
    }

    /// The subject as reports name it.
    pub fn words(&self) -> threadlings::explanation::Subject {
        threadlings::explanation::Subject {
            path: self.file.display().to_string(),
            exercise: self
                .exercise
                .as_ref()
                .map(|exercise| exercise.manifest.id.clone()),
        }
    }

    /// Whether it may contain unsafe code.
    pub fn allows_unsafe(&self) -> bool {
        let exercise = self.exercise.as_ref();
        exercise.is_none_or(|exercise| exercise.manifest.allow_unsafe)
    }

    /// Goals that at least one execution has to reach.
    pub fn must_reach(&self) -> &[String] {
        self.exercise
            .as_ref()
            .map_or(&[], |exercise| &exercise.manifest.must_reach)
    }
}
