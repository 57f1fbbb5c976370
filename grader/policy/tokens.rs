//! What can be told by the tokens of a file alone, wherever they stand: a keyword or a name that is not written down
//! cannot be made of others, by no macro.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::Finding;

/// The macros of std that an answer, and a check, may use.
pub const STD_MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "line",
    "matches",
    "module_path",
    "panic",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Macros that bring in what is not in the file, and what they do.
const OUTSIDE: &[(&str, &str)] = &[
    ("include", READS),
    ("include_str", READS),
    ("include_bytes", READS),
    ("env", "reads the environment of the compiler"),
    ("option_env", "reads the environment of the compiler"),
    ("asm", ASSEMBLY),
    ("global_asm", ASSEMBLY),
    ("naked_asm", ASSEMBLY),
];

const READS: &str = "reads another file";
const ASSEMBLY: &str = "is assembly, which is not checked";

/// Names that have no other use than one that an answer may not make of them.
const RESERVED: &[&str] = &[
    "alloc_error_handler",
    "concat_idents",
    "export_name",
    "global_allocator",
    "link_name",
    "link_ordinal",
    "link_section",
    "no_mangle",
    "panic_handler",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
];

/// How names begin that are the checker's own, or belong to the insides of std.
const INTERNAL: &[&str] = &["__", "threadlings"];

/// The crates that a program may name.
const CRATES: &[&str] = &["alloc", "core", "std"];

/// One token, or the beginning or end of a group.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub span: Span,
}

/// See [`Token`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A keyword or name, as rustc understands it.
    Word {
        text: String,
        /// `r#text`, which is no keyword.
        raw: bool,
    },
    Punct(char),
    Open(Delimiter),
    Close,
    /// As it is written.
    Literal(String),
}

impl Token {
    /// Whether this is the keyword `word`.
    pub fn is_keyword(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word { text, raw: false } if text == word)
    }

    /// The name that this is, if it is one.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The literal that this is, as it is written.
    pub fn literal(&self) -> Option<&str> {
        match &self.kind {
            Kind::Literal(text) => Some(text),
            _ => None,
        }
    }

    pub fn is(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }
}

/// All tokens, in the order of the text. The depth of groups does not matter.
pub fn flat(tokens: TokenStream) -> Vec<Token> {
    let mut flat = Vec::new();
    // A stack of our own: nesting in a file must not use up ours.
    let mut open = vec![(tokens.into_iter(), None)];
    while let Some((tokens, end)) = open.last_mut() {
        let Some(token) = tokens.next() else {
            flat.extend(end.take());
            open.pop();
            continue;
        };
        let span = token.span();
        let kind = match token {
            TokenTree::Group(group) => {
                let end = Token {
                    kind: Kind::Close,
                    span: group.span_close(),
                };
                open.push((group.stream().into_iter(), Some(end)));
                Kind::Open(group.delimiter())
            }
            TokenTree::Ident(word) => word_of(&word.to_string()),
            TokenTree::Punct(punct) => Kind::Punct(punct.as_char()),
            TokenTree::Literal(literal) => Kind::Literal(literal.to_string()),
        };
        flat.push(Token { kind, span });
    }
    flat
}

/// rustc composes characters; of those that names are made of, one becomes a letter of ASCII: the sign for kelvin.
fn word_of(text: &str) -> Kind {
    let text = text.replace('\u{212a}', "K");
    match text.strip_prefix("r#") {
        Some(name) => Kind::Word {
            text: name.to_string(),
            raw: true,
        },
        None => Kind::Word { text, raw: false },
    }
}

/// Each `unsafe`.
pub fn unsafe_code(tokens: &[Token]) -> Vec<Finding> {
    let unsafe_words = tokens.iter().filter(|token| token.is_keyword("unsafe"));
    unsafe_words
        .map(|token| Finding::at(token.span, "this exercise is to be solved without `unsafe`"))
        .collect()
}

/// What may stand nowhere.
pub fn forbidden(tokens: &[Token]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        if token.is_keyword("extern") && !is_known_crate(rest) {
            found.push(Finding::at(
                token.span,
                "`extern` leads out of Rust, and a graded answer stays within",
            ));
        }
        let Some(name) = token.name() else {
            continue;
        };
        let is_called = rest.first().is_some_and(|next| next.is('!'));
        let outside = OUTSIDE.iter().find(|(outside, _)| *outside == name);
        if let Some((_, does)) = outside
            && (is_called || name.contains('_'))
        {
            found.push(Finding::at(token.span, called(name, does)));
        }
        if RESERVED.contains(&name) {
            found.push(Finding::at(
                token.span,
                format!("`{name}` may not be used in a graded answer"),
            ));
        }
        if INTERNAL.iter().any(|internal| name.starts_with(internal)) && name != "__" {
            found.push(Finding::at(
                token.span,
                format!("names like `{name}` belong to the checker and to the insides of std"),
            ));
        }
        if token.is_keyword("mod") && is_file_module(rest) {
            found.push(file_module(token.span));
        }
        if name == "macro_rules"
            && let [bang, defined, ..] = rest
            && bang.is('!')
            && let Some(defined) = defined.name()
            && STD_MACROS.contains(&defined)
        {
            found.push(Finding::at(
                rest[1].span,
                format!("`{defined}!` is a macro of std, and may not be defined anew"),
            ));
        }
    }
    found
}

/// `crate core;` and the like: nothing that was not there before.
fn is_known_crate(rest: &[Token]) -> bool {
    let [word, name, end, ..] = rest else {
        return false;
    };
    let known = name.name().is_some_and(|name| CRATES.contains(&name));
    word.is_keyword("crate") && known && end.is(';')
}

/// What may not stand among tokens that become code only later: those of a macro. `is_of_std`: the macro is, so that it
/// does nothing more with them than std says.
pub fn forbidden_in_macro(tokens: &[Token], is_of_std: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        // A macro can take `mod name {}` apart, and put a `;` in the place of the end.
        if token.is_keyword("mod") && !is_file_module(rest) {
            found.push(Finding::at(
                token.span,
                "a macro may not make modules in a graded answer",
            ));
        }
        if token.is('#') {
            let refused = match attribute(rest) {
                Attribute::Named(path) => super::attributes::refused(&path),
                Attribute::Unknown => Some(
                    "an attribute that a macro is given may not be used in a graded answer"
                        .to_string(),
                ),
                Attribute::Not => None,
            };
            found.extend(refused.map(|refused| Finding::at(token.span, refused)));
        }
        let outside = OUTSIDE.iter().find(|(name, _)| token.name() == Some(name));
        if let Some((name, does)) = outside
            && !is_of_std
            && !name.contains('_')
            && !rest.first().is_some_and(|next| next.is('!'))
        {
            found.push(Finding::at(token.span, called(name, does)));
        }
    }
    found
}

/// For a module whose text is in another file.
pub fn file_module(span: Span) -> Finding {
    Finding::at(
        span,
        "this module is in another file, and a graded answer is one file",
    )
}

/// The name of a macro that is used otherwise than by calling it, if it brings in what is not in the file.
pub fn outside(name: &str) -> Option<String> {
    let (name, does) = OUTSIDE.iter().find(|(outside, _)| *outside == name)?;
    Some(called(name, does))
}

fn called(name: &str, does: &str) -> String {
    format!("`{name}!` {does}, and may not be used in a graded answer")
}

/// `name;` after `mod`
fn is_file_module(rest: &[Token]) -> bool {
    matches!(rest, [name, end, ..] if name.name().is_some() && end.is(';'))
}

/// What is after a `#`.
enum Attribute {
    /// One with this path.
    Named(String),
    /// One whose path is a macro's variable.
    Unknown,
    /// None, or what a macro expects, not what it makes: `#[$name:meta]`.
    Not,
}

/// What `#` before `rest` begins.
fn attribute(rest: &[Token]) -> Attribute {
    let rest = match rest {
        [bang, rest @ ..] if bang.is('!') => rest,
        rest => rest,
    };
    let [open, rest @ ..] = rest else {
        return Attribute::Not;
    };
    if open.kind != Kind::Open(Delimiter::Bracket) {
        return Attribute::Not;
    }
    if let [dollar, after @ ..] = rest
        && dollar.is('$')
    {
        return match after {
            [name, colon, _, ..] if name.name().is_some() && colon.is(':') => Attribute::Not,
            _ => Attribute::Unknown,
        };
    }
    let path = rest
        .iter()
        .take_while(|token| token.name().is_some() || token.is(':'));
    let path = path.map(|token| token.name().unwrap_or(":"));
    Attribute::Named(path.collect())
}
