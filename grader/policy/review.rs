//! What a person should look at: nothing that is forbidden, but the ways by which safe code can get around the compiler.
//!
//! The longest-lived soundness hole of rustc (its issue 25860) needs a function whose lifetimes are related, and the type of a
//! function for all lifetimes to lose that relation.
//!
//! And addresses: every execution of one search has the same ones, so that an answer could be right at these only.

use proc_macro2::{Delimiter, Span};
use syn::visit::{self, Visit};
use syn::{GenericParam, Lifetime, WherePredicate};

use super::Finding;
use super::tokens::{Kind, Token};

const FOR_ALL: &str =
    "a type with `for<…>`, by which a known hole in rustc's checks can be reached";
const RELATED: &str = "two lifetimes that depend on each other, by which a known hole in rustc's checks can be reached";

const UNSAFE: &str = "`unsafe` code, which could be written to deceive whoever checks it";

const ADDRESS: &str =
    "an address as a number: what the answer does may depend on where in memory things are";

/// Functions that tell an address as a number.
const ADDRESSES: &[&str] = &["addr", "expose_provenance", "expose_addr"];

/// What makes a pointer of a reference, so that a cast that follows may make a number of it.
const POINTERS: &[&str] = &[
    "as_ptr",
    "as_mut_ptr",
    "from_ref",
    "from_mut",
    "into_raw",
    "addr_of",
    "addr_of_mut",
];

/// The types of numbers that an address is cast to.
const NUMBERS: &[&str] = &[
    "usize", "isize", "u64", "i64", "u128", "i128", "u32", "u16", "u8",
];

/// Functions by which unsafe code makes a pointer or a function of something else.
const MADE: &[&str] = &[
    "transmute",
    "transmute_copy",
    "with_exposed_provenance",
    "with_exposed_provenance_mut",
    "with_addr",
];

/// What can be told by tokens alone, also within macros.
pub fn tokens(tokens: &[Token], allow_unsafe: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut unsafe_words = tokens.iter().filter(|token| token.is_keyword("unsafe"));
    if let Some(first) = unsafe_words.next().filter(|_| allow_unsafe) {
        found.push(Finding::at(first.span, UNSAFE));
    }
    // Where in this statement a pointer is made.
    let mut pointer = false;
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        pointer = !token.is(';') && (pointer || makes_pointer(token, rest));
        let is_cast = pointer
            && token.is_keyword("as")
            && rest
                .first()
                .and_then(Token::name)
                .is_some_and(|name| NUMBERS.contains(&name));
        let is_told = token.name().is_some_and(|name| ADDRESSES.contains(&name))
            && rest
                .first()
                .is_some_and(|next| next.kind == Kind::Open(Delimiter::Parenthesis));
        let is_shown = token.literal().is_some_and(shows_address);
        if is_cast || is_told || is_shown {
            found.push(Finding::at(token.span, ADDRESS));
        }
        if token.is_keyword("for")
            && rest.first().is_some_and(|next| next.is('<'))
            && !is_impl(rest)
        {
            found.push(Finding::at(token.span, FOR_ALL));
        }
        if let [name, colon, quote, ..] = rest
            && token.is('\'')
            && name.name().is_some()
            && colon.is(':')
            && quote.is('\'')
        {
            found.push(Finding::at(token.span, RELATED));
        }
        if let Some(name) = token.name().filter(|name| MADE.contains(name))
            && allow_unsafe
        {
            found.push(Finding::at(
                token.span,
                format!("`{name}`, by which unsafe code can reach what is not its own"),
            ));
        }
    }
    found
}

/// `as *const`, `&raw const`, `as fn(`, or a function that returns a pointer.
fn makes_pointer(token: &Token, rest: &[Token]) -> bool {
    let is_type = token.is('*')
        && rest
            .first()
            .is_some_and(|next| next.is_keyword("const") || next.is_keyword("mut"));
    let is_raw = token.is_keyword("raw")
        && rest
            .first()
            .is_some_and(|next| next.is_keyword("const") || next.is_keyword("mut"));
    let is_function =
        token.is_keyword("as") && rest.first().is_some_and(|next| next.is_keyword("fn"));
    let is_call = token.name().is_some_and(|name| POINTERS.contains(&name));
    is_type || is_raw || is_function || is_call
}

/// Whether a literal is a string with `{:p}`, `{name:#p}` and the like in it.
fn shows_address(literal: &str) -> bool {
    let mut parts = literal.split('{').skip(1);
    literal.contains('"')
        && parts.any(|part| {
            let inside = part.split_once('}').map(|(inside, _)| inside);
            let format = inside.and_then(|inside| inside.split_once(':'));
            format.is_some_and(|(_, format)| format.trim_end().ends_with('p'))
        })
}

/// Whether `<…>` after `for` begins the type that a trait is implemented for: `impl Trait for <T as Other>::Type`.
fn is_impl(rest: &[Token]) -> bool {
    !matches!(rest, [_, first, ..] if first.is('\'') || first.is('>'))
}

/// Lifetimes that depend on each other by a bound, or by a reference to what has another lifetime.
pub fn lifetimes(file: &syn::File) -> Vec<Finding> {
    let mut found = Related::default();
    found.visit_file(file);
    found.findings
}

#[derive(Default)]
struct Related {
    findings: Vec<Finding>,
}

impl Related {
    fn note(&mut self, span: Span) {
        self.findings.push(Finding::at(span, RELATED));
    }
}

impl<'ast> Visit<'ast> for Related {
    fn visit_generic_param(&mut self, param: &'ast GenericParam) {
        if let GenericParam::Lifetime(lifetime) = param
            && !lifetime.bounds.is_empty()
        {
            self.note(lifetime.lifetime.apostrophe);
        }
        visit::visit_generic_param(self, param);
    }

    fn visit_where_predicate(&mut self, predicate: &'ast WherePredicate) {
        if let WherePredicate::Lifetime(lifetime) = predicate {
            self.note(lifetime.lifetime.apostrophe);
        }
        visit::visit_where_predicate(self, predicate);
    }

    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if let Some(outer) = &reference.lifetime {
            let mut others = Others {
                outer,
                found: false,
            };
            others.visit_type(&reference.elem);
            if others.found {
                self.note(outer.apostrophe);
            }
        }
        visit::visit_type_reference(self, reference);
    }
}

/// Whether there is a named lifetime other than the one around it.
struct Others<'a> {
    outer: &'a Lifetime,
    found: bool,
}

impl<'ast> Visit<'ast> for Others<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.found |= lifetime.ident != self.outer.ident
            && lifetime.ident != "static"
            && lifetime.ident != "_";
    }
}
