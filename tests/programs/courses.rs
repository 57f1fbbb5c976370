//! The course as its students and its author see it.

use std::fs;
use std::path::Path;

use super::snapshot;
use crate::door::{self, Place};

/// An answer to an exercise.
struct Attempt {
    /// `race_counter-starter`
    name: String,
    /// `02_shared_state/race_counter`
    exercise: String,
    /// The text that the student hands in.
    text: String,
}

/// Every starter and every wrong answer.
fn attempts(place: &Place) -> Vec<Attempt> {
    let read = |path: &Path| fs::read_to_string(path).expect("a file of the course");
    let starters = door::files(&place.path().join("exercises"), "/exercise.rs");
    let mut all = Vec::new();
    for starter in starters {
        let exercise = starter.trim_end_matches("/exercise.rs").to_string();
        let id = exercise.rsplit('/').next().unwrap_or_default();
        let mut add = |answer: &str, path: &Path| {
            all.push(Attempt {
                name: format!("{id}-{answer}"),
                exercise: exercise.clone(),
                text: read(path),
            });
        };
        add("starter", &place.path().join("exercises").join(&starter));
        let wrong = place.path().join("solutions").join(&exercise).join("wrong");
        if wrong.is_dir() {
            for file in door::files(&wrong, ".rs") {
                add(file.trim_end_matches(".rs"), &wrong.join(&file));
            }
        }
    }
    all
}

#[test]
fn every_wrong_answer_is_explained_to_its_student() {
    let attempts = attempts(&Place::with_course());
    let texts = door::in_parallel(&attempts, |attempt| {
        let place = Place::with_course();
        let folder = format!("exercises/{}", attempt.exercise);
        place.write(&format!("{folder}/exercise.rs"), &attempt.text);
        // What it comes to on real threads is another matter each time.
        let answer = place.run(&["check", &folder, "--quiet"]);
        (attempt.name.clone(), answer.stdout + &answer.stderr)
    });
    snapshot::compare("exercises", &texts);
}

/// The answers in `answers/NN_chapter/name/` solve the exercise in other ways than its solution does.
#[test]
fn other_right_answers_are_accepted() {
    let answers = Path::new(door::PROJECT).join("tests/programs/answers");
    let files = door::files(&answers, ".rs");
    let verdicts = door::in_parallel(&files, |file| {
        let (exercise, _) = file.rsplit_once('/').expect("a folder for each exercise");
        let folder = format!("exercises/{exercise}");
        let place = Place::with_course();
        let text = fs::read_to_string(answers.join(file)).expect("an answer");
        place.write(&format!("{folder}/exercise.rs"), text);
        let answer = place.run(&["check", &folder, "--quiet", "--format", "json"]);
        format!("{file}: {}", answer.verdict())
    });
    let accepted: Vec<String> = files.iter().map(|file| format!("{file}: pass")).collect();
    assert_eq!(verdicts, accepted);
}

#[test]
fn the_course_is_as_declared() {
    let answer = Place::with_course().run(&["verify"]);
    assert_eq!(answer.code, Some(0), "{}{}", answer.stdout, answer.stderr);
}

#[test]
fn the_way_through_a_course_is_shown() {
    let place = Place::with_course();
    let first = "exercises/02_shared_state/race_counter";
    let solution = place.read("solutions/02_shared_state/race_counter/solution.rs");
    let mut shown = String::new();
    let mut say = |arguments: &[&str]| {
        let answer = place.run(arguments);
        shown += &format!(
            "$ threadlings {}\n{}{}\n",
            arguments.join(" "),
            answer.stdout,
            answer.stderr
        );
    };
    say(&[]);
    say(&["list"]);
    say(&["hint"]);
    say(&["hint", "race_counter"]);
    say(&["hint", "race_counter", "--format", "json"]);
    say(&["hint", "race_counter"]);
    place.write(&format!("{first}/exercise.rs"), solution);
    say(&["check"]);
    say(&[]);
    say(&["list"]);
    say(&["list", "--format", "json"]);
    snapshot::compare_one("pages", "the_way_through_a_course", &shown);
}

#[test]
fn a_course_that_is_not_as_declared_is_told_where() {
    let place = Place::with_course();
    let folder = "solutions/02_shared_state/race_counter";
    let starter = place.read("exercises/02_shared_state/race_counter/exercise.rs");
    place.write(&format!("{folder}/solution.rs"), starter);
    place.write(&format!("{folder}/wrong/notes.txt"), "stray");
    let check = "exercises/02_shared_state/race_counter/check.rs";
    let by_glob = place
        .read(check)
        .replace("use super::{Counter, run};", "use super::*;");
    place.write(check, by_glob);
    let answer = place.run(&["verify", "race_counter"]);
    assert_eq!(answer.code, Some(1));
    snapshot::compare_one("pages", "verify_with_differences", &answer.stdout);
}
