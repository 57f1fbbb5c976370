//! The tokens of a file, for whoever tells something by them: the one place where a program's text becomes tokens.
//!
//! rustc has a lexer of its own, and what it reads as code must not be text of a string to us. So both lexers read the
//! file, and their tokens must begin and end at the same places. One difference is known: after `'` the lexer of
//! `proc_macro2` begins anew, so that `'r"\"` is a raw string to it, and to rustc a lifetime and the beginning of an
//! ordinary string. What an edition or a later compiler reads otherwise is not read at all.

use std::iter::Peekable;
use std::ops::Range;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use ra_ap_rustc_lexer::{self as rustc, FrontmatterAllowed, LiteralKind, TokenKind};

/// Why a file has no tokens that all agree on. Whoever meets it must expect anything in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// rustc refuses it, at least in the newest edition, and says best what is wrong.
    NotRust(String),
    /// It can be read in two ways.
    Ambiguous {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
}

/// The tokens of `text`.
///
/// # Errors
/// When it is not made of Rust tokens, or can be read in two ways.
pub fn read(text: &str) -> Result<TokenStream, Unread> {
    // Left out by rustc as well, and no line or column of a token changes.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = &*text.replace("\r\n", "\n");
    let stream: TokenStream = text
        .parse()
        .map_err(|error: proc_macro2::LexError| Unread::NotRust(error.to_string()))?;
    if rustc::strip_shebang(text).is_some() {
        return Err(Unread::NotRust("its first line is for a shell".to_string()));
    }
    let mut ours = Places::of(stream.clone());
    let mut theirs = theirs(text);
    loop {
        let (one, other) = (ours.next(), theirs.next().transpose()?);
        if one != other {
            let begins = [one, other].into_iter().flatten().map(|place| place.start);
            return Err(ambiguous(text, begins.min().unwrap_or(0)));
        }
        if one.is_none() {
            return Ok(stream);
        }
    }
}

fn ambiguous(text: &str, at: usize) -> Unread {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    Unread::Ambiguous {
        line: before.matches('\n').count() + 1,
        column: before[line..].chars().count() + 1,
    }
}

/// Bytes of one token. A lifetime is one, and so is a documentation comment.
type Place = Range<usize>;

/// rustc's tokens without space.
fn theirs(text: &str) -> impl Iterator<Item = Result<Place, Unread>> {
    let mut at = 0;
    rustc::tokenize(text, FrontmatterAllowed::Yes).filter_map(move |token| {
        let place = at..at + token.len as usize;
        at = place.end;
        match token.kind {
            TokenKind::Whitespace
            | TokenKind::LineComment { doc_style: None }
            | TokenKind::BlockComment {
                doc_style: None, ..
            } => None,
            // Read otherwise in some edition, or in none.
            TokenKind::Frontmatter { .. }
            | TokenKind::InvalidIdent
            | TokenKind::Unknown
            | TokenKind::UnknownPrefix
            | TokenKind::UnknownPrefixLifetime
            | TokenKind::ForcedKeywordIdent
            | TokenKind::RawLifetime
            | TokenKind::GuardedStrPrefix
            | TokenKind::Literal {
                kind: LiteralKind::RawCStr { .. },
                ..
            } => Some(Err(Unread::NotRust(format!(
                "what `{}` means depends on the edition",
                text[place].escape_debug()
            )))),
            // rustc takes the end of a line for one character before all else.
            TokenKind::LineComment { .. } if text[place.clone()].ends_with('\r') => {
                Some(Ok(place.start..place.end - 1))
            }
            _ => Some(Ok(place)),
        }
    })
}

/// The same of our tokens.
struct Places {
    /// A stack of our own: nesting in a file must not use up ours. With each group, where its end is.
    open: Vec<(Peekable<proc_macro2::token_stream::IntoIter>, Option<Place>)>,
}

impl Places {
    fn of(stream: TokenStream) -> Places {
        Places {
            open: vec![(stream.into_iter().peekable(), None)],
        }
    }
}

impl Iterator for Places {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        loop {
            let (tokens, end) = self.open.last_mut()?;
            let Some(token) = tokens.next() else {
                let end = end.take();
                self.open.pop();
                match end {
                    Some(end) => return Some(end),
                    None => continue,
                }
            };
            let place = place(token.span());
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '\'' => {
                    let word = tokens.next();
                    let end = word.map_or(place.end, |word| self::place(word.span()).end);
                    return Some(place.start..end);
                }
                // A comment that documents becomes an attribute, all of which is where the comment is.
                TokenTree::Punct(_) if place.len() > 1 => {
                    while tokens
                        .next_if(|next| self::place(next.span()) == place)
                        .is_some()
                    {}
                    return Some(place);
                }
                TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                    let end = self::place(group.span_close());
                    self.open
                        .push((group.stream().into_iter().peekable(), Some(end)));
                    return Some(self::place(group.span_open()));
                }
                _ => return Some(place),
            }
        }
    }
}

fn place(span: Span) -> Place {
    span.byte_range()
}

#[cfg(test)]
mod tests {
    use super::{Unread, read};

    #[test]
    fn ordinary_text_is_read() {
        for text in [
            "",
            "//! Inner.\n/// Outer.\nfn main() { let a = 'a'; let b = b'\\''; 'r: loop { break 'r; } }",
            "/** A */ fn f<'a>(x: &'a str) -> &'static str { r#\"\"# } /*! /* nested */ */ /**/ /***/",
            "\u{feff}#![allow(unused)]\r\nfn r#if() { 1.0.0; 1..2; 1.e(); 0x1f_u8; 1e5f64; -1; c\"\"; b\"\\\"\"; br\"\\\"; }",
            "macro_rules! m { ($($t:tt)*) => { $crate::a!('r \"\\\"\") } }",
            "fn f() { x.0.1; '\\u{1F600}'; \"a\\\n  b\"; a<<b>>c; |x| x; ..=5 }",
        ] {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn what_two_lexers_read_in_two_ways_is_not_read() {
        for prefix in ["r", "br"] {
            let text = format!("m!(\n  é '{prefix}\"\\\" \"); unsafe {{}} m!('\"' 'a);");
            let expected = Unread::Ambiguous { line: 2, column: 5 };
            assert_eq!(read(&text).unwrap_err(), expected, "{text}");
        }
        for text in ["m!('r\"a\")", "m!('r#\"a\"#)", "m!('cr\"\\\" \");"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_depends_on_the_edition_is_not_read() {
        for text in [
            "fn f<'r#unsafe>() {}",
            "m!(cr\"\\\" unsafe \")",
            "m!(cr#\"\"#)",
            "m!(k#unsafe)",
            "m!(z\"\")",
            "m!('a#b)",
            "m!(#\"a\"#)",
            "m!(a ## b)",
            "---\nunsafe\n---\nfn main() {}",
            "#!/bin/sh \"\nfn main() { unsafe {} }\n// \"",
            "fn f() {\u{a0}}",
            "fn f( {",
        ] {
            assert!(matches!(read(text), Err(Unread::NotRust(_))), "{text}");
        }
    }

    /// Every file of the sources of this program, and of std where it is installed.
    #[test]
    fn programs_of_every_kind_are_read() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut folders = vec!["grader", "src", "std", "exercises", "solutions"]
            .into_iter()
            .map(|name| root.join(name))
            .collect::<Vec<_>>();
        let mut count = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("it is there") {
                let path = entry.expect("it is there").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let text = std::fs::read_to_string(&path).expect("text");
                    assert_eq!(read(&text).err(), None, "{}", path.display());
                    let windows = text.replace('\n', "\r\n");
                    assert_eq!(read(&windows).err(), None, "{}", path.display());
                    count += 1;
                }
            }
        }
        assert!(count > 100);
    }
}
