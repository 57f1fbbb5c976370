//! Names and their scopes: functions, parameters, `let`.

use syn::visit::Visit;
use syn::{Block, Pat};

use super::Walk;
use crate::names::index::{Binding, Context, Function, Origin, Span};
use crate::names::operand;

impl Walk {
    pub(super) fn local(&mut self, local: &syn::Local) {
        let names = operand::names_of(&local.pat);
        let end = self.blocks.last().copied();
        let whole = Span::of(local);
        let scope = Span::new(whole.end, end.unwrap_or(whole.end));
        let origin = local.init.as_ref().map_or(Origin::Unknown, |init| {
            operand::of(&init.expr)
                .map_or_else(|| Origin::Value(Span::of(&init.expr)), Origin::Alias)
        });
        let init = local.init.as_ref();
        let mentions = init.map_or_else(Vec::new, |init| operand::mentions(&init.expr));
        self.bind(&local.pat, scope, &origin, &mentions);
        if let Some(init) = &local.init {
            self.within(Context::Let(names), |walk| {
                walk.visit_expr(&init.expr);
            });
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
            }
        }
    }

    pub(super) fn bind(
        &mut self,
        pattern: &Pat,
        scope: Span,
        origin: &Origin,
        mentions: &[String],
    ) {
        let names = operand::names_of(pattern);
        let single = names.len() == 1 && matches!(pattern, Pat::Ident(_) | Pat::Type(_));
        for name in names {
            let origin = if single || matches!(origin, Origin::ElementOf(_) | Origin::Alias(_)) {
                origin.clone()
            } else {
                Origin::Unknown
            };
            self.index.bindings.push(Binding {
                name,
                scope,
                origin,
                mentions: mentions.to_vec(),
            });
        }
    }

    pub(super) fn function(&mut self, signature: &syn::Signature, whole: Span, body: &Block) {
        let scope = Span::of(body);
        let mut at = 0;
        for input in &signature.inputs {
            match input {
                syn::FnArg::Receiver(_) => self.index.bindings.push(Binding {
                    name: "self".into(),
                    scope,
                    origin: Origin::Receiver,
                    mentions: Vec::new(),
                }),
                syn::FnArg::Typed(typed) => {
                    self.bind(&typed.pat, scope, &Origin::Parameter(at), &[]);
                    at += 1;
                }
            }
        }
        self.index.functions.push(Function {
            name: signature.ident.to_string(),
            of: self.of.clone(),
            span: whole,
        });
        self.apart(|walk| walk.within(Context::Returned, |walk| walk.visit_block(body)));
    }
}
