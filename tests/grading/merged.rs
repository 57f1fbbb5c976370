//! Parts of a class that are joined.

use super::says;
use super::small::{class, grade, graded, right, timeless, wrong};
use crate::door::{Answer, Place};

fn shards(place: &Place, which: &[&str]) {
    for shard in which {
        let answer = grade(place, &["--shard", shard]);
        assert_eq!(answer.code, Some(0), "{answer:?}");
    }
}

fn merge(place: &Place, more: &[&str]) -> Answer {
    place.run(&[&["merge"], more].concat())
}

#[test]
fn the_parts_are_the_whole() {
    let place = class();
    let whole = graded(&place);
    shards(&place, &["1/3", "2/3", "3/3"]);
    let parts = [
        "class-results-1-of-3",
        "class-results-3-of-3",
        "class-results-2-of-3",
    ];
    let merged = merge(
        &place,
        &[&parts, &["--format", "json", "--into", "all"] as &[_]].concat(),
    );
    assert_eq!(
        (merged.code, merged.stderr.as_str()),
        (Some(0), ""),
        "{merged:?}"
    );
    assert_eq!(timeless(&merged.stdout), whole);
    let files = crate::door::files(&place.path().join("class-results"), "");
    assert_eq!(files, crate::door::files(&place.path().join("all"), ""));
    for file in files.iter().filter(|file| *file != "results.jsonl") {
        assert_eq!(
            place.read(&format!("class-results/{file}")),
            place.read(&format!("all/{file}")),
            "{file}"
        );
    }
    // What was merged can be graded on, and merged again.
    let again = grade(&place, &["--results", "all"]);
    assert_eq!(
        (again.code, timeless(&again.stdout)),
        (Some(0), whole.clone()),
        "{again:?}"
    );
    assert!(!again.stderr.contains(" of 10"), "{again:?}");
    let twice = merge(
        &place,
        &["all", "class-results/results.jsonl", "--format", "json"],
    );
    assert_eq!(
        (twice.code, timeless(&twice.stdout)),
        (Some(0), whole),
        "{twice:?}"
    );
}

#[test]
fn a_part_that_is_missing_is_missed() {
    let place = class();
    shards(&place, &["1/3", "3/3"]);
    let parts = ["class-results-1-of-3", "class-results-3-of-3"];
    let merged = merge(&place, &parts);
    assert_eq!(merged.code, Some(3), "{merged:?}");
    says(
        &merged.stderr,
        &["warning: results of some parts of the class are missing: 2/3"],
    );
    says(
        &merged.stdout,
        &["parts of the class that are not here: 2/3\n"],
    );
    // A part is a part, and no other one can be added to it by chance.
    let other = grade(&place, &["--shard", "2/3", "--results", parts[0]]);
    assert_eq!(other.code, Some(2), "{other:?}");
    says(
        &other.stderr,
        &[
            "these are the results of shard 1/3 of the class",
            "threadlings merge",
        ],
    );
}

#[test]
fn a_result_counts_for_more_than_none() {
    let place = class();
    let poor = grade(&place, &["--max-interleavings", "1", "--results", "poor"]);
    assert_eq!(poor.code, Some(3), "{poor:?}");
    graded(&place);
    for parts in [["poor", "class-results"], ["class-results", "poor"]] {
        let merged = merge(&place, &[&parts, &["--format", "csv"] as &[_]].concat());
        assert_eq!(merged.code, Some(0), "{merged:?}");
        assert_eq!(merged.stdout, place.read("class-results/grades.csv"));
    }
}

#[test]
fn parts_that_were_judged_by_other_rules_are_told() {
    let place = class();
    let other = grade(&place, &["--shard", "1/2", "--memory", "sc"]);
    assert_eq!(other.code, Some(0), "{other:?}");
    shards(&place, &["2/2"]);
    let merged = merge(&place, &["class-results-1-of-2", "class-results-2-of-2"]);
    assert_eq!(merged.code, Some(0), "{merged:?}");
    says(&merged.stderr, &["were not all judged alike"]);
}

#[test]
fn different_answers_of_one_student_are_a_conflict() {
    let place = class();
    graded(&place);
    place.write("class/ada/race_counter.rs", wrong());
    place.write("class/bob/race_counter.rs", right());
    let other = grade(&place, &["--results", "other"]);
    assert_eq!(other.code, Some(0), "{other:?}");
    let merged = merge(&place, &["class-results", "other", "--into", "both"]);
    assert_eq!(merged.code, Some(2), "{merged:?}");
    says(
        &merged.stderr,
        &[
            "these results contradict each other",
            "ada race_counter: there are different answers in class-results/results.jsonl and in other/results.jsonl",
            "bob race_counter: ",
            "help: ",
        ],
    );
    assert!(!place.path().join("both").exists());
}

#[test]
fn what_cannot_be_merged_is_told() {
    let place = class();
    graded(&place);
    place.write("empty/results.jsonl", "");
    let cases: [(&[&str], &str); 4] = [
        (&["nowhere"], "there are no results here"),
        (&["empty"], "there are no results here"),
        (
            &["class-results", "--into", "class-results"],
            "there are results here already",
        ),
        (
            &["class/ada/race_counter.rs"],
            "race_counter.rs:1: this line is damaged",
        ),
    ];
    for (arguments, message) in cases {
        let answer = merge(&place, arguments);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        says(&answer.stderr, &[message, "help: "]);
    }
}

#[test]
fn an_interrupted_run_is_not_whole() {
    let place = class();
    graded(&place);
    let text = place.read("class-results/results.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    // The last one is just being written.
    place.write(
        "some/results.jsonl",
        lines[..4].join("\n") + "\n" + &lines[4][..50],
    );
    let merged = merge(&place, &["some", "--fail-on-bug", "--format", "json"]);
    assert_eq!(merged.stdout.lines().count(), 3);
    let told = place.run(&["summary", "some"]);
    says(&told.stdout, &["grading has not come to it yet", "waiting"]);
}
