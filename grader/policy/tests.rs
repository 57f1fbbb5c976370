//! What is refused, in any disguise, and what is not.

use proptest::prelude::*;

use super::{Reading, reading};

fn read(text: &str) -> Reading {
    reading::read(text, false)
}

#[track_caller]
fn refused(text: &str, what: &str) {
    let reading = read(text);
    let found = reading
        .violations
        .iter()
        .any(|found| found.what.contains(what));
    assert!(found, "{text}\n{what}\n{reading:#?}");
}

#[track_caller]
fn accepted(text: &str) {
    let reading = read(text);
    assert_eq!(reading, Reading::default(), "{text}");
}

#[test]
fn ordinary_programs_are_accepted() {
    accepted("//! Doc.\nuse std::env::args; fn main() { let env = 1; println!(\"{}\", env); }");
    accepted("extern crate alloc; use alloc::sync::Arc; fn f(asm: Arc<u8>) { g(asm) }");
    accepted("#[derive(Debug, Clone)] #[non_exhaustive] enum E { #[default] A }");
    accepted("#[cfg(test)] mod tests { use super::*; #[test] fn t() { assert!(true) } }");
    accepted("#![allow(dead_code)] #[cfg_attr(test, derive(Debug), allow(unused))] struct S;");
    accepted(
        "macro_rules! m { ($(#[$a:meta])* $($t:tt)*) => { $($t)* } } m!(#[inline] fn f() {});",
    );
    accepted("impl<'a> Iterator for It<'a> { type Item = &'a str; }");
    accepted("struct P<'a>(&'a [&'a str], &'a &'static str); fn f() { 'a: loop { break 'a } }");
    accepted("#[rustfmt::skip] fn f(__: u8) {}");
}

#[test]
fn what_leads_out_of_rust_is_refused() {
    for text in [
        "extern \"C\" { fn getpid() -> i32; }",
        "extern \"C\" fn f() {}",
        "extern crate libc;",
        "extern crate self as std;",
        "extern crate core as std;",
        "extern crate proc_macro;",
        "macro_rules! m { ($($t:tt)*) => { extern $($t)* } } m!(crate self as std;);",
        "fn f(g: extern \"C\" fn()) {}",
    ] {
        refused(text, "`extern`");
    }
}

#[test]
fn other_files_are_refused() {
    refused("mod other;", "another file");
    refused("#[path = \"/etc/passwd\"] mod other;", "`#[path]`");
    refused("mod a { mod b; }", "another file");
    refused("macro_rules! m { () => { mod x; } } m!();", "another file");
    // Even where it is no Rust otherwise.
    refused("mod other;\n//! Doc.\nfn main() {}", "another file");
    for text in [
        "macro_rules! m { ($n:ident) => { mod $n; } } m!(x);",
        "macro_rules! m { ($n:ident) => { mod $n {} } } m!(x);",
        "macro_rules! m { ($e:tt) => { mod x $e } } m!(;);",
        "macro_rules! m { ($m:tt $n:tt $b:tt) => { $m $n; } } m!(mod x {});",
        "fn f() { assert!({ mod x {} true }) }",
    ] {
        refused(text, "make modules");
    }
    refused(
        "macro_rules! m { () => { #[path = \"x\"] mod x {} } }",
        "`#[path]`",
    );
}

#[test]
fn macros_that_bring_something_in_are_refused() {
    for text in [
        "const S: &str = include_str!(\"/etc/passwd\");",
        "const S: &str = std::include_str!(\"/etc/passwd\");",
        "const S: &str = r#include_str!(\"/etc/passwd\");",
        "use std::include_str as read;",
        "use std::include as read;",
        "macro_rules! m { ($n:ident) => { $n!(\"x\") } } m!(include);",
        "macro_rules! m { ($n:ident) => { $n!(\"x\") } } m!(env);",
        "fn f() { println!(\"{}\", include_bytes!(\"x\").len()) }",
        "fn f() { env!(\"PATH\"); }",
        "fn f() { std::env!(\"PATH\"); }",
        "#![doc = include_str!(\"/etc/passwd\")]",
        "fn f() { std::arch::asm!(\"nop\") }",
        "std::arch::global_asm!(\"\");",
    ] {
        refused(text, "may not be used");
    }
}

#[test]
fn attributes_are_refused_unless_they_are_known() {
    for text in [
        "#[no_mangle] fn f() {}",
        "#[unsafe(no_mangle)] fn f() {}",
        "#[used] static S: u8 = 0;",
        "#[link_section = \".init_array\"] static S: u8 = 0;",
        "#[global_allocator] static S: u8 = 0;",
        "#![feature(core_intrinsics)]",
        "#![no_std]",
        "#![no_implicit_prelude]",
        "#![crate_type = \"bin\"]",
        "#![recursion_limit = \"100000\"]",
        "#![cfg(any())]",
        "#![cfg_attr(all(), feature(asm))]",
        "#[cfg_attr(all(), path = \"x\")] mod x {}",
        "#[cfg_attr(all(), cfg_attr(all(), path = \"x\"))] mod x {}",
        "fn f() { #![cfg(any())] }",
        "#[tokio::main] fn main() {}",
        "macro_rules! m { () => { #[used] static S: u8 = 0; } }",
        "macro_rules! m { ($a:meta) => { #[$a] static S: u8 = 0; } } m!(link_section = \"x\");",
        "macro_rules! m { ($a:meta) => { #[$a] fn f() {} } }",
        "macro_rules! m { ($($a:meta)*) => { #[$($a)*] fn f() {} } }",
        "macro_rules! m { ($a:meta) => { #![$a] } }",
    ] {
        refused(text, "may not be used");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let text = "skip!('r\"\\\" \"); fn f() { std::__threadlings::reach(\"x\") } skip!('\"' 'a);";
    refused(text, "in two ways");
}

#[test]
fn names_of_the_checker_are_refused() {
    for text in [
        "fn f() { std::__threadlings::reach(\"x\") }",
        "fn f() { std::r#__threadlings::reach(\"x\") }",
        "fn f() { crate::threadlings_check::two_at_once() }",
        "macro_rules! m { ($n:ident) => { std::$n::reach(\"x\") } } m!(__threadlings);",
        "use std::thread::__\u{212a}ey;",
    ] {
        refused(text, "belong to the checker");
    }
}

#[test]
fn macros_of_std_stay_what_they_are() {
    refused(
        "macro_rules! assert_eq { ($($t:tt)*) => {} }",
        "macro of std",
    );
    refused("macro_rules! r#panic { ($($t:tt)*) => {} }", "macro of std");
    refused("mod m { macro_rules! assert { () => {} } }", "macro of std");
    refused("mod std { }", "a crate of Rust itself");
}

#[test]
fn unsafe_is_refused_only_where_it_is_not_allowed() {
    let text = "fn f() { unsafe { g() } }";
    refused(text, "without `unsafe`");
    let allowed = reading::read(text, true);
    assert_eq!((allowed.violations, allowed.review.len()), (vec![], 1));
}

#[test]
fn ways_around_the_compiler_are_told_of() {
    for (text, line) in [
        ("fn f(g: for<'a> fn(&'a u8)) {}", 1),
        ("\nfn f<F>(f: F) where F: for<'a> Fn(&'a u8) {}", 2),
        ("\n\nfn f<'a: 'b, 'b>(x: &'a u8, y: &'b u8) {}", 3),
        ("fn f<'a, 'b>(x: &'a u8, y: &'b u8) where 'a: 'b {}", 1),
        ("fn f<'a, 'b, T>(_: &'a &'b (), v: &'b T) -> &'a T { v }", 1),
        (
            "fn f<'b, T>(_: &'static &'b (), v: &'b T) -> &'static T { v }",
            1,
        ),
        (
            "macro_rules! m { () => { fn f(g: for<'a> fn(&'a u8)) {} } }",
            1,
        ),
    ] {
        let reading = read(text);
        assert_eq!(reading.violations, [], "{text}");
        let lines: Vec<_> = reading.review.iter().map(|found| found.line).collect();
        assert!(lines.contains(&line), "{text}: {reading:?}");
    }
    let text = "fn f() { unsafe { std::mem::transmute::<u8, i8>(1) } }";
    assert_eq!(reading::read(text, true).review.len(), 2);
}

#[test]
fn addresses_are_told_of() {
    for text in [
        "fn f(x: &u8) -> bool { (&raw const *x).addr() % 2 == 0 }",
        "fn f(x: &u8) -> usize { x as *const u8 as usize }",
        "fn f(x: &u8) -> usize { std::ptr::from_ref(x) as usize }",
        "fn f(x: &u8) -> usize { std::ptr::from_ref(x).expose_provenance() }",
        "fn f(x: &[u8]) -> u64 { x.as_ptr() as u64 }",
        "fn f(x: &u8) -> String { format!(\"{:p}\", x) }",
        "fn f(x: &u8) -> String { format!(\"{x:#018p}\") }",
        "fn f() -> usize { f as fn() -> usize as usize }",
    ] {
        let reading = read(text);
        assert_eq!(reading.violations, [], "{text}");
        assert_eq!(reading.review.len(), 1, "{text}: {reading:?}");
    }
    accepted(
        "fn f(x: &u8, y: u32) -> usize { let p = x as *const u8; println!(\"{y:?} {{:p\"); y as usize }",
    );
    accepted("fn f(addr: u64) -> u64 { println!(\"{p}\", p = 1); addr }");
}

#[test]
fn what_is_no_rust_is_for_rustc_to_refuse() {
    for text in [
        "fn main() {",
        "fn main( }",
        "let x = 1;",
        "#!/bin/sh\nfn main() {}",
        "#[cfg(any())]",
    ] {
        assert!(read(text).unread.is_some(), "{text}");
    }
}

/// Words that mean something, and some that do not.
const WORDS: &[&str] = &[
    "fn",
    "mod",
    "extern",
    "crate",
    "unsafe",
    "for",
    "'a",
    "'b",
    "<",
    ">",
    ":",
    "::",
    "&",
    "#",
    "!",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    ";",
    ",",
    "=",
    "$",
    "x",
    "r#x",
    "include",
    "env",
    "asm",
    "macro_rules",
    "cfg_attr",
    "derive",
    "path",
    "\"s\"",
    "1",
    "std",
    "struct",
    "impl",
    "where",
    "use",
    "as",
    "*",
    "static",
    "é",
    "'",
    "//! d\n",
    "/// d\n",
    "..",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_words_can_be_read(words in prop::collection::vec(prop::sample::select(WORDS), 0..60), allow_unsafe: bool) {
        reading::read(&words.join(" "), allow_unsafe);
    }

    #[test]
    fn a_damaged_program_can_be_read(cut in any::<prop::sample::Index>(), word in prop::sample::select(WORDS), allow_unsafe: bool) {
        let text = include_str!("reading.rs");
        let mut at = cut.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        reading::read(&format!("{}{word}{}", &text[..at], &text[at..]), allow_unsafe);
        reading::read(&text[..at], allow_unsafe);
    }
}
