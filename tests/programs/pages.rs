//! Pages that are the same for everybody: help, the welcome, and what a class of bugs means.

use super::snapshot;
use crate::door::Place;

#[test]
fn help_and_pages_read_well() {
    let place = Place::empty();
    let pages: [(&str, &[&str]); 6] = [
        ("help", &["--help"]),
        ("help_check", &["check", "--help"]),
        ("help_replay", &["replay", "--help"]),
        ("welcome_without_a_course", &[]),
        ("explain_TL0302", &["explain", "TL0302"]),
        (
            "explain_deadlock_json",
            &["explain", "TL0302", "--format", "json"],
        ),
    ];
    for (name, arguments) in pages {
        let answer = place.run(arguments);
        assert_eq!(answer.code, Some(0), "{arguments:?}");
        snapshot::compare_one("pages", name, &(answer.stdout + &answer.stderr));
    }
}

#[test]
fn every_class_that_a_fixture_expects_has_a_page() {
    let place = Place::empty();
    let classes = crate::door::files(
        &std::path::Path::new(crate::door::PROJECT).join("src/verdict/classes"),
        ".md",
    );
    for class in classes {
        let class = class.trim_end_matches(".md");
        let answer = place.run(&["explain", class]);
        assert_eq!(answer.code, Some(0), "{class}: {}", answer.stderr);
        assert!(answer.stdout.contains("## What ends it"), "{class}");
    }
}
