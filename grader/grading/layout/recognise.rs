//! What one file is: an answer of somebody to something, or why not.

use std::path::{Path, PathBuf};

use super::candidate::{Candidate, Form};
use super::handed_out::{self, HandedOut, HandedOuts};
use super::names::{self, Ending, Student, plain, visible};
use super::walk::Kind;
use crate::courses::{Course, Exercise};

/// What a file is.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Perhaps an answer.
    Answer(Candidate<'a>),
    /// In the folder of an exercise as handed out, and not the answer.
    Beside(PathBuf),
    /// To be counted only.
    Passed(Kind),
    /// No answer, and why.
    No(String),
}

/// Recognises files.
#[derive(Debug)]
pub struct Recogniser<'a> {
    course: &'a Course,
    only: Option<&'a Exercise>,
    handed_outs: HandedOuts<'a>,
}

/// Where a file is.
struct Place<'a, 'n> {
    /// How many folders come before that of the student, or before the file.
    before: usize,
    /// The exercise that folder or the command line says.
    exercise: Option<&'a Exercise>,
    /// The names from there on; the last one is the file's.
    names: &'n [String],
}

impl<'a> Recogniser<'a> {
    /// For these `files`; if `only` is given, all others are passed over.
    pub fn new(course: &'a Course, only: Option<&'a Exercise>, files: &[PathBuf]) -> Self {
        let mut new = Recogniser {
            course,
            only,
            handed_outs: HandedOuts::default(),
        };
        for path in files {
            let names = all_names(path);
            if names.last().is_some_and(|name| handed_out::is_answer(name)) {
                let otherwise = new.place(&names).exercise;
                new.handed_outs
                    .note(path.parent().unwrap_or(path), course, otherwise);
            }
        }
        new
    }

    /// How many folders come before that of the student in `path`.
    pub fn before_student(&self, path: &Path) -> usize {
        self.place(&all_names(path)).before
    }

    /// What the file at `path` is.
    pub fn see(&self, path: &Path) -> Seen<'a> {
        let names = all_names(path);
        let place = self.place(&names);
        let Some(file) = names.last() else {
            return Seen::Passed(Kind::NotRust);
        };
        if let Some((folder, handed_out)) = self.handed_outs.around(path) {
            if path.parent() == Some(folder) && handed_out::is_answer(file) {
                return self.handed_out(path, &names, place.before, handed_out);
            }
            let id = &handed_out.exercise.manifest.id;
            if names::rust_stem(file)
                .and_then(|stem| names::ending(stem, id))
                .is_none()
            {
                return Seen::Beside(folder.to_path_buf());
            }
        } else if self.handed_outs.is_copied(path, self.course) {
            return Seen::Passed(Kind::Copied);
        }
        match names::rust_stem(file) {
            None => self.not_rust(file, place.names.len() == 1),
            Some(stem) if place.names.len() == 1 => self.without_folder(path, stem, place.exercise),
            Some(stem) => self.in_folder(path, stem, &place),
        }
    }

    /// A first folder with the name of an exercise holds answers to it.
    fn place<'n>(&self, names: &'n [String]) -> Place<'a, 'n> {
        let first = names.first().filter(|_| names.len() > 1);
        match first.and_then(|first| self.called(first)) {
            Some(exercise) => Place {
                before: 1,
                exercise: Some(exercise),
                names: &names[1..],
            },
            None => Place {
                before: 0,
                exercise: self.only,
                names,
            },
        }
    }

    fn handed_out(
        &self,
        path: &Path,
        names: &[String],
        before: usize,
        of: &HandedOut<'a>,
    ) -> Seen<'a> {
        if of.above <= before {
            return Seen::No(
                "no folder above the exercise says whose answer this is: grade the folder that holds the folders of the students".into(),
            );
        }
        let mut remarks = Vec::new();
        if names.last().is_some_and(|file| file != "exercise.rs") {
            remarks.push(taken_for(path, "exercise.rs"));
        }
        let student = Student::of_folder(&names[before]);
        self.answer(path, student, of.exercise, Form::HandedOut, (0, 0), remarks)
    }

    /// Only the name of the file can say whose it is.
    fn without_folder(&self, path: &Path, stem: &str, exercise: Option<&'a Exercise>) -> Seen<'a> {
        let Some((named, end)) = self.named(stem) else {
            if let Some(turned) = self
                .course
                .exercises
                .iter()
                .find(|it| begins_with(stem, it))
            {
                let file = file_of(turned);
                return Seen::No(format!(
                    "the student must come before the exercise, as in `STUDENT_{file}`"
                ));
            }
            return match exercise {
                Some(exercise) if !is_of_a_package(path) => {
                    let student = Student::of_stem(stem);
                    let attempt = (0, student.attempt);
                    let form = self.sole();
                    self.answer(path, student, exercise, form, attempt, Vec::new())
                }
                Some(_) => Seen::No(WHOSE.into()),
                None => Seen::No(self.unknown(stem, true)),
            };
        };
        if let Some(exercise) = exercise
            && exercise.manifest.id != named.manifest.id
        {
            return self.contradiction(exercise, named);
        }
        let student = Student::parse(end.before);
        if student.name.is_empty() {
            return Seen::No(WHOSE.into());
        }
        let attempt = (end.attempt, student.attempt);
        let remarks = if end.otherwise {
            vec![taken_for(path, &file_of(named))]
        } else {
            Vec::new()
        };
        self.answer(path, student, named, Form::Prefixed, attempt, remarks)
    }

    /// The first folder says whose it is.
    fn in_folder(&self, path: &Path, stem: &str, place: &Place<'a, '_>) -> Seen<'a> {
        let student = Student::of_folder(&place.names[0]);
        let folders = &place.names[1..place.names.len() - 1];
        let folder = folders.iter().rev().find_map(|name| self.called(name));
        let Some((named, end)) = self.named(stem) else {
            return match (folder, place.exercise) {
                (Some(folder), Some(exercise)) if folder.manifest.id != exercise.manifest.id => {
                    self.contradiction(exercise, folder)
                }
                (_, Some(_)) if is_of_a_package(path) => {
                    Seen::No("a check, build script or test, and no answer".into())
                }
                (_, Some(exercise)) => {
                    self.answer(path, student, exercise, self.sole(), (0, 0), Vec::new())
                }
                (Some(folder), None) => Seen::No(format!(
                    "in the folder of `{}` only `exercise.rs` is an answer: rename the file, if it is one",
                    folder.manifest.id
                )),
                (None, None) if plain(stem) == "exercise" => Seen::No(self.unnamed_folder(place)),
                (None, None) => Seen::No(self.unknown(stem, false)),
            };
        };
        let said = [place.exercise, folder].into_iter().flatten();
        if let Some(other) = said
            .into_iter()
            .find(|other| other.manifest.id != named.manifest.id)
        {
            return self.contradiction(other, named);
        }
        let exact = end.before.is_empty();
        let form = if exact { Form::Named } else { Form::Prefixed };
        let kindly = end.otherwise || end.attempt > 0 || !exact;
        let remarks = if kindly {
            vec![taken_for(path, &file_of(named))]
        } else {
            Vec::new()
        };
        let attempt = (end.attempt, Student::parse(end.before).attempt);
        self.answer(path, student, named, form, attempt, remarks)
    }

    /// The form of a file with any name, for an exercise that a folder or the command line says.
    fn sole(&self) -> Form {
        match self.only {
            Some(_) => Form::Sole,
            None => Form::OfExercise,
        }
    }

    fn answer(
        &self,
        path: &Path,
        student: Student,
        exercise: &'a Exercise,
        form: Form,
        attempt: (u64, u64),
        mut remarks: Vec<String>,
    ) -> Seen<'a> {
        if self
            .only
            .is_some_and(|only| only.manifest.id != exercise.manifest.id)
        {
            return Seen::Passed(Kind::Other);
        }
        if student.name.is_empty() {
            return Seen::No(WHOSE.into());
        }
        if student.late {
            remarks.push("marked as late by the name of the file".into());
        }
        Seen::Answer(Candidate {
            student,
            exercise,
            form,
            attempt,
            path: path.to_path_buf(),
            remarks,
        })
    }

    fn not_rust(&self, file: &str, at_the_top: bool) -> Seen<'a> {
        let stem = file.split('.').next().unwrap_or(file);
        if names::is_archive(file) {
            return Seen::No("an archive: unpack it first".into());
        }
        match self.named(stem) {
            Some((named, _)) => Seen::No(format!(
                "not a Rust file: an answer to `{}` must end in `.rs`",
                named.manifest.id
            )),
            None if at_the_top => Seen::No("not a Rust file".into()),
            None => Seen::Passed(Kind::NotRust),
        }
    }

    /// Where two things say different exercises.
    fn contradiction(&self, said: &Exercise, named: &Exercise) -> Seen<'a> {
        if self
            .only
            .is_some_and(|only| only.manifest.id != named.manifest.id)
        {
            return Seen::Passed(Kind::Other);
        }
        let (said, named) = (&said.manifest.id, &named.manifest.id);
        Seen::No(format!(
            "the folder says `{said}`, and the file `{named}`: which one does it answer?"
        ))
    }

    fn called(&self, name: &str) -> Option<&'a Exercise> {
        self.course
            .exercises
            .iter()
            .filter(|exercise| names::same(&exercise.manifest.id, name))
            .max_by_key(|exercise| exercise.manifest.id == name)
    }

    /// The exercise in which `stem` ends; of several, the one that leaves least, spelt as it is if possible.
    fn named<'n>(&self, stem: &'n str) -> Option<(&'a Exercise, Ending<'n>)> {
        let all = self.course.exercises.iter();
        let ends = all.filter_map(|it| Some((it, names::ending(stem, &it.manifest.id)?)));
        ends.max_by_key(|(_, end)| (std::cmp::Reverse(end.before.len()), !end.otherwise))
    }

    fn unnamed_folder(&self, place: &Place<'a, '_>) -> String {
        let folder = &place.names[place.names.len() - 2];
        match self.course.alike(&plain(folder)) {
            Some((_, id)) => format!("no exercise is called `{folder}`, as its folder is: did you mean `{id}`?"),
            None => "its folder does not have the name of an exercise: rename the folder, or name the exercise with `--exercise ID`".into(),
        }
    }

    /// Why a name names no exercise.
    fn unknown(&self, stem: &str, alone: bool) -> String {
        // Of `leeanna_123_456_race_countr`, only the end is meant to be an exercise.
        let stem = plain(stem);
        let ends =
            std::iter::once(&*stem).chain(stem.match_indices('_').map(|(at, _)| &stem[at + 1..]));
        let near = ends.filter_map(|end| self.course.alike(end));
        match near.max_by(|one, other| one.0.total_cmp(&other.0)) {
            Some((_, id)) => format!("its name is that of no exercise: did you mean `{id}.rs`?"),
            None if alone => "its name is that of no exercise: if all files answer one, name it with `--exercise ID`".into(),
            None => "its name is that of no exercise".into(),
        }
    }
}

const WHOSE: &str = "nothing says whose answer this is: put it into a folder with the student's name, or the name before that of the exercise";

fn all_names(path: &Path) -> Vec<String> {
    path.iter().map(visible).collect()
}

fn begins_with(stem: &str, exercise: &Exercise) -> bool {
    let stem = plain(stem);
    let rest = stem.strip_prefix(&plain(&exercise.manifest.id));
    rest.is_some_and(|rest| rest.starts_with('_'))
}

fn file_of(exercise: &Exercise) -> String {
    format!("{}.rs", exercise.manifest.id)
}

fn taken_for(path: &Path, expected: &str) -> String {
    let name = visible(path.file_name().unwrap_or_default());
    format!("`{name}` was taken for `{expected}`")
}

/// Whether a file has a fixed meaning in a package or an exercise, and so cannot be an answer under any name.
fn is_of_a_package(path: &Path) -> bool {
    let names = all_names(path);
    let (file, folders) = names
        .split_last()
        .map_or(("", &[][..]), |(file, rest)| (file, rest));
    ["build.rs", "check.rs", "exercise.rs"].contains(&plain(file).as_str())
        || folders
            .iter()
            .any(|folder| ["tests", "benches", "examples"].contains(&folder.as_str()))
}
