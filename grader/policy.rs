//! What an answer to an exercise may not contain.

use proc_macro2::{TokenStream, TokenTree};

use crate::intake::SourceFile;
use crate::subject::Subject;

/// What `file` contains although the exercise of `subject` does not allow it: one sentence each, with the place.
pub fn violations(subject: &Subject, file: &SourceFile) -> Vec<String> {
    let forbidden = subject
        .exercise
        .as_ref()
        .is_some_and(|exercise| !exercise.manifest.allow_unsafe);
    // What is not even made of Rust tokens is for rustc to refuse.
    let tokens = file.text.parse::<TokenStream>();
    let Some(tokens) = tokens.ok().filter(|_| forbidden) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    // A stack of our own: nesting in a file must not use up ours.
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Ident(word) if word == "unsafe" => found.push(word.span().start()),
                _ => {}
            }
        }
    }
    found.sort();
    let path = file.path.display();
    found
        .iter()
        .map(|at| {
            format!(
                "{path}:{}:{}: this exercise is to be solved without `unsafe`",
                at.line,
                at.column + 1
            )
        })
        .collect()
}
