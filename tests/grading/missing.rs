//! Students of whom no answer is found: they are in the gradebook nevertheless.

use super::says;
use super::small::{RESULTS, right};
use crate::door::Place;

fn class() -> Place {
    let place = Place::with_course();
    place.write("class/ada/race_counter.rs", right());
    place
}

/// The row of `student` in a table.
fn row<'a>(table: &'a str, student: &str) -> &'a str {
    let begins = |line: &&str| line.starts_with(&format!("{student},"));
    let mut rows = table.lines().filter(begins);
    let row = rows
        .next()
        .unwrap_or_else(|| panic!("{student} is not in:\n{table}"));
    assert_eq!(rows.next(), None, "{student} is there twice");
    row
}

#[test]
fn whoever_has_handed_in_something_else_is_in_the_tables() {
    let place = class();
    place.write("class/ada/notes.rs", "// mine\n");
    place.write("class/bob/race_countr.rs", right());
    place.write("class/carol/race_counter.py", "print(1)\n");
    place.write("class/dora_race_counter.zip", "PK\n");
    place.write("class/dora_12_race_counter.txt", "fn main() {}\n");
    let answer = place.run(&["grade", "class", "--quiet"]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    says(
        &answer.stdout,
        &["not graded (", "bob: bob/race_countr.rs: its name"],
    );

    let table = place.read(&format!("{RESULTS}/grades.csv"));
    let bob = row(&table, "bob");
    says(bob, &["bob,,,,", "did you mean `race_counter.rs`?"]);
    says(row(&table, "carol"), &["must end in `.rs`"]);
    row(&table, "ada");
    for format in ["csv", "canvas"] {
        let answer = place.run(&["grade", "class", "--quiet", "--format", format]);
        let names = answer
            .stdout
            .lines()
            .filter_map(|line| line.split(',').next());
        let names: Vec<&str> = names.collect();
        for student in ["ada", "bob", "carol", "dora"] {
            assert!(names.contains(&student), "{student}: {answer:?}");
        }
    }
    // What somebody is graded in tells that he was found.
    place.write("class/bob/race_counter.rs", right());
    let answer = place.run(&["grade", "class", "--format", "csv"]);
    says(&answer.stderr, &["1 of 2 are graded already"]);
    says(row(&answer.stdout, "bob"), &["bob,race_counter,10,10"]);
}

#[test]
fn a_file_that_a_map_promises() {
    let place = class();
    let map = "student,exercise,path\nada,race_counter,ada/race_counter.rs\nbob,race_counter,bob/main.rs\n";
    place.write("half.csv", map);
    for format in ["human", "csv"] {
        let answer = place.run(&[
            "grade", "class", "--map", "half.csv", "--quiet", "--format", format,
        ]);
        assert_eq!(answer.code, Some(3), "{answer:?}");
        says(
            &answer.stdout,
            &["half.csv:3 names it, but it is not there"],
        );
    }
    let table = place.read(&format!("{RESULTS}/grades.csv"));
    says(row(&table, "bob"), &["bob,race_counter,,,"]);
}

#[test]
fn what_is_known_of_other_programs_is_printed_before_an_error() {
    let place = Place::with(&[("good.rs", "fn main() {}\n")]);
    for format in ["junit", "sarif", "github", "gitlab"] {
        let alone = place.run(&["check", "good.rs", "--format", format]);
        let both = place.run(&["check", "good.rs", "bad.rs", "--format", format]);
        assert_eq!(both.code, Some(2), "{both:?}");
        assert_eq!(both.stdout.len(), alone.stdout.len(), "{both:?}");
        says(&both.stderr, &["bad.rs: there is no such file"]);
    }
}

#[test]
fn results_of_another_class_are_left_alone() {
    let place = class();
    place.write("other/zoe/race_counter.rs", right());
    let first = place.run(&[
        "grade",
        "class",
        "--results",
        "class/mine",
        "--format",
        "csv",
    ]);
    assert_eq!(first.code, Some(0), "{first:?}");
    // Results among the submissions are none themselves.
    let again = place.run(&[
        "grade",
        "class",
        "--results",
        "class/mine",
        "--format",
        "csv",
    ]);
    assert_eq!((again.code, &again.stdout), (Some(0), &first.stdout));
    let other = place.run(&["grade", "other", "--results", "class/mine"]);
    assert_eq!((other.code, &*other.stdout), (Some(2), ""), "{other:?}");
    says(
        &other.stderr,
        &["those of another class: class", "--results DIR"],
    );
}
