//! Whether the reference counts of `Arc` can matter to a program, told by its source.
//!
//! They do where the program looks at them, and where the last drop of a value does something: then every change of a
//! count is announced, which costs time. In all other programs nothing can tell one count from another.

use proc_macro2::{TokenStream, TokenTree};

use crate::tokens;

/// What an `Arc` cannot be had without.
const POINTERS: &[&str] = &["Arc", "Weak", "Wake"];

/// Functions that look at a count.
const LOOKS: &[&str] = &[
    "try_unwrap",
    "strong_count",
    "weak_count",
    "make_mut",
    "unwrap_or_clone",
    "upgrade",
];

/// The same, but common names of methods of other types too: those of `Arc` are called by path.
const LOOKS_BY_PATH: &[&str] = &["get_mut", "into_inner"];

/// What has a visible end: a destructor of the program's own, the ends of a channel, and what calls the program's own code
/// when it ends.
const VISIBLE: &[&str] = &[
    "Drop",
    "BufWriter",
    "LineWriter",
    "splice",
    "channel",
    "sync_channel",
    "Sender",
    "SyncSender",
    "Receiver",
];

/// What can make the end of a type visible that it is a part of.
const LOUD: &[&str] = &[
    "Arc",
    "Weak",
    "Sender",
    "SyncSender",
    "Receiver",
    "Waker",
    "dyn",
];

/// Whether the counts matter. `watched`: accesses to memory are watched, so that it matters to any `Arc` that its last drop
/// comes after the others.
pub fn matter(texts: &[&str], watched: bool) -> bool {
    Words::of(texts.iter().copied()).is_none_or(|words| words.arc && (words.matters || watched))
}

/// Whether the ends of the program's own types are invisible but for what their generic arguments do.
pub fn ends_are_quiet<'a>(texts: impl IntoIterator<Item = &'a str>) -> bool {
    Words::of(texts).is_some_and(|words| !words.loud)
}

#[derive(Default)]
struct Words {
    arc: bool,
    matters: bool,
    loud: bool,
}

impl Words {
    /// `None` where a file cannot be read, so that anything may be in it.
    fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Words> {
        let mut words = Words::default();
        for text in texts {
            words.read(tokens::read(text).ok()?);
        }
        Some(words)
    }

    fn read(&mut self, tokens: TokenStream) {
        // A stack of our own: nesting in a file must not use up ours. With each group, whether it defines a type.
        let mut open = vec![(tokens, false)];
        while let Some((tokens, of_type)) = open.pop() {
            let mut defines = of_type;
            let mut colons = 0;
            let mut last = String::new();
            for token in tokens {
                match token {
                    TokenTree::Group(group) => {
                        open.push((group.stream(), defines));
                        if group.delimiter() == proc_macro2::Delimiter::Brace {
                            defines = of_type;
                        }
                        colons = 0;
                        last.clear();
                    }
                    TokenTree::Punct(mark) => {
                        if mark.as_char() == ';' {
                            defines = of_type;
                        }
                        colons = if mark.as_char() == ':' { colons + 1 } else { 0 };
                        last.clear();
                    }
                    TokenTree::Ident(word) => {
                        let word = word.to_string();
                        // `r#Drop` is the same name.
                        let word = word.strip_prefix("r#").unwrap_or(&word).to_string();
                        defines |= matches!(word.as_str(), "struct" | "enum" | "union" | "type");
                        self.word(&word, colons == 2, defines);
                        // Under another name it could be anywhere.
                        self.loud |= word == "as" && LOUD.contains(&last.as_str());
                        colons = 0;
                        last = word;
                    }
                    TokenTree::Literal(_) => {
                        colons = 0;
                        last.clear();
                    }
                }
            }
        }
    }

    fn word(&mut self, word: &str, by_path: bool, defines: bool) {
        self.arc |= POINTERS.contains(&word);
        self.matters |= LOOKS.contains(&word)
            || VISIBLE.contains(&word)
            || (by_path && LOOKS_BY_PATH.contains(&word));
        self.loud |= word == "Drop" || word == "macro_rules" || (defines && LOUD.contains(&word));
    }
}

#[cfg(test)]
mod tests {
    /// Whether the ends are quiet; `None` where the counts do not matter.
    fn of(texts: &[&str]) -> Option<bool> {
        super::matter(texts, false).then(|| super::ends_are_quiet(texts.iter().copied()))
    }

    #[test]
    fn what_never_asks_is_left_alone() {
        assert_eq!(
            of(&["use std::sync::Arc; fn main() { m.get_mut(&1); Arc::clone(&a); }"]),
            None
        );
        assert_eq!(of(&["fn main() { Rc::try_unwrap(a); }"]), None);
    }

    #[test]
    fn a_name_can_be_written_in_another_way() {
        let matters = |text| super::matter(&[text], false);
        assert!(matters("fn f(a: Arc<u8>) { r#Arc::r#try_unwrap(a); }"));
        assert!(matters("impl r#Drop for A {} fn f(a: r#Arc<A>) {}"));
        assert!(matters("fn f(a: Weak<u8>) { a.strong_count() }"));
        assert!(matters("fn f(a: Arc<BufWriter<A>>) {}"));
        let text = "struct A(r#Arc<u8>); fn f(a: A) { Arc::into_inner(a.0); }";
        assert_eq!(of(&[text]), Some(false));
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_counted() {
        let text = "skip!('r\"\\\" \"); fn f(a: Arc<A>) { Arc::try_unwrap(a); } skip!('\"' 'a);";
        assert_eq!(of(&[text]), Some(false));
    }

    #[test]
    fn what_looks_or_ends_visibly_is_counted() {
        let quiet = Some(true);
        let loud = Some(false);
        assert_eq!(of(&["fn f(a: Arc<u8>) { Arc::try_unwrap(a); }"]), quiet);
        assert_eq!(
            of(&["fn f(a: Arc<u8>) { vec![Arc::get_mut(&mut a)]; }"]),
            quiet
        );
        assert_eq!(
            of(&["fn f(a: Arc<u8>) {}", "fn g() { weak.upgrade(); }"]),
            quiet
        );
        assert_eq!(
            of(&["struct A(u8); fn f(a: Arc<A>) { Arc::into_inner(a); }"]),
            quiet
        );
        assert_eq!(
            of(&["struct A(Arc<u8>); fn f(a: A) { Arc::into_inner(a.0); }"]),
            loud
        );
        assert_eq!(
            of(&["enum A { B { c: Vec<Weak<u8>> } } fn f(a: Arc<A>) { a.upgrade() }"]),
            loud
        );
        assert_eq!(of(&["impl Drop for A {} fn f(a: Arc<A>) {}"]), loud);
        assert_eq!(
            of(&["use std::sync::{Arc as Shared}; fn f() { a.upgrade() }"]),
            loud
        );
    }
}
