//! The attributes that a graded answer may have. All others are refused, as new ones come with new compilers.

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

use super::Finding;

/// Those that change nothing of what is checked.
const ALLOWED: &[&str] = &[
    "allow",
    "cfg",
    "cold",
    "default",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "forbid",
    "ignore",
    "inline",
    "macro_export",
    "macro_use",
    "must_use",
    "non_exhaustive",
    "repr",
    "should_panic",
    "test",
    "track_caller",
    "warn",
];

/// Those of the whole file, which begin with `#!`.
const OF_FILE: &[&str] = &["allow", "deny", "doc", "expect", "forbid", "warn"];

/// Those of tools, by the tool.
const TOOLS: &[&str] = &["clippy", "rustfmt", "rustdoc", "diagnostic"];

/// What is wrong with an attribute of an item, by its path as it is written (`rustfmt::skip`).
pub fn refused(path: &str) -> Option<String> {
    let (first, rest) = path.split_once("::").unwrap_or((path, ""));
    let is_known = match rest {
        "" => ALLOWED.contains(&first),
        _ => TOOLS.contains(&first),
    };
    (!is_known && path != "cfg_attr").then(|| sentence(path))
}

/// What is wrong with these attributes of one item; `is_file`: of the whole file.
pub fn all(attributes: &[Attribute], is_file: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for attribute in attributes {
        let path = written(attribute.path());
        let span = attribute.pound_token.spans[0];
        let is_inner = matches!(attribute.style, syn::AttrStyle::Inner(_));
        if path == "cfg_attr" {
            found.extend(conditional(attribute, span));
        } else if is_file && is_inner && !OF_FILE.contains(&path.as_str()) {
            found.push(Finding::at(
                span,
                format!(
                    "the attribute `#![{path}]` of a whole file may not be used in a graded answer"
                ),
            ));
        } else if is_inner && path == "cfg" {
            found.push(Finding::at(span, sentence("!cfg")));
        } else if let Some(refused) = refused(&path) {
            found.push(Finding::at(span, refused));
        }
    }
    found
}

/// `cfg_attr(condition, attribute, …)` is as good as each attribute in it.
fn conditional(attribute: &Attribute, span: proc_macro2::Span) -> Option<Finding> {
    let parser = Punctuated::<TokensUpToComma, Token![,]>::parse_terminated;
    let parts = attribute.parse_args_with(parser).ok();
    let wrong = match parts {
        Some(parts) => parts.iter().skip(1).find_map(|part| {
            let meta: Option<Meta> = syn::parse2(part.0.clone()).ok();
            match meta {
                Some(meta) => refused(&written(meta.path())).or_else(|| {
                    meta.path()
                        .is_ident("cfg_attr")
                        .then(|| sentence("cfg_attr"))
                }),
                None => Some(sentence("cfg_attr")),
            }
        }),
        None => Some(sentence("cfg_attr")),
    };
    wrong.map(|what| Finding::at(span, what))
}

/// One argument, whatever it is.
struct TokensUpToComma(TokenStream);

impl syn::parse::Parse for TokensUpToComma {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            tokens.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        Ok(TokensUpToComma(tokens))
    }
}

fn written(path: &syn::Path) -> String {
    let names = path.segments.iter().map(|segment| {
        segment
            .ident
            .to_string()
            .trim_start_matches("r#")
            .to_string()
    });
    names.collect::<Vec<_>>().join("::")
}

fn sentence(path: &str) -> String {
    let (mark, path) = match path.strip_prefix('!') {
        Some(path) => ("!", path),
        None => ("", path),
    };
    format!("the attribute `#{mark}[{path}]` may not be used in a graded answer")
}
