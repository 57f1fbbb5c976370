//! Finds the submissions below a folder, in whatever layout a class has handed them in.
//!
//! `walk` lists the files, `recognise` says what each one is, `choose` decides between several of one student, and
//! `map` reads a table that says all this instead. Nothing is dropped silently: a file is a submission, or is listed
//! with a reason, or is counted among what was passed over.

mod candidate;
mod choose;
mod found;
mod handed_out;
mod map;
pub mod names;
mod recognise;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use self::candidate::Candidate;
pub use self::found::{Found, Missing, Unmatched};
use self::recognise::{Recogniser, Seen};
use self::walk::Tree;
use super::submission::Submission;
use crate::courses::{Course, Exercise};
use crate::failure::Problem;

/// Files of more bytes are never compared: they count as different.
const LARGEST_COMPARED: u64 = 1024 * 1024;

/// What the folder of a class may look like, for whom it does not.
pub const LAYOUTS: &str = "`STUDENT/EXERCISE.rs`, `STUDENT/…/EXERCISE/exercise.rs`, `EXERCISE/STUDENT.rs` or `STUDENT_…_EXERCISE.rs`; for anything else there are `--exercise ID` and `--map FILE.csv`";

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    /// The id of the only exercise that is graded.
    pub exercise: Option<&'a str>,
    /// A table that says which file is whose answer to what.
    pub map: Option<&'a Path>,
}

/// Finds the submissions below `root`. The same files give the same answer, on every machine.
///
/// # Errors
/// When `root` is no folder, is (a part of) the course itself, holds nothing at all or cannot be read; when there is no such exercise; when
/// the map is malformed.
pub fn discover(root: &Path, course: &Course, sought: &Sought<'_>) -> Result<Found, Problem> {
    let own = own_folders(root, course)?;
    let only = sought
        .exercise
        .map(|id| course.require_exercise(id))
        .transpose()?;
    let tree = walk::walk(root, &own)?;
    if tree.is_empty() {
        let passed = tree.passed.words();
        let what = passed.map_or("this folder is empty".to_string(), |passed| {
            format!("nothing in this folder can be a submission; passed over: {passed}")
        });
        return Err(Problem::at(root, None, what).help(format!("a class is laid out as {LAYOUTS}")));
    }
    let mut found = match sought.map {
        Some(file) => map::submissions(file, root, course, only, tree)?,
        None => recognised(root, course, only, tree),
    };
    found.submissions.sort_by(|one, other| {
        (&one.student, &one.exercise).cmp(&(&other.student, &other.exercise))
    });
    found.unmatched.sort();
    Ok(found)
}

/// Folders of the course that are not to be graded, if `root` is none of them.
fn own_folders(root: &Path, course: &Course) -> Result<Vec<PathBuf>, Problem> {
    let wrong = |what: &str, help: String| Err(Problem::at(root, None, what).help(help));
    let layouts =
        || format!("name the folder that holds what the students have handed in, as {LAYOUTS}");
    match fs::metadata(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return wrong("there is no such folder", layouts());
        }
        Err(error) => return wrong(&format!("this folder cannot be read: {error}"), layouts()),
        Ok(facts) if !facts.is_dir() && names::is_archive(&root.to_string_lossy()) => {
            return wrong(
                "this is an archive, not a folder of submissions",
                "unpack it first".into(),
            );
        }
        Ok(facts) if !facts.is_dir() => {
            return wrong(
                "this is a file, not a folder of submissions",
                "`threadlings check` checks one file; `grade` takes a folder".into(),
            );
        }
        Ok(_) => {}
    }
    let canonical = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (home, root) = (canonical(&course.root), canonical(root));
    let parts = ["exercises", "solutions"].map(|part| home.join(part));
    if root == home || parts.iter().any(|part| root.starts_with(part)) {
        return Err(Problem::at(&root, None, "this is the course itself, not a folder of submissions").help(
            "`threadlings check` checks the exercises of the course; `grade` takes a folder with those of many students",
        ));
    }
    Ok(parts.into_iter().chain([home]).collect())
}

fn recognised(root: &Path, course: &Course, only: Option<&Exercise>, mut tree: Tree) -> Found {
    let recogniser = Recogniser::new(course, only, &tree.files);
    let mut found = Found {
        unmatched: std::mem::take(&mut tree.odd),
        ..Found::default()
    };
    let mut candidates = Vec::new();
    let mut beside: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in &tree.files {
        match recogniser.see(path) {
            Seen::Answer(candidate) => candidates.push(candidate),
            Seen::Beside(folder) => beside.entry(folder).or_default().push(path.clone()),
            Seen::Passed(kind) => tree.passed.add(kind),
            Seen::No(reason) => found.unmatched.push(Unmatched {
                path: path.clone(),
                reason,
                of: None,
            }),
        }
    }
    choose::tell_apart(&mut candidates);
    let mut groups: BTreeMap<(String, String), Vec<Candidate<'_>>> = BTreeMap::new();
    for candidate in candidates {
        let key = (
            candidate.student.name.clone(),
            candidate.exercise.manifest.id.clone(),
        );
        groups.entry(key).or_default().push(candidate);
    }
    let mut forms = BTreeMap::new();
    for ((student, exercise), group) in groups {
        let (chosen, others) = choose::choose(root, group);
        found.unmatched.extend(others);
        let Some(mut chosen) = chosen else { continue };
        *forms.entry(chosen.form).or_default() += 1;
        let folder = chosen.path.parent().unwrap_or(root);
        let of_folder = beside.get(folder).map(Vec::as_slice).unwrap_or_default();
        chosen.remarks.extend(handed_out::ignored(
            root,
            folder,
            chosen.exercise,
            of_folder,
        ));
        found.submissions.push(Submission {
            student,
            exercise,
            path: chosen.path,
            remarks: chosen.remarks,
        });
    }
    without_answer(root, &recogniser, &tree, &mut found);
    name_students(&recogniser, &tree, &mut found);
    let forms = forms
        .into_iter()
        .map(|(form, count)| (form.words().to_string(), count));
    found.layout = found::layout(forms, tree.passed.words());
    found
}

/// Lists the folders of students in which nothing was found, so that nobody is forgotten.
fn without_answer(root: &Path, recogniser: &Recogniser<'_>, tree: &Tree, found: &mut Found) {
    let folder_of = |path: &Path| -> PathBuf {
        path.iter()
            .take(recogniser.before_student(path) + 1)
            .collect()
    };
    let mentioned: BTreeSet<PathBuf> = (found.submissions.iter().map(|it| folder_of(&it.path)))
        .chain(found.unmatched.iter().map(|it| folder_of(&it.path)))
        .collect();
    let mut files: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for path in &tree.files {
        *files.entry(folder_of(path)).or_default() += 1;
    }
    // A path of its own length is the folder of a student, unless it is that of an exercise.
    let students = tree.folders.iter().filter(|path| {
        let depth = path.iter().count();
        depth <= 2 && folder_of(&path.join("file")) == **path
    });
    for folder in students.filter(|folder| !mentioned.contains(*folder)) {
        let reason = match files.get(folder).copied().unwrap_or_default() {
            0 if is_bare(&root.join(folder)) => "this folder is empty".to_string(),
            0 => "no answer is in this folder".to_string(),
            count => format!("no answer is in this folder, but {}", files_in_words(count)),
        };
        found.unmatched.push(Unmatched {
            path: folder.clone(),
            reason,
            of: None,
        });
    }
}

/// Says of what was not recognised whose it is, if nothing else is that student's. Where no answer was recognised at all, a
/// folder says nothing of students.
fn name_students(recogniser: &Recogniser<'_>, tree: &Tree, found: &mut Found) {
    let known: BTreeSet<&str> = (found.submissions.iter().map(|it| &*it.student)).collect();
    if known.is_empty() {
        return;
    }
    for it in &mut found.unmatched {
        let is_folder = tree.folders.binary_search(&it.path).is_ok();
        let student = match is_folder {
            true => recogniser.student_of(&it.path.join("file")),
            false => recogniser.student_of(&it.path),
        };
        it.of = student
            .filter(|student| !known.contains(&**student))
            .map(|student| Missing {
                student,
                exercise: None,
            });
    }
}

fn is_bare(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn files_in_words(count: usize) -> String {
    if count == 1 {
        "1 other file".to_string()
    } else {
        format!("{count} other files")
    }
}
