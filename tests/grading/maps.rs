//! `--map FILE.csv`: a table that says which file is whose answer to what.

use std::fs;

use crate::door::{Answer, PROJECT, Place};

/// A class that no layout fits.
fn class() -> Place {
    let place = Place::with(&[
        ("class/hand-in 1/a.rs", "// a"),
        ("class/hand-in 1/b.rs", "// b"),
        ("class/c.rs", "// c"),
        ("class/notes.md", "no answer"),
        ("outside.rs", "// of somebody else"),
    ]);
    std::os::unix::fs::symlink("../outside.rs", place.path().join("class/link.rs"))
        .expect("a link");
    std::os::unix::fs::symlink("..", place.path().join("class/up")).expect("a link");
    place
}

fn find(map: impl AsRef<[u8]>, arguments: &[&str]) -> Answer {
    let place = class();
    place.write("map.csv", map);
    let first = [
        "grade",
        "class",
        "--dry-run",
        "--map",
        "map.csv",
        "--course",
        PROJECT,
    ];
    place.run(&[&first, arguments].concat())
}

#[track_caller]
fn found(map: impl AsRef<[u8]>, arguments: &[&str]) -> String {
    let answer = find(map, arguments);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    answer.stdout
}

const TABLE: &str = "student,exercise,path
Anna,race_counter,hand-in 1/a.rs
\"O'Brien, \"\"Pat\"\"\",lock_order,./c.rs
名前,race_counter,c.rs
";

#[test]
fn a_table_says_what_is_whose() {
    insta::assert_snapshot!(found(TABLE, &[]));
}

#[test]
fn spreadsheets_write_tables_in_several_ways() {
    let expected = found(TABLE, &[]);
    for separator in [';', '\t'] {
        let quoted = TABLE
            .replace(", \"\"Pat", "\u{1}")
            .replace(',', &separator.to_string());
        assert_eq!(found(quoted.replace('\u{1}', ", \"\"Pat"), &[]), expected);
    }
    assert_eq!(found(format!("\u{feff}{TABLE}"), &[]), expected);
    assert_eq!(found(TABLE.replace('\n', "\r\n"), &[]), expected);
    assert_eq!(
        found(TABLE.replace("student,", " Student , "), &[]),
        expected
    );
}

#[test]
fn with_one_exercise_the_others_are_passed_over_and_the_column_may_be_missing() {
    insta::assert_snapshot!(found(TABLE, &["--exercise", "race_counter"]));
    let map = "path,student\nc.rs,Anna\n";
    insta::assert_snapshot!(found(map, &["--exercise", "race_counter"]));
}

#[test]
fn a_file_that_cannot_be_graded_is_listed() {
    let map = "student,exercise,path
anna,race_counter,nowhere.rs
ben,race_counter,hand-in 1
cleo,race_counter,link.rs
dora,race_counter,up/outside.rs
";
    insta::assert_snapshot!(found(map, &[]));
}

#[test]
fn a_malformed_table_is_shown_by_its_line() {
    let cases: &[&[u8]] = &[
        b"",
        b"name,exercise,path\n",
        b"student,path\nanna,c.rs\n",
        b"student,exercise,path\nanna,race_counter\n",
        b"student,exercise,path\nanna,race_countr,c.rs\n",
        b"student,exercise,path\n,race_counter,c.rs\n",
        b"student,exercise,path\nanna,race_counter,\n",
        b"student,exercise,path\nanna,race_counter,../outside.rs\n",
        b"student,exercise,path\nanna,race_counter,/etc/passwd\n",
        b"student,exercise,path\nanna,race_counter,.\n",
        b"student,exercise,path\n../../anna,race_counter,c.rs\n",
        b"student,exercise,path\n..,race_counter,c.rs\n",
        b"student,exercise,path\nanna,race_counter,c.rs\n\"be\nn\",race_counter,c.rs\nanna,race_counter,hand-in 1/a.rs\n",
        b"student,exercise,path\ncaf\xe9,race_counter,c.rs\n",
    ];
    let mut told = String::new();
    for map in cases {
        let answer = find(map, &[]);
        assert_eq!((answer.code, &*answer.stdout), (Some(2), ""), "{answer:?}");
        told += &format!("{}\n{}\n", String::from_utf8_lossy(map), answer.stderr);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_table_that_is_not_there_is_said() {
    let place = class();
    fs::create_dir(place.path().join("folder.csv")).expect("the folder is ours");
    for map in ["nowhere.csv", "folder.csv"] {
        let answer = place.run(&["grade", "class", "--map", map, "--course", PROJECT]);
        assert_eq!(answer.code, Some(2));
        assert!(
            answer
                .stderr
                .contains(&format!("{map}: the map cannot be read")),
            "{answer:?}"
        );
    }
}
