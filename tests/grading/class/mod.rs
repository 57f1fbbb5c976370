//! Classes made by a machine: any number of submissions, each with the verdict that it must get. Same seed, same class.
//!
//! Needs nothing but std, so that benchmarks can use it too.

mod course;
mod rewrite;
mod spoil;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub use course::Exercise;

/// One submission.
#[derive(Clone, Debug)]
pub struct HandedIn {
    /// As reports name the student.
    pub student: String,
    /// The exercise's id.
    pub exercise: String,
    /// Relative to the folder of the class.
    pub path: String,
    /// What the file contains.
    pub text: Vec<u8>,
    /// What was done to get it, for a test that fails.
    pub made: String,
    /// Verdicts of which it must get one: `pass`, `fail lost_update`; `fail` alone is one of any class.
    pub expected: Vec<String>,
}

impl HandedIn {
    /// Whether `verdict`, with the class after `fail`, is the right one.
    pub fn must_get(&self, verdict: &str) -> bool {
        let mut ways = self.expected.iter();
        ways.any(|way| match way.as_str() {
            "fail" => verdict.starts_with("fail "),
            way => way == verdict,
        })
    }
}

/// Names of students that somebody could have, or could have chosen with a purpose. None has a `/`, as folders do not.
const NAMES: [&str; 14] = [
    "<script>alert(1)<",
    "%0A::error::forged",
    "O'Brien, \"Pat\"",
    "名前",
    "=cmd|' C calc'!A0",
    "-rf",
    "$(touch forged)",
    "`touch forged`",
    "a b",
    "{student}",
    "%s%n",
    "con",
    "&amp;",
    "Zoë",
];

/// `count` submissions to the exercises of the course at `project`: the first ones are of every kind that goes wrong, the
/// others right and wrong answers in about equal numbers; then all are shuffled.
pub fn class(project: &Path, count: usize, seed: u64) -> Vec<HandedIn> {
    let course = course::read(project);
    let mut chance = Chance(seed);
    let mut made: Vec<Answer> = spoil::one_of_each(&course, &mut chance);
    made.extend(course::hostile(project));
    // A small class has some of each sort.
    chance.shuffle(&mut made);
    made.truncate(count / 2);
    while made.len() < count {
        let exercise = chance.one(&course);
        made.push(answer(exercise, &mut chance));
    }
    chance.shuffle(&mut made);
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    made.into_iter()
        .map(|answer| {
            // The first student has the first answer to each exercise, and so on.
            let number = taken.entry(answer.exercise.clone()).or_default();
            let student = match NAMES.get(*number) {
                Some(name) => (*name).to_string(),
                None => format!("student{number:03}"),
            };
            *number += 1;
            HandedIn {
                path: place(&student, &answer.exercise, *number),
                exercise: answer.exercise,
                student,
                text: answer.text,
                made: answer.made,
                expected: answer.expected,
            }
        })
        .collect()
}

/// Right and wrong answers only, all of which compile and differ from each other.
pub fn answers(project: &Path, count: usize, seed: u64) -> Vec<HandedIn> {
    let course = course::read(project);
    let mut chance = Chance(seed);
    (0..count)
        .map(|number| {
            let exercise = &course[number % course.len()];
            let Answer {
                exercise,
                mut text,
                made,
                expected,
            } = answer(exercise, &mut chance);
            text.extend(format!("// answer {number}\n").bytes());
            let student = format!("student{number:03}");
            HandedIn {
                path: format!("{student}/{exercise}.rs"),
                student,
                exercise,
                text,
                made,
                expected,
            }
        })
        .collect()
}

/// Writes the files into `folder`.
pub fn write(class: &[HandedIn], folder: &Path) {
    for one in class {
        let path = folder.join(&one.path);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("the folder is ours");
        fs::write(path, &one.text).expect("the folder is ours");
    }
}

/// Several layouts in one folder.
fn place(student: &str, exercise: &str, number: usize) -> String {
    match number % 5 {
        0 => format!("{student}/homework/{exercise}/exercise.rs"),
        1 if student.starts_with("student") => {
            format!("{student}_{number}_{}_{exercise}.rs", number * 7)
        }
        2 => format!("{exercise}/{student}.rs"),
        _ => format!("{student}/{exercise}.rs"),
    }
}

/// A text that nobody has handed in yet.
#[derive(Clone, Debug)]
struct Answer {
    exercise: String,
    text: Vec<u8>,
    made: String,
    expected: Vec<String>,
}

/// A variant of one of the course's own texts. One in five stays as it is, so that some are equal.
fn answer(exercise: &Exercise, chance: &mut Chance) -> Answer {
    let text = match chance.below(2) {
        0 => &exercise.right,
        _ => chance.one(&exercise.wrong),
    };
    let (changed, made) = match chance.below(5) {
        0 => (text.text.clone(), Vec::new()),
        _ => rewrite::some(&text.text, &exercise.check, chance),
    };
    Answer {
        exercise: exercise.id.clone(),
        text: changed.into_bytes(),
        made: format!("{}: {}", text.name, made.join(", ")),
        expected: vec![text.expected.clone()],
    }
}

/// Numbers that look random, and are the same for the same seed: SplitMix64 (Steele, Lea and Flood, 2014).
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0, and below `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below `end`")
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for end in (1..all.len()).rev() {
            all.swap(end, self.below(end + 1));
        }
    }
}
