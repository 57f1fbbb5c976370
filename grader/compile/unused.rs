//! Where a program does not use the result of a read-modify-write: calls like `hits.fetch_add(1, Relaxed);` that are a
//! whole statement.
//!
//! Found in the tokens, as nesting in a file must not use up our stack. What is not plainly such a statement, and
//! whatever a macro gets to see, is left out: then the explorer takes the result for used, which is always right.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use threadlings::trace::Place;

use super::SourceText;
use crate::tokens;

/// Methods of atomics that return what was there before, and commute with themselves.
const METHODS: &[&str] = &[
    "fetch_add",
    "fetch_sub",
    "fetch_and",
    "fetch_or",
    "fetch_xor",
    "fetch_not",
    "fetch_max",
    "fetch_min",
];

/// An attribute by which the place of a call becomes that of calls inside the called function.
const ELSEWHERE: &str = "track_caller";

/// Words that cannot begin or be part of what a method is called on, or that make the result used.
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "fn", "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "static", "struct", "trait", "try", "type", "unsafe", "use", "where", "while",
    "yield",
];

/// The places of the methods' names in `files`.
pub fn of(files: &[SourceText]) -> Vec<Place> {
    let mut places = Vec::new();
    if files.iter().any(|file| file.text.contains(ELSEWHERE)) {
        return places;
    }
    for file in files {
        let name = file.path.to_string_lossy();
        let tokens = tokens::read(file.text).unwrap_or_default();
        calls(tokens, &mut |method| {
            let at = method.span().start();
            places.push(Place {
                file: name.clone().into_owned(),
                line: u32::try_from(at.line).unwrap_or(0),
                column: u32::try_from(at.column + 1).unwrap_or(0),
            });
        });
    }
    places
}

/// Tells of every call that is a statement by itself.
fn calls(tokens: TokenStream, found: &mut impl FnMut(&Ident)) {
    // A stack of our own. With each group, whether it is a block.
    let mut open = vec![(tokens, false)];
    while let Some((tokens, is_block)) = open.pop() {
        let mut statement = Vec::new();
        for token in tokens {
            match &token {
                TokenTree::Group(group) if !is_macro_call(&statement) => {
                    let braced = group.delimiter() == Delimiter::Brace;
                    open.push((group.stream(), braced));
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => {
                    if is_block && let Some(method) = call(&statement) {
                        found(method);
                    }
                    statement.clear();
                    continue;
                }
                _ => {}
            }
            let ends = matches!(&token, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
            statement.push(token);
            if ends {
                statement.clear();
            }
        }
    }
}

/// Whether a group after these tokens belongs to a macro: `name!` or `macro_rules! name`.
fn is_macro_call(before: &[TokenTree]) -> bool {
    let is_mark = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == '!');
    match before {
        [.., name, TokenTree::Ident(_)] if is_mark(name) => true,
        [.., name] => is_mark(name),
        [] => false,
    }
}

/// The method, if the statement is a call of one of [`METHODS`] on a plain place, or `let _ =` and such a call.
fn call(statement: &[TokenTree]) -> Option<&Ident> {
    let expression = match statement {
        [
            TokenTree::Ident(word),
            TokenTree::Ident(name),
            TokenTree::Punct(is),
            rest @ ..,
        ] if word == "let" && name == "_" && is.as_char() == '=' => rest,
        _ => statement,
    };
    let [
        receiver @ ..,
        TokenTree::Punct(dot),
        TokenTree::Ident(method),
        TokenTree::Group(_),
    ] = expression
    else {
        return None;
    };
    let is_call = dot.as_char() == '.' && METHODS.iter().any(|known| method == known);
    // After a block, a parenthesis or an operator would go on with what was before it.
    let begins = matches!(receiver.first(), Some(TokenTree::Ident(_)));
    (is_call && begins && receiver.iter().all(is_part_of_a_place)).then_some(method)
}

/// `self.counters[i].0`, `HITS`, `hits(3).inner`
fn is_part_of_a_place(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => KEYWORDS.iter().all(|keyword| word != keyword),
        TokenTree::Punct(mark) => matches!(mark.as_char(), '.' | ':'),
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
        TokenTree::Literal(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{SourceText, of};
    use std::path::Path;

    /// Where the method's name begins, as `line:column`.
    fn places(text: &str) -> Vec<String> {
        let path = Path::new("a.rs");
        let mut places = of(&[SourceText { path, text }]);
        places.sort_by_key(|place| (place.line, place.column));
        let shown = places.iter();
        shown
            .map(|place| format!("{}:{}", place.line, place.column))
            .collect()
    }

    #[test]
    fn a_statement_uses_nothing() {
        assert_eq!(
            places("fn f() {\n    HITS.fetch_add(1, SeqCst);\n}"),
            ["2:10"]
        );
        assert_eq!(places("fn f() { self.a[i].0.fetch_or(1, R); }"), ["1:22"]);
        assert_eq!(places("fn f() { let _ = x.fetch_sub(1, R); }"), ["1:20"]);
        assert_eq!(
            places("fn f() { spawn(move || { x.fetch_max(1, R); }); }"),
            ["1:28"]
        );
        assert_eq!(
            places("fn f() { if c { x.fetch_not(R); } y\n.fetch_min(1, R); }"),
            ["1:19", "2:2"]
        );
        assert_eq!(
            places("fn f() { loop {} a::b().fetch_xor(1, R); }"),
            ["1:25"]
        );
    }

    #[test]
    fn whatever_else_may_use_it() {
        for text in [
            "fn f() -> u8 { x.fetch_add(1, R) }",
            "fn f() { let a = x.fetch_add(1, R); }",
            "fn f() { a = x.fetch_add(1, R); }",
            "fn f() { a += x.fetch_add(1, R); }",
            "fn f() { return x.fetch_add(1, R); }",
            "fn f() { g(x.fetch_add(1, R)); }",
            "fn f() { let a = || x.fetch_add(1, R); }",
            "fn f() { let a = if c { g } else { h } (x).fetch_add(1, R); }",
            "fn f() { let a = { 1 } + x.fetch_add(1, R); }",
            "fn f() { let a = S { b: 1 }.fetch_add(1, R); }",
            "fn f() { x.fetch_add(1, R) == 1; }",
            "fn f() { x.fetch_add(1, R).pow(2); }",
            "fn f() { x.fetch_nand(1, R); }",
            "fn f() { x.swap(1, R); }",
            "fn f() { match a { 1 => x.fetch_add(1, R), _ => 2 }; }",
            "fn f() { assert!(x.fetch_add(1, R) == 0); }",
            "fn f() { with! { x.fetch_add(1, R); } }",
            "fn f() { with!({ x.fetch_add(1, R); }); }",
            "macro_rules! m { () => { { x.fetch_add(1, R); } } }",
            "fn f() { skip!('r\"\\\" \"); g(x.fetch_add(1, R)); x.fetch_add(1, R); skip!('\"' 'a); }",
            "#[track_caller] fn g() {} fn f() { x.fetch_add(1, R); }",
            "static A: [u8; { x.fetch_add(1, R) }] = 1;",
        ] {
            assert_eq!(places(text), [""; 0], "{text}");
        }
    }
}
