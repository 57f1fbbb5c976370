//! The stand-in has the shape of std: a file that uses all that is modelled compiles against both.

use std::path::Path;
use std::process::Command;

use crate::door::{self, Place};

const FILE: &str = "conformance/modelled.rs";

fn source() -> String {
    let path = Path::new(door::PROJECT).join("tests").join(FILE);
    std::fs::read_to_string(path).expect("the file is there")
}

#[test]
fn the_file_compiles_against_std() {
    let place = Place::with(&[("modelled.rs", &source())]);
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc.current_dir(place.path()).args([
        "--edition=2024",
        "--emit=metadata",
        "-Awarnings",
        "modelled.rs",
    ]);
    let answer = door::answer(&mut rustc);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
}

/// Its `main` does nothing: only the compiler has work.
#[test]
fn the_file_compiles_against_the_stand_in() {
    let place = Place::with(&[("modelled.rs", &source())]);
    let answer = place.run(&["check", "modelled.rs"]);
    assert_eq!(answer.code, Some(0), "{}{}", answer.stdout, answer.stderr);
}
