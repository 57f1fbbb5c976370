//! The ledger of a class: nothing is lost, doubled or judged twice, whatever interrupts it.

use std::fs::{self, File};
use std::io::Write as _;

use serde_json::Value;

use super::says;
use super::small::{self, ALL, LEDGER, class, grade, graded, judged, ledger, right};
use crate::door::Place;

#[test]
fn what_is_known_is_not_judged_again() {
    let place = class();
    let first = grade(&place, &[]);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert_eq!(judged(&first), ALL);
    let before = place.read(LEDGER);
    let again = grade(&place, &[]);
    assert_eq!(judged(&again), [""; 0]);
    assert_eq!((first.stdout, before), (again.stdout, place.read(LEDGER)));
}

#[test]
fn the_same_results_come_out_however_many_are_judged_at_once() {
    let one = class();
    let many = class();
    let answer = grade(&many, &["--jobs", "4"]);
    assert_eq!(graded(&one), small::timeless(&answer.stdout));
    for file in [
        "grades.csv",
        "summary.txt",
        "unmatched.txt",
        "feedback/bob/race_counter.txt",
    ] {
        let file = format!("{}/{file}", small::RESULTS);
        assert_eq!(one.read(&file), many.read(&file));
    }
}

#[test]
fn a_result_that_only_its_copy_was_written_of_is_not_judged_again() {
    let place = class();
    let whole = graded(&place);
    // Only carol's is left, and the path is ada's in what both were judged by.
    let lines = ledger(&place);
    let kept = lines
        .iter()
        .filter(|line| line.contains("\"ledger\"") || line.contains("\"student\":\"carol\""));
    let kept: String = kept.map(|line| line.clone() + "\n").collect();
    place.write(LEDGER, kept);
    assert_eq!(graded(&place), whole);
    let times = |place: &Place| -> Vec<Value> {
        let records = ledger(place).into_iter().skip(1);
        let records = records.map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
        let mut times: Vec<Value> = records
            .filter(|record| record["content"] == of(place, "ada"))
            .map(|record| record["search"]["elapsed_ms"].clone())
            .collect();
        times.dedup();
        times
    };
    assert_eq!(times(&place).len(), 1);
}

fn of(place: &Place, student: &str) -> Value {
    let roll: Value = serde_json::from_str(&ledger(place)[0]).expect("JSON");
    let entries = roll["submissions"].as_array().expect("a list").iter();
    let mut own = entries.filter(|entry| entry["student"] == student);
    own.next().expect("enrolled")["content"].clone()
}

#[test]
fn damage_in_the_middle_is_named_and_nothing_is_changed() {
    let place = class();
    graded(&place);
    let mut lines = ledger(&place);
    lines[2].truncate(40);
    let damaged = lines.join("\n") + "\n";
    place.write(LEDGER, &damaged);
    for command in [
        &["grade", "class"] as &[&str],
        &["merge", "class-results"],
        &["summary", LEDGER],
    ] {
        let answer = place.run(command);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        says(
            &answer.stderr,
            &[
                "class-results/results.jsonl:3: this line is damaged",
                "help: put the file back",
            ],
        );
    }
    assert_eq!(place.read(LEDGER), damaged);
}

#[test]
fn a_ledger_of_another_format_and_what_is_none_are_refused() {
    let place = class();
    graded(&place);
    let lines = ledger(&place);
    let other = lines[0].replace("\"ledger\":1", "\"ledger\":2");
    let cases = [
        (
            other.as_str(),
            "these results are in format 2, and this version of threadlings knows format 1",
        ),
        (
            lines[1].as_str(),
            "this file is not one that `grade` has begun",
        ),
        ("{}", "this file is not one that `grade` has begun"),
    ];
    for (line, message) in cases {
        let text = format!("{line}\n{}\n", lines[1]);
        place.write(LEDGER, &text);
        let answer = grade(&place, &[]);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        says(&answer.stderr, &["results.jsonl:1: ", message]);
        assert_eq!(place.read(LEDGER), text);
    }
}

#[test]
fn a_new_answer_replaces_the_old_one_and_an_old_one_that_is_back_is_known() {
    let place = class();
    graded(&place);
    place.write("class/bob/race_counter.rs", right() + "// At last.\n");
    let answer = grade(&place, &[]);
    assert_eq!(judged(&answer), ["bob race_counter"]);
    assert!(!answer.stdout.contains("lost_update"), "{}", answer.stdout);
    assert_eq!(answer.stdout.lines().count(), 5);
    // Someone leaves, and is back.
    let of_erin = place.read("class/erin/lock_order.rs");
    fs::remove_dir_all(place.path().join("class/erin")).expect("ours");
    let without = place.run(&["grade", "class"]);
    assert_eq!(without.code, Some(0), "{without:?}");
    says(
        &without.stdout,
        &["no longer there, and not counted (1)\n  erin lock_order\n"],
    );
    assert!(!place.path().join("class-results/feedback/erin").exists());
    assert!(!place.read("class-results/grades.csv").contains("erin"));
    place.write("class/erin/lock_order.rs", of_erin);
    assert_eq!(judged(&grade(&place, &[])), [""; 0]);
    assert!(
        place
            .path()
            .join("class-results/feedback/erin/lock_order.txt")
            .exists()
    );
}

#[test]
fn other_conditions_are_other_results() {
    let place = class();
    graded(&place);
    assert_eq!(judged(&grade(&place, &["--memory", "sc"])), ALL);
    // The course's own check, and the file that is handed out, decide as well.
    let check = "exercises/02_shared_state/race_counter/check.rs";
    place.write(check, place.read(check) + "// Changed.\n");
    assert_eq!(judged(&grade(&place, &["--memory", "sc"])), &ALL[..3]);
}

#[test]
fn what_could_not_be_graded_is_no_zero_and_is_tried_again() {
    let place = class();
    let answer = grade(&place, &["--max-interleavings", "1"]);
    assert_eq!(answer.code, Some(3), "{answer:?}");
    let ada: Value =
        serde_json::from_str(answer.stdout.lines().next().expect("ada")).expect("JSON");
    assert_eq!(
        (&ada["score"], &ada["verdict"]),
        (&Value::Null, &Value::from("inconclusive"))
    );
    assert!(ada["ungraded"].is_string(), "{ada}");
    let table = place.read("class-results/grades.csv");
    says(&table, &["ada,race_counter,,"]);
    let again = grade(&place, &["--max-interleavings", "1"]);
    says(
        &judged(&again).join(" "),
        &["ada race_counter", "carol race_counter"],
    );
    assert!(!judged(&again).contains(&"erin lock_order".to_string()));
}

#[test]
fn the_exit_code_is_the_worst_that_happened() {
    let place = class();
    assert_eq!(grade(&place, &[]).code, Some(0));
    assert_eq!(grade(&place, &["--fail-on-bug"]).code, Some(1));
    // A bug is known for certain.
    let both = grade(&place, &["--max-interleavings", "1", "--fail-on-bug"]);
    assert_eq!(both.code, Some(1), "{both:?}");
}

#[test]
fn names_of_students_are_no_paths() {
    let place = class();
    let long = "x".repeat(500);
    let names = [
        "Ada",
        "ada",
        "a:b",
        "a_b",
        "nul",
        "-rf",
        ".hidden",
        "<script>",
        "%0A::error::",
        &long,
    ];
    let mut map = "student,exercise,path\n".to_string();
    for (at, name) in names.iter().enumerate() {
        map += &format!("{name},race_counter,{at}.rs\n");
        place.write(&format!("many/{at}.rs"), "pub fn nothing() {}");
    }
    let mut file = File::create(place.path().join("map.csv")).expect("ours");
    file.write_all(map.as_bytes()).expect("ours");
    let answer = place.run(&["grade", "many", "--map", "map.csv", "--format", "json"]);
    assert_eq!(answer.stdout.lines().count(), names.len(), "{answer:?}");
    let files = feedback(&place, "many-results");
    assert_eq!(files.len(), names.len(), "{files:?}");
    let mut lower: Vec<String> = files.iter().map(|file| file.to_lowercase()).collect();
    lower.sort();
    lower.dedup();
    assert_eq!(lower.len(), names.len());
    assert!(files.iter().all(|file| is_below(file)), "{files:?}");
}

/// Nobody hands these in; but the results may come from elsewhere.
#[test]
fn nor_are_names_in_a_ledger() {
    let place = class();
    graded(&place);
    let text = place.read(LEDGER);
    for name in ["../../evil", "/root/evil", "..", "", "evil\\u0000"] {
        let text = text
            .replace("\"student\":\"bob\"", &format!("\"student\":\"{name}\""))
            .replace("\"exercise\":\"lock_order\"", "\"exercise\":\"../lock\"");
        place.write("elsewhere/results.jsonl", text);
        let into = place.run(&["merge", "elsewhere", "--into", "here"]);
        assert_eq!(into.code, Some(0), "{into:?}");
        let files = feedback(&place, "here");
        assert_eq!(files.len(), 5, "{files:?}");
        assert!(files.iter().all(|file| is_below(file)), "{files:?}");
        fs::remove_dir_all(place.path().join("here")).expect("ours");
    }
    let all = crate::door::files(place.path(), ".txt");
    let strays = all.iter().filter(|file| !file.starts_with(small::RESULTS));
    assert_eq!(strays.count(), 0, "{all:?}");
}

/// What lies in the folder of what students read.
fn feedback(place: &Place, results: &str) -> Vec<String> {
    crate::door::files(&place.path().join(results).join("feedback"), ".txt")
}

/// `STUDENT/EXERCISE.txt`, and neither hidden.
fn is_below(file: &str) -> bool {
    file.matches('/').count() == 1 && !file.starts_with(['.', '-']) && !file.contains("/.")
}
