//! Machines on which something is missing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

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
            std::fs::write(path, &whole[..length.min(whole.len())]).expect("the cache is ours");
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

const RACY: &str = "static mut N: u32 = 0;
fn main() {
    let other = std::thread::spawn(|| unsafe { N += 1 });
    unsafe { N += 1 };
    other.join().unwrap();
}
";

/// A compiler that calls the real one, but does this first with its arguments.
fn compiler(place: &Place, name: &str, first: &str) -> String {
    let real = Command::new("rustc").args(["--print", "sysroot"]).output();
    let real = String::from_utf8(real.expect("a compiler").stdout).expect("a path");
    let root = place.path().join(name);
    let text = format!(
        "#!/bin/bash\nif [ \"$1\" = --print ]; then echo '{}'; exit; fi\nkept=()\nfor a in \"$@\"; do\n{first}\nkept+=(\"$a\")\ndone\nexec '{}/bin/rustc' \"${{kept[@]}}\"\n",
        root.display(),
        real.trim()
    );
    place.write(&format!("{name}/bin/rustc"), text);
    let path = root.join("bin/rustc");
    fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("the file is ours");
    path.display().to_string()
}

/// Whatever the compiler does instead of telling of accesses, it is known, and said.
#[test]
fn a_compiler_that_cannot_tell_of_accesses_is_found_out() {
    let place = Place::with(&[("racy.rs", RACY), ("right.rs", RIGHT)]);
    let passes = "case \"$a\" in -Cpasses=*|-Cllvm-args=*)";
    let refuses = format!("{passes} echo 'error: unknown pass' >&2; exit 1;; esac");
    let ignores = format!("{passes} continue;; esac");
    // It does half of it.
    let copies = "a=${a/-asan-instrumentation-with-call-threshold=0 /}";
    let cases = [
        (
            "refuses",
            refuses.as_str(),
            "does not know how to tell of them",
        ),
        ("ignores", ignores.as_str(), "leaves out the calls"),
        ("copies", copies, "leaves out the calls"),
    ];
    for (name, first, reason) in cases {
        let rustc = compiler(&place, name, first);
        let check = |arguments: &[&str]| {
            let mut command = place.command(arguments);
            command.env("THREADLINGS_CACHE", place.path().join("cache"));
            let answer = answer(command.env("RUSTC", &rustc));
            (
                answer.code,
                answer
                    .stdout
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        };
        for when in ["auto", "always"] {
            let (code, said) = check(&["check", "racy.rs", "--races", when]);
            assert_eq!(code, Some(0), "{name}: {said}");
            says(&said, &["were not checked for data races", reason]);
        }
        let (code, said) = check(&["check", "right.rs"]);
        assert_eq!(code, Some(0), "{name}: {said}");
        assert!(!said.contains("data races"), "{name}: {said}");
        let (code, said) = check(&["check", "right.rs", "--races", "always"]);
        assert_eq!(code, Some(0), "{name}: {said}");
        says(&said, &[reason]);
    }
}

#[test]
fn engines_that_do_not_see_plain_memory_say_so() {
    let place = Place::with(&[("racy.rs", RACY)]);
    for engine in ["loom", "shuttle", "native"] {
        let answer = place.run(&["check", "racy.rs", "--engine", engine, "--budget", "1"]);
        let said = answer
            .stdout
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let sentence = format!("the engine `{engine}` does not see them");
        says(&said, &["were not checked for data races", &sentence]);
    }
}
