//! What is computed: calls, literals of structs, assignments, macros.

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Token};

use super::Walk;
use crate::names::index::{Call, Context, Macro, Span, Write};
use crate::names::operand;

impl Walk {
    pub(super) fn fields_of(&mut self, literal: &syn::ExprStruct) {
        let mut of = literal
            .path
            .segments
            .last()
            .map(|s| s.ident.to_string())
            .unwrap_or_default();
        if of == "Self" {
            of = self.of.clone().unwrap_or(of);
        }
        for field in &literal.fields {
            let name = match &field.member {
                syn::Member::Named(name) => name.to_string(),
                syn::Member::Unnamed(at) => at.index.to_string(),
            };
            self.within(Context::Field(of.clone(), name), |walk| {
                walk.visit_expr(&field.expr);
            });
        }
        if let Some(rest) = &literal.rest {
            self.visit_expr(rest);
        }
    }

    pub(super) fn function_call(&mut self, call: &syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let segments: Vec<_> = path
                .path
                .segments
                .iter()
                .map(|s| s.ident.to_string())
                .collect();
            let mut text = segments.join("::");
            // A tuple struct's constructor: `Counter(Mutex::new(0))`.
            let of = match segments.last().map(String::as_str) {
                Some("Self") => self.of.clone(),
                Some(name)
                    if name.starts_with(char::is_uppercase)
                        && !["Some", "Ok", "Err", "Box"].contains(&name) =>
                {
                    Some(name.to_string())
                }
                _ => None,
            };
            if segments.first().is_some_and(|first| first == "Self")
                && let Some(of) = &self.of
            {
                text = text.replacen("Self", of, 1);
            }
            let parts = CallParts {
                receiver: None,
                arguments: &call.args,
            };
            self.call(call, Span::of(call), text, parts);
            if let Some(of) = of {
                for (at, argument) in call.args.iter().enumerate() {
                    self.within(Context::Field(of.clone(), at.to_string()), |walk| {
                        walk.visit_expr(argument);
                    });
                }
                return;
            }
        }
        visit::visit_expr_call(self, call);
    }

    pub(super) fn method_call(&mut self, call: &syn::ExprMethodCall) {
        let parts = CallParts {
            receiver: Some(&call.receiver),
            arguments: &call.args,
        };
        self.call(&call.method, Span::of(call), call.method.to_string(), parts);
        self.visit_expr(&call.receiver);
        let collects = ["push", "push_back", "push_front", "insert"];
        let into = collects
            .iter()
            .any(|name| call.method == name)
            .then(|| operand::of(&call.receiver))
            .flatten();
        for argument in &call.args {
            match &into {
                Some(into) => self.within(Context::Pushed(into.clone()), |walk| {
                    walk.visit_expr(argument);
                }),
                None => self.visit_expr(argument),
            }
        }
    }

    pub(super) fn assignment(&mut self, assign: &syn::ExprAssign) {
        let base = operand::of(&assign.left).map(|left| left.base);
        let mentions = operand::mentions(&assign.right);
        let relative = base.as_ref().is_some_and(|base| mentions.contains(base));
        self.index.writes.push(Write {
            span: Span::of(assign),
            target: Span::of(&*assign.left),
            base,
            relative,
            mentions,
        });
        visit::visit_expr_assign(self, assign);
    }

    pub(super) fn operator(&mut self, binary: &syn::ExprBinary) {
        use syn::BinOp;
        if matches!(
            binary.op,
            BinOp::AddAssign(_)
                | BinOp::SubAssign(_)
                | BinOp::MulAssign(_)
                | BinOp::DivAssign(_)
                | BinOp::RemAssign(_)
                | BinOp::BitXorAssign(_)
                | BinOp::BitAndAssign(_)
                | BinOp::BitOrAssign(_)
                | BinOp::ShlAssign(_)
                | BinOp::ShrAssign(_)
        ) {
            self.index.writes.push(Write {
                span: Span::of(binary),
                target: Span::of(&*binary.left),
                base: operand::of(&binary.left).map(|left| left.base),
                relative: true,
                mentions: operand::mentions(&binary.right),
            });
        }
        visit::visit_expr_binary(self, binary);
    }

    pub(super) fn macro_call(&mut self, call: &syn::Macro) {
        let name = call.path.segments.last().map(|s| s.ident.to_string());
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        let list = call.parse_body_with(list);
        self.index.macros.push(Macro {
            name: name.unwrap_or_default(),
            span: Span::of(call),
            mentions: list.iter().flatten().flat_map(operand::mentions).collect(),
            context: self.context.clone(),
        });
        if let Ok(list) = list {
            for (at, expr) in list.iter().enumerate() {
                self.within(Context::Element(at), |walk| walk.visit_expr(expr));
            }
        } else if let Ok(array) = syn::parse2::<syn::ExprRepeat>(bracketed(call)) {
            self.within(Context::Repeated, |walk| walk.visit_expr(&array.expr));
        } else if let Ok(block) = call.parse_body_with(Block::parse_within) {
            self.apart(|walk| block.iter().for_each(|stmt| walk.visit_stmt(stmt)));
        }
    }

    fn call(&mut self, at: &impl Spanned, whole: Span, path: String, call: CallParts<'_>) {
        let name = path.rsplit("::").next().unwrap_or_default().to_string();
        let inside = match (call.arguments.first(), call.arguments.last()) {
            (Some(first), Some(last)) => Span::new(Span::of(first).start, Span::of(last).end),
            _ => Span::new(whole.end, whole.end),
        };
        self.index.calls.push(Call {
            at: Span::of(at).start,
            span: whole,
            name,
            path,
            receiver: call.receiver.and_then(operand::of),
            arguments: call.arguments.iter().map(operand::of).collect(),
            mentions: call.arguments.iter().flat_map(operand::mentions).collect(),
            inside,
            callee: call.arguments.iter().find_map(operand::callee),
            context: self.context.clone(),
        });
    }
}

struct CallParts<'a> {
    receiver: Option<&'a Expr>,
    arguments: &'a Punctuated<Expr, Token![,]>,
}

fn bracketed(call: &syn::Macro) -> proc_macro2::TokenStream {
    let group = proc_macro2::Group::new(proc_macro2::Delimiter::Bracket, call.tokens.clone());
    std::iter::once(proc_macro2::TokenTree::Group(group)).collect()
}
