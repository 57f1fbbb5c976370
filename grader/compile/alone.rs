//! Whether a file must be compiled alone, or may be a module beside others in one crate and nobody can tell the difference:
//! not the file, not its report, and not the others.
//!
//! Told by the tokens, and cautiously: a word in a place where it means nothing sends a file to a call of rustc of its
//! own, which costs time only. What a crate with more in it could make worse, such as inference that finds two
//! implementations where there was one, is an error; then the file is compiled alone as well.

use proc_macro2::{Delimiter, Group, TokenTree};

use crate::tokens;

/// Words that lead out of a module, say where it is, or mean something else in one than in a crate's root.
const WORDS: &[&str] = &[
    "Backtrace",
    "Location",
    "PanicHookInfo",
    "PanicInfo",
    "TypeId",
    "asm",
    "backtrace",
    "concat_idents",
    "crate",
    "dbg",
    "env",
    "extern",
    "global_asm",
    "include",
    "include_bytes",
    "include_str",
    "module_path",
    "naked_asm",
    "option_env",
    "set_hook",
    "take_hook",
    "type_id",
    "type_name",
    "type_name_of_val",
    "unsafe",
];

/// Attributes that change nothing beyond what they stand on. `#![…]` stands on the file.
const ATTRIBUTES: &[&str] = &[
    "allow",
    "clippy",
    "cold",
    "default",
    "derive",
    "doc",
    "expect",
    "inline",
    "must_use",
    "non_exhaustive",
    "repr",
    "rustfmt",
    "test",
    "track_caller",
    "warn",
];

/// The same inside a file, about all of it.
const OF_THE_FILE: &[&str] = &["allow", "doc", "expect", "warn"];

/// Names of ours begin like this.
const OURS: &[&str] = &["__threadlings", "threadlings_check"];

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// Somebody's answer, which is the root of its crate otherwise.
    Answer,
    /// The check of the course, a module of the answer's. It may use names of ours.
    Check,
}

/// Whether the file must be compiled alone.
pub fn must_be(text: &str, file: File) -> bool {
    let Ok(tokens) = tokens::read(text) else {
        return true;
    };
    let mut climbs = false;
    let mut defines = false;
    // A stack of our own: nesting in a file must not use up ours.
    // With each group, the modules around it of which the file may know.
    let mut open = vec![(tokens, usize::from(file == File::Check))];
    while let Some((tokens, depth)) = open.pop() {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let before = &tokens[..at];
            match token {
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    climbs |= word == "super";
                    defines |= word == "macro_rules";
                    if WORDS.contains(&word.as_str())
                        || file == File::Answer && OURS.iter().any(|ours| word.starts_with(ours))
                        || word == "super" && supers(before) >= depth
                        || word == "file"
                            && tokens.get(at + 1).is_some_and(|next| is_mark(next, '!'))
                        || is_file_module(before, &tokens[at..])
                    {
                        return true;
                    }
                }
                TokenTree::Group(group) => match attribute(before) {
                    Some(known) if !is_known(group, known) => return true,
                    // `pub(crate)` shows a thing to nobody who could name it.
                    _ if is_visibility(before, group) => {}
                    _ => {
                        let is_module =
                            matches!(before, [.., word, TokenTree::Ident(_)] if is(word, "mod"));
                        open.push((group.stream(), depth + usize::from(is_module)));
                    }
                },
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    // A macro can put `super` before `super`.
    climbs && defines
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// How many `super::` end here.
fn supers(mut before: &[TokenTree]) -> usize {
    let mut count = 0;
    while let [rest @ .., word, one, other] = before
        && is(word, "super")
        && is_mark(one, ':')
        && is_mark(other, ':')
    {
        before = rest;
        count += 1;
    }
    count
}

/// Whether the name that comes next is that of a module in another file: `mod name;`
fn is_file_module(before: &[TokenTree], next: &[TokenTree]) -> bool {
    before.last().is_some_and(|word| is(word, "mod"))
        && next.get(1).is_some_and(|mark| is_mark(mark, ';'))
}

/// The attributes of which one may come next, if one comes next.
fn attribute(before: &[TokenTree]) -> Option<&'static [&'static str]> {
    match before {
        [.., hash, mark] if is_mark(hash, '#') && is_mark(mark, '!') => Some(OF_THE_FILE),
        [.., hash] if is_mark(hash, '#') => Some(ATTRIBUTES),
        _ => None,
    }
}

/// `[forbid(unsafe_code)]` is always known: such code is compiled alone.
fn is_known(attribute: &Group, known: &[&str]) -> bool {
    let tokens: Vec<TokenTree> = attribute.stream().into_iter().collect();
    match tokens.as_slice() {
        [word, TokenTree::Group(group)] if is(word, "forbid") || is(word, "deny") => {
            group.stream().to_string() == "unsafe_code"
        }
        [TokenTree::Ident(word), ..] => known.iter().any(|known| word == known),
        _ => false,
    }
}

/// `(crate)` after `pub`
fn is_visibility(before: &[TokenTree], group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis
        && before.last().is_some_and(|word| is(word, "pub"))
        && group.stream().to_string() == "crate"
}

#[cfg(test)]
mod tests {
    use super::{File, must_be};

    #[test]
    fn an_ordinary_answer_has_company() {
        for text in [
            "//! An answer.\n#![allow(dead_code)]\nuse std::sync::Mutex;\npub struct A(Mutex<u8>);",
            "#![forbid(unsafe_code)] #[derive(Debug)] pub(crate) struct A;",
            "mod inner { use super::*; mod more { use super::super::A; } }",
            "macro_rules! twice { ($e:expr) => { $e; $e } } fn main() { twice!(f()) }",
            "#[test] fn a() { assert!(true, \"crate super unsafe\") } // extern",
            "#[inline(always)] #[must_use] fn f() {}",
        ] {
            assert!(!must_be(text, File::Answer), "{text}");
        }
        let check = "use super::*; mod m { use super::super::A; fn f() { std::__threadlings::reach(\"all\") } }";
        assert!(!must_be(check, File::Check));
    }

    #[test]
    fn what_could_be_told_apart_is_alone() {
        for text in [
            "use crate::A;",
            "use super::*;",
            "pub(super) struct A;",
            "pub(in crate::a) struct A;",
            "mod inner { use super::super::A; }",
            "mod inner { use super :: super::A; }",
            "macro_rules! up { ($($t:tt)*) => { super::$($t)* } } mod a { fn f() { up!(super::A) } }",
            "macro_rules! a { () => { $crate::A } }",
            "#[macro_export] macro_rules! a { () => {} }",
            "#[macro_use] mod a {}",
            "#![feature(never_type)]",
            "#![no_std]",
            "#![recursion_limit = \"1000\"]",
            "#![deny(missing_docs)]",
            "#![cfg(unix)]",
            "#[no_mangle] pub fn threadlings_entry() {}",
            "#[cfg_attr(all(), no_mangle)] pub fn f() {}",
            "#[unsafe(no_mangle)] pub fn f() {}",
            "macro_rules! a { ($a:meta) => { #[$a] fn f() {} } }",
            "extern crate alloc;",
            "fn f() { unsafe {} }",
            "mod elsewhere;",
            "fn f() { println!(\"{}\", module_path!()) }",
            "fn f() { println!(\"{}\", file!()) }",
            "fn f() { dbg!(1); }",
            "fn f() { std::panic::Location::caller(); }",
            "fn f<T>() -> &'static str { std::any::type_name::<T>() }",
            "mod threadlings_check {}",
            "fn f() { std::__threadlings::reach(\"all\") }",
            "fn f( {",
            "skip!('r\"\\\" \"); use crate::A; skip!('\"' 'a);",
        ] {
            assert!(must_be(text, File::Answer), "{text}");
        }
        assert!(must_be("use super::super::A;", File::Check));
    }
}
