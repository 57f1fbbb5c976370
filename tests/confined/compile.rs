//! What a program can do to its compiler.

use super::checked;
use crate::door::{Answer, Place};

/// Checks a program that must not compile, and says why.
#[track_caller]
fn refused(program: &str, parts: &[&str]) -> Answer {
    let answer = checked(program);
    assert_eq!(answer.verdict(), "does_not_compile", "{answer:?}");
    for part in parts {
        assert!(answer.stdout.contains(part), "`{part}`: {answer:?}");
    }
    answer
}

#[test]
fn files_of_others_are_not_read() {
    let denied = "Permission denied";
    for include in ["include!", "include_str!", "include_bytes!"] {
        let text = format!("const SECRET: &[u8] = {include}(\"/etc/passwd\"); fn main() {{}}");
        let answer = refused(&text, &[denied]);
        assert!(!answer.stdout.contains("root:"), "{answer:?}");
    }
    refused(
        "#[path = \"/etc/passwd\"] mod secret; fn main() {}",
        &[denied],
    );
    refused(
        "#![doc = include_str!(\"/proc/self/environ\")] fn main() {}",
        &[denied],
    );
}

#[test]
fn a_file_beside_the_program_is_not_read() {
    let program = "const SECRET: &str = include_str!(\"secret.txt\"); fn main() {}";
    let place = Place::with(&[("program.rs", program), ("secret.txt", "a secret")]);
    let answer = place.run(&["check", "program.rs", "--confined", "--format", "json"]);
    assert_eq!(answer.verdict(), "does_not_compile", "{answer:?}");
    assert!(!answer.stdout.contains("a secret"), "{answer:?}");
}

#[test]
fn the_environment_is_not_there() {
    let place = Place::with(&[(
        "program.rs",
        "fn main() { assert!(option_env!(\"SECRET\").is_none() && option_env!(\"HOME\").is_none()); }",
    )]);
    let mut command = place.command(&["check", "program.rs", "--confined", "--format", "json"]);
    let answer = crate::door::answer(command.env("SECRET", "s3cret"));
    assert_eq!(answer.verdict(), "pass", "{answer:?}");
}

#[test]
fn what_is_judged_is_what_was_read() {
    // A path that leads elsewhere when it is looked at again: only its text counts.
    let place = Place::with(&[("wrong.rs", "fn main() { let n: u32 = \"\"; }\n")]);
    std::os::unix::fs::symlink("wrong.rs", place.path().join("link.rs")).expect("a link");
    let answer = place.run(&["check", "link.rs", "--confined", "--format", "json"]);
    assert_eq!(answer.verdict(), "does_not_compile", "{answer:?}");
    assert!(answer.stdout.contains("link.rs:1:26"), "{answer:?}");
    assert!(!answer.stdout.contains("__threadlings"), "{answer:?}");
    assert!(!answer.stdout.contains("/original"), "{answer:?}");
}

#[test]
fn a_constant_that_never_ends_is_ended() {
    refused(
        "#![allow(long_running_const_eval)]
        const N: u64 = { let mut n = 0; loop { n += 1; if n == u64::MAX { break n } } };
        fn main() { println!(\"{N}\"); }",
        &["may use 8 seconds of processor time"],
    );
}

#[test]
fn a_constant_without_end_needs_no_more_memory_than_there_is() {
    refused(
        "const fn huge() -> [[u8; 1 << 30]; 8] { [[1; 1 << 30]; 8] }
        static HUGE: [[u8; 1 << 30]; 8] = huge();
        fn main() { println!(\"{}\", HUGE[3][5]); }",
        &["error: "],
    );
}

#[test]
fn a_type_that_grows_is_an_error() {
    refused(
        "fn grow<T: Copy + 'static>(t: T, n: u8) { if n > 0 { grow((t, t), n - 1) } }
        fn main() { grow(0u8, 200); }",
        &["error"],
    );
}

#[test]
fn deep_nesting_is_an_error() {
    let depth = 100_000;
    let nested = format!(
        "fn main() {{ let n = {}1{}; }}",
        "-(".repeat(depth),
        ")".repeat(depth)
    );
    refused(&nested, &["error"]);
}

#[test]
fn errors_without_end_are_shortened() {
    let answer = refused(
        "macro_rules! many { ($($t:tt)*) => { $(let _: () = $t;)* } }
        fn main() { many!(1 2 3 4 5 6 7 8 9); }",
        &["mismatched types"],
    );
    assert!(answer.stdout.len() < 100_000);
    let wrong: String = (0..2000)
        .map(|n| format!("let _: u8 = \"{n}\";\n"))
        .collect();
    let answer = refused(&format!("fn main() {{ {wrong} }}"), &["which is left out"]);
    assert!(answer.stdout.len() < 200_000, "{}", answer.stdout.len());
}

#[test]
fn what_cannot_be_linked_is_told_without_our_paths() {
    let answer = refused(
        "unsafe extern \"C\" { fn nobody_has_this(); } fn main() { unsafe { nobody_has_this() } }",
        &["cannot be linked", "nobody_has_this"],
    );
    assert!(!answer.stdout.contains("/tmp/"), "{answer:?}");
}

#[test]
fn a_library_is_not_taken_from_elsewhere() {
    refused(
        "#[link(name = \"/etc/passwd\", kind = \"static\", modifiers = \"+verbatim\")] unsafe extern \"C\" { fn f(); }
        fn main() { unsafe { f() } }",
        &["error"],
    );
}
