//! Files that are no programs, and programs in unusual places.

use super::{RIGHT, WRONG, refused, says};
use crate::door::Place;

fn check(text: impl AsRef<[u8]>, parts: &[&str]) {
    let place = Place::empty();
    place.write("program.rs", text);
    refused(&place, &["check", "program.rs"], parts);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    refused(
        &Place::empty(),
        &["check", "nowhere.rs"],
        &["nowhere.rs: there is no such file", "help:"],
    );
}

#[test]
fn a_folder_is_no_program() {
    let place = Place::with(&[("folder.rs/inside.rs", RIGHT)]);
    refused(
        &place,
        &["check", "folder.rs"],
        &["folder.rs: this is a folder", "help:"],
    );
}

#[test]
fn an_empty_file_is_no_program() {
    check("", &["program.rs: this file is empty", "help:"]);
    check(" \n\t\n", &["program.rs: this file is empty"]);
}

#[test]
fn a_file_without_main_is_told_to_have_one() {
    check(
        "pub fn other() {}\n",
        &["program.rs: this program has no `fn main()`", "help:"],
    );
}

#[test]
fn text_that_is_not_utf8_is_shown_by_its_line() {
    check(
        b"fn main() {\n    // caf\xe9\n}\n",
        &["program.rs:2: this file is not UTF-8", "help:"],
    );
}

#[test]
fn a_huge_file_is_refused_before_anything_reads_it() {
    let mut text = RIGHT.to_string();
    text += &"// filler\n".repeat(1 << 20);
    check(
        text,
        &["program.rs: this file is larger than 1 MiB", "help:"],
    );
}

#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    refused(
        &Place::empty(),
        &["check", "/dev/zero"],
        &["/dev/zero: this is not a regular file"],
    );
}

#[test]
fn a_syntax_error_is_rustcs_own_message_about_the_users_file() {
    let place = Place::with(&[("sub/slip.rs", "fn main() {\n    let x = ;\n}\n")]);
    let answer = place.run(&["check", "sub/slip.rs"]);
    assert_eq!(answer.code, Some(1));
    says(
        &answer.stdout,
        &[
            "error: expected expression, found `;`",
            "--> sub/slip.rs:2:13",
        ],
    );
    assert!(
        !answer.stdout.contains("__threadlings"),
        "{}",
        answer.stdout
    );
    assert_eq!(answer.stderr, "");
}

#[test]
fn a_brace_too_many_does_not_let_a_program_into_ours() {
    for text in [
        "fn main() {} }\n",
        "fn main() {\n",
        "fn main() {} /*\n",
        "fn main() {} //",
        "fn main() {} r#\"",
    ] {
        let place = Place::with(&[("brace.rs", text)]);
        let answer = place.run(&["check", "brace.rs"]);
        assert!(
            !answer.stdout.contains("__threadlings"),
            "{text}: {}",
            answer.stdout
        );
        assert_eq!(
            answer.code,
            Some(i32::from(text != "fn main() {} //")),
            "{text}: {answer:?}"
        );
    }
}

#[test]
fn paths_may_have_spaces_and_any_letters() {
    for name in [
        "my programs/first try.rs",
        "übung/größe.rs",
        "並行/計數器.rs",
        "minus -dash/x=y,z.rs",
        "a;b'c\"d.rs",
    ] {
        let place = Place::with(&[(name, WRONG)]);
        let answer = place.run(&["check", name]);
        assert_eq!(answer.code, Some(1), "{answer:?}");
        says(
            &answer.stdout,
            &[&format!("[{name}:"), "lost_update", "`HITS` ends at 1"],
        );
    }
}

#[test]
fn paths_are_shown_relative_to_where_the_user_is() {
    let place = Place::with(&[("here/other.rs", RIGHT), ("there/program.rs", WRONG)]);
    let absolute = place.path().join("there/program.rs");
    let answer = place.run(&["check", absolute.to_str().expect("UTF-8")]);
    says(&answer.stdout, &["[there/program.rs:"]);

    let mut command = place.command(&["check", "../there/program.rs"]);
    let answer = crate::door::answer(command.current_dir(place.path().join("here")));
    says(&answer.stdout, &["[../there/program.rs:"]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_move_no_label() {
    let text = format!("\u{feff}{}", WRONG.replace('\n', "\r\n"));
    let place = Place::with(&[("program.rs", text.as_str()), ("plain.rs", WRONG)]);
    let sites = |name| {
        let report = place.run(&["check", name, "--format", "json"]).json();
        let sites = report["bug"]["sites"].as_array().expect("sites").clone();
        let lines = sites
            .iter()
            .map(|site| (site["line"].clone(), site["column"].clone()));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(sites("program.rs"), sites("plain.rs"));
}

#[test]
fn one_file_of_many_that_is_wrong_does_not_hide_the_others() {
    let place = Place::with(&[("right.rs", RIGHT), ("wrong.rs", WRONG)]);
    let answer = place.run(&["check", "right.rs", "wrong.rs", "--format", "json"]);
    assert_eq!(answer.code, Some(1));
    assert_eq!(answer.stdout.lines().count(), 2, "{}", answer.stdout);
}
