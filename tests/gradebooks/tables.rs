//! CSV: every cell comes back as it was, none is a formula, and nothing that is not known is a number.

use super::{HOSTILE, of_nobody, refused, right, ungraded, written, wrong};
use crate::door::Place;
use crate::reports::record::Record;

/// The cells, as another program reads them.
fn read(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.expect("RFC 4180");
        row.iter().map(str::to_string).collect()
    });
    rows.collect()
}

fn class() -> Vec<Record> {
    vec![
        wrong("alice", "race_counter"),
        right("alice", "bank_account"),
        ungraded("bob", "race_counter"),
        refused("bob", "bank_account"),
        right("carol", "race_counter"),
    ]
}

#[test]
fn the_plain_table_has_a_row_for_each_answer() {
    insta::assert_snapshot!(written("csv", &class()));
}

#[test]
fn the_gradebook_of_canvas_has_a_row_for_each_student() {
    insta::assert_snapshot!(written("canvas", &class()));
}

#[test]
fn a_check_of_a_program_has_a_row_without_a_student() {
    let text = written("csv", &[of_nobody(wrong("alice", "race_counter"))]);
    let rows = read(&text);
    assert_eq!(rows[1][..4], ["", "race_counter", "", ""]);
    assert_eq!(rows[1][7..9], ["fail", "lost_update"]);
}

/// As Canvas reads a header: two names and an id come first, `Section` is the last column about the student.
#[test]
fn canvas_accepts_the_header() {
    let rows = read(&written("canvas", &class()));
    assert_eq!(
        rows[0],
        [
            "Student",
            "ID",
            "SIS Login ID",
            "Section",
            "bank_account",
            "race_counter"
        ]
    );
    assert_eq!(rows[1][0].trim(), "Points Possible");
    assert_eq!(rows[1][1..], ["", "", "", "10", "10"]);
    let bob = rows.iter().find(|row| row[0] == "bob").expect("bob");
    assert_eq!(bob[1..], ["", "", "", "0", ""]);
    let carol = rows.iter().find(|row| row[0] == "carol").expect("carol");
    assert_eq!(carol[4..], ["", "10"]);
}

/// Canvas finds its students by their numbers, which are in the names of the files that it hands out.
#[test]
fn the_numbers_of_canvas_come_back_to_it() {
    let cases = [
        (
            "lovelaceada",
            "lovelaceada_12345_67890_race_counter.rs",
            "12345",
        ),
        (
            "lovelaceada",
            "lovelaceada_LATE_12345_67890_race_counter-1.rs",
            "12345",
        ),
        ("group_2", "group_2_12345_67890_race_counter.rs", "12345"),
        (
            "leeanna_12345",
            "leeanna_12345_67890_race_counter.rs",
            "12345",
        ),
        (
            "leeanna_12345",
            "leeanna_LATE_12345_67890_race_counter.rs",
            "12345",
        ),
        (
            "Anna Lee",
            "Anna Lee_12345_assignsubmission_file_race_counter.rs",
            "",
        ),
        ("ada", "race_counter.rs", ""),
        ("ada", "ada_1_race_counter.rs", ""),
        ("ada", "ada_12_34.rs", ""),
    ];
    for (student, file, id) in cases {
        let mut record = right(student, "race_counter");
        record.object.subject.path = format!("submissions/{file}");
        let rows = read(&written("canvas", &[record]));
        assert_eq!(rows[2][..2], [student, id], "{file}");
    }
}

#[test]
fn formats_about_points_say_where_there_are_some() {
    let place = Place::with(&[("program.rs", "fn main() {}")]);
    for format in ["canvas", "gradescope"] {
        let answer = place.run(&["check", "program.rs", "--format", format]);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        let help = format!("threadlings grade DIR --format {format}");
        assert!(answer.stderr.contains(&help), "{answer:?}");
    }
}

#[test]
fn a_student_cannot_set_the_points_of_an_assignment() {
    let rows = read(&written(
        "canvas",
        &[right("Points Possible", "race_counter")],
    ));
    let about_assignments = rows.iter().filter(|row| row[0].contains("Points Possible"));
    assert_eq!(about_assignments.count(), 1);
}

#[test]
fn no_cell_is_a_formula() {
    for format in ["csv", "canvas"] {
        for name in HOSTILE {
            let mut record = ungraded(name, "race_counter");
            record.words.headline = name.to_string();
            let grade = record.grade.as_mut().expect("graded");
            grade.ungraded = Some(name.to_string());
            grade.remarks = vec![name.to_string()];
            let text = written(format, &[record]);
            for cell in read(&text).iter().flatten() {
                let first = cell.trim_start().chars().next().unwrap_or('x');
                assert!(
                    !"=+-@＝＋－＠".contains(first),
                    "{format} {name:?}: {cell:?}"
                );
                assert!(
                    !cell.starts_with(['\t', '\r']),
                    "{format} {name:?}: {cell:?}"
                );
                assert!(!cell.contains('\u{1b}'), "{format} {name:?}: {cell:?}");
            }
        }
    }
}

#[test]
fn names_come_back_as_they_were() {
    for name in [
        "O'Brien, \"Pat\"",
        "two\nlines",
        "名前",
        "<script>",
        "%0A::error::",
    ] {
        for format in ["csv", "canvas"] {
            let rows = read(&written(format, &[right(name, "race_counter")]));
            assert_eq!(rows.last().expect("a row")[0], name, "{format}");
        }
    }
}

#[test]
fn what_is_not_graded_is_empty_and_never_zero() {
    let rows = read(&written("csv", &[ungraded("bob", "race_counter")]));
    assert_eq!(rows[1][2..7], ["", "", "", "", ""]);
    assert!(rows[1][10].contains("ran out of time"), "{rows:?}");
}
