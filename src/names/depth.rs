//! How deeply a text can be nested, told before anybody goes down into it: a parser and whoever visits its tree need stack
//! for each level, and who writes a program can write more levels than there is stack.

use std::thread;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Levels beyond which a text is not looked into. People do not write such programs.
const DEEPEST: usize = 1_000;
/// Bytes of stack that are enough for this many levels; touched only as far as they are needed.
const STACK: usize = 128 << 20;

/// Runs `work`, which goes down into a tree of [`shallow`](is_shallow) text, on a stack that is large enough. `None` where it
/// panics, or there is no memory for it.
pub fn with_room<R: Send>(work: impl FnOnce() -> R + Send) -> Option<R> {
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK);
        builder.spawn_scoped(scope, work).ok()?.join().ok()
    })
}

/// Whether a text has no more than [`DEEPEST`] levels. A level is a group, or any token of what may be one expression, as in
/// `- - - 1` and `1 + 1 + 1`. To know this takes no stack.
pub fn is_shallow(tokens: TokenStream) -> bool {
    let mut open = vec![(tokens, 0)];
    while let Some((tokens, above)) = open.pop() {
        let mut level = above;
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            level += 1;
            if level > DEEPEST {
                return false;
            }
            match token {
                TokenTree::Punct(sign) if matches!(sign.as_char(), ';' | ',') => level = above,
                TokenTree::Group(group) => {
                    let is_block = group.delimiter() == Delimiter::Brace;
                    open.push((group.stream(), level));
                    // Whatever begins with a word or an attribute after a block is another statement or item.
                    let next = match tokens.peek() {
                        Some(TokenTree::Ident(word)) => word != "else" && word != "as",
                        Some(TokenTree::Punct(sign)) => sign.as_char() == '#',
                        _ => false,
                    };
                    if is_block && next {
                        level = above;
                    }
                }
                _ => {}
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_shallow;
    use crate::names::index;

    fn shallow(text: &str) -> bool {
        is_shallow(text.parse().expect("tokens"))
    }

    #[test]
    fn long_programs_are_shallow() {
        let functions =
            "fn f(a: u8) -> u8 { if a > 1 { g(a, [1, 2]) } else { a } }\n".repeat(5_000);
        assert!(shallow(&functions));
        assert!(shallow(&format!(
            "fn f() {{ {} }}",
            "let a = b + c;".repeat(20_000)
        )));
        assert!(shallow(&format!(
            "const A: [u8; 99] = [{}];",
            "1 + 1,".repeat(20_000)
        )));
        assert!(shallow(&format!("{}1{}", "(".repeat(900), ")".repeat(900))));
    }

    #[test]
    fn there_is_room_for_what_is_shallow() {
        let nested = |before: &str, after: &str| {
            let count = 980 / before.len();
            let (before, after) = (before.repeat(count), after.repeat(count));
            index::build(&format!("fn f() {{ g({before}1{after}) }}"))
        };
        for (before, after) in [("(", ")"), ("-", ""), ("h(", ")"), ("[", "]"), ("{", "}")] {
            assert!(!nested(before, after).calls.is_empty(), "{before}");
        }
    }

    #[test]
    fn what_nests_in_any_way_is_deep() {
        for (before, middle, after) in [
            ("(", "1", ")"),
            ("{", "1", "}"),
            ("-", "1", ""),
            ("&", "x", ""),
            ("Box<", "u8", ">"),
            ("1 + ", "1", ""),
            ("{1} + ", "1", ""),
            ("if a {} else ", "{}", ""),
            ("x.f().", "g()", ""),
            ("{1} as u8 + ", "1", ""),
            ("|| ", "1", ""),
            ("(- ", "1", ")"),
        ] {
            let text = [before.repeat(5_000).as_str(), middle, &after.repeat(5_000)].concat();
            assert!(!shallow(&text), "{before}");
        }
    }
}
