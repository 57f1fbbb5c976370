//! Machines on which something is missing.

use super::{RIGHT, WRONG, says};
use crate::door::{Answer, Place, answer, in_parallel};

/// `check right.rs` with this variable.
fn with(name: &str, value: impl AsRef<std::ffi::OsStr>) -> Answer {
    let place = Place::with(&[("right.rs", RIGHT), ("file", "no folder")]);
    let mut command = place.command(&["check", "right.rs"]);
    answer(command.env(name, value))
}

#[test]
fn without_a_compiler_it_says_where_to_get_one() {
    let empty = Place::empty();
    let place = Place::with(&[("right.rs", RIGHT)]);
    let mut command = place.command(&["check", "right.rs"]);
    let answer = answer(command.env("PATH", empty.path()).env_remove("RUSTC"));
    assert_eq!(answer.code, Some(2), "{answer:?}");
    says(
        &answer.stderr,
        &[
            "the Rust compiler `rustc` was not found",
            "https://rustup.rs",
        ],
    );
}

#[test]
fn a_compiler_that_is_none_is_named() {
    for none in ["/nowhere/rustc", "/bin/false", "/etc/passwd"] {
        let answer = with("RUSTC", none);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        says(&answer.stderr, &[none, "set RUSTC"]);
    }
}

/// The superuser may write anywhere, hence no permissions here.
#[test]
fn a_cache_that_cannot_be_written_costs_time_only() {
    let place = Place::with(&[("right.rs", RIGHT), ("file", "no folder")]);
    for cache in ["file", "file/below"] {
        let mut command = place.command(&["check", "right.rs"]);
        let answer = answer(command.env("THREADLINGS_CACHE", place.path().join(cache)));
        assert_eq!(answer.code, Some(0), "{answer:?}");
        says(&answer.stderr, &["cannot be written", "for this run only"]);
    }
}

#[test]
fn several_runs_at_once_share_a_cold_cache() {
    let place = Place::with(&[("right.rs", RIGHT), ("wrong.rs", WRONG)]);
    let cold = place.path().join("cold");
    let names = ["right.rs", "wrong.rs", "right.rs"];
    let codes = in_parallel(&names, |name| {
        let mut command = place.command(&["check", name]);
        let answer = answer(command.env("THREADLINGS_CACHE", &cold));
        assert!(!answer.stderr.contains("error"), "{answer:?}");
        answer.code
    });
    assert_eq!(codes, [Some(0), Some(1), Some(0)]);
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let place = Place::with(&[("right.rs", RIGHT)]);
    let cold = place.path().join("cold");
    let check = || {
        answer(
            place
                .command(&["check", "right.rs"])
                .env("THREADLINGS_CACHE", &cold),
        )
    };
    assert_eq!(check().code, Some(0));
    for length in [0, 1000, 100_000] {
        for library in crate::door::files(&cold, ".rlib") {
            let path = cold.join(library);
            let whole = std::fs::read(&path).expect("the library is there");
            std::fs::write(path, &whole[..length]).expect("the cache is ours");
        }
        let after = check();
        assert_eq!(after.code, Some(0), "{length}: {after:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_costs_the_stored_run_only() {
    let place = Place::with(&[("wrong.rs", WRONG), (".threadlings", "a file in the way")]);
    let answer = place.run(&["check", "wrong.rs"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    says(&answer.stdout, &["could not be stored", "`HITS` ends at 1"]);
    assert!(
        !answer.stdout.contains("threadlings replay"),
        "{}",
        answer.stdout
    );
}
