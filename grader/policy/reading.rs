//! Reads a whole file: its tokens, and, where it is Rust, what they mean.

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};

use super::{Finding, Reading, attributes, review, tokens};
use crate::tokens::Unread;

/// Findings of one kind that are told.
const TOLD: usize = 20;

/// Reads `text`.
pub fn read(text: &str, allow_unsafe: bool) -> Reading {
    let stream = match crate::tokens::read(text) {
        Ok(stream) => stream,
        Err(Unread::NotRust(why)) => {
            return Reading {
                unread: Some(unread(&why)),
                ..Reading::default()
            };
        }
        Err(Unread::Ambiguous { line, column }) => {
            return Reading {
                violations: vec![super::ambiguous(line, column)],
                ..Reading::default()
            };
        }
    };
    let flat = tokens::flat(stream.clone());
    let mut reading = Reading {
        violations: tokens::forbidden(&flat),
        review: review::tokens(&flat, allow_unsafe),
        ..Reading::default()
    };
    if !allow_unsafe {
        reading.violations.extend(tokens::unsafe_code(&flat));
    }
    // Not `parse_file`: it passes over a first line that begins with `#!`, and rustc does not always do so.
    match syn::parse2::<syn::File>(stream) {
        Ok(file) => {
            let mut found = Found::default();
            found.visit_file(&file);
            reading.violations.extend(found.violations);
            reading.review.extend(review::lifetimes(&file));
        }
        Err(error) => reading.unread = Some(unread(&error.to_string())),
    }
    told(&mut reading.violations);
    told(&mut reading.review);
    reading
}

fn unread(why: &str) -> String {
    format!("this file cannot be read before it is compiled: {why}")
}

fn told(findings: &mut Vec<Finding>) {
    findings.sort();
    findings.dedup();
    findings.truncate(TOLD);
}

#[derive(Default)]
struct Found {
    violations: Vec<Finding>,
    /// Whether what is being visited are the tokens of one of std's own macros.
    in_macro_of_std: bool,
}

impl<'ast> Visit<'ast> for Found {
    fn visit_file(&mut self, file: &'ast syn::File) {
        self.violations.extend(attributes::all(&file.attrs, true));
        for item in &file.items {
            self.visit_item(item);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let one = std::slice::from_ref(attribute);
        self.violations.extend(attributes::all(one, false));
        visit::visit_attribute(self, attribute);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.content.is_none() {
            self.violations
                .push(tokens::file_module(module.mod_token.span));
        }
        if module.ident == "std" || module.ident == "core" || module.ident == "alloc" {
            self.violations.push(Finding::at(
                module.ident.span(),
                format!("`{}` is the name of a crate of Rust itself", module.ident),
            ));
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_use_name(&mut self, name: &'ast syn::UseName) {
        self.imported(&name.ident);
    }

    fn visit_use_rename(&mut self, renamed: &'ast syn::UseRename) {
        self.imported(&renamed.ident);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        let before = self.in_macro_of_std;
        self.in_macro_of_std = name.is_some_and(|name| tokens::STD_MACROS.contains(&&*name));
        visit::visit_macro(self, call);
        self.in_macro_of_std = before;
    }

    fn visit_token_stream(&mut self, stream: &'ast TokenStream) {
        let flat = tokens::flat(stream.clone());
        let is_of_std = self.in_macro_of_std;
        self.violations
            .extend(tokens::forbidden_in_macro(&flat, is_of_std));
    }
}

impl Found {
    /// A name that is imported: `env` may be a module as well, which is not there for a graded answer.
    fn imported(&mut self, name: &syn::Ident) {
        let text = name.to_string();
        let outside = tokens::outside(text.trim_start_matches("r#")).filter(|_| name != "env");
        let found = outside.map(|what| Finding::at(name.span(), what));
        self.violations.extend(found);
    }
}
