//! Every known mistake still occurs, in the program that bears its name.

use std::fs;
use std::path::Path;

use threadlings::opinions::known;

use crate::door::{PROJECT, Place};

#[test]
fn every_known_mistake_is_still_made() {
    let folder = Path::new(PROJECT).join("tests/opinions/known");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("a folder of the project")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    for known in known::ALL {
        let name = format!("{}.rs", known.name);
        files.retain(|file| *file != name);
        let text = fs::read_to_string(folder.join(&name)).expect("each row has its program");
        let answer = Place::with(&[("main.rs", &text)]).run(&[
            "check",
            "main.rs",
            "--cross-check=20",
            "--max-interleavings=5000",
            "--format=json",
        ]);
        let said = answer.json()["notes"].to_string();
        let differs = format!(
            "{} differs, as is known: {}",
            known.witness.name(),
            known.reason
        );
        assert!(said.contains(&differs), "{name} shows it no longer: {said}");
    }
    assert!(files.is_empty(), "programs without a row: {files:?}");
}
