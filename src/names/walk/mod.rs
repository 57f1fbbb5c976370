//! One pass over a file's syntax that fills its index. What is bound is in `scopes`, what is computed in `values`.

mod scopes;
mod values;

use syn::visit::{self, Visit};
use syn::{Block, Expr, UnOp};

use super::index::{Branch, Context, Index, Origin, Position, Repeat, Span};
use super::operand;

#[derive(Default)]
pub(super) struct Walk {
    pub(super) index: Index,
    context: Vec<Context>,
    /// Ends of the blocks around the current position.
    blocks: Vec<Position>,
    /// The type of the `impl` block around it.
    of: Option<String>,
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let of = self.of.take();
        self.function(&item.sig, Span::of(item), &item.block);
        self.of = of;
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let of = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
            _ => None,
        };
        let kept = std::mem::replace(&mut self.of, of);
        visit::visit_item_impl(self, item);
        self.of = kept;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, Span::of(item), &item.block);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig, Span::of(item), body);
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        let is_place = match expr {
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => true,
            Expr::Unary(inner) => matches!(inner.op, UnOp::Deref(_)),
            _ => false,
        };
        if is_place {
            self.index.operands.push(Span::of(expr));
        }
        if let Some(place) = operand::accessed(expr) {
            self.index.places.push((Span::of(expr).start, place));
        }
        visit::visit_expr(self, expr);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.within(Context::Static(item.ident.to_string()), |walk| {
            walk.visit_expr(&item.expr);
        });
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.within(Context::Static(item.ident.to_string()), |walk| {
            walk.visit_expr(&item.expr);
        });
    }

    fn visit_block(&mut self, block: &'ast Block) {
        self.blocks.push(Span::of(block).end);
        // Only the last expression of a block is its value.
        let (last, before) = match block.stmts.split_last() {
            Some((last @ syn::Stmt::Expr(_, None), before)) => (Some(last), before),
            _ => (None, &block.stmts[..]),
        };
        self.apart(|walk| before.iter().for_each(|stmt| walk.visit_stmt(stmt)));
        if let Some(last) = last {
            self.visit_stmt(last);
        }
        self.blocks.pop();
    }

    fn visit_local(&mut self, local: &'ast syn::Local) {
        self.local(local);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        let scope = Span::of(&closure.body);
        for input in &closure.inputs {
            self.bind(input, scope, &Origin::Unknown, &[]);
        }
        self.within(Context::Repeated, |walk| walk.visit_expr(&closure.body));
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast syn::ExprForLoop) {
        self.index.loops.push(Repeat {
            span: Span::of(repeat),
            is_for: true,
        });
        let origin = operand::of(&repeat.expr).map_or(Origin::Unknown, Origin::ElementOf);
        self.bind(&repeat.pat, Span::of(&repeat.body), &origin, &[]);
        self.visit_expr(&repeat.expr);
        self.within(Context::Repeated, |walk| walk.visit_block(&repeat.body));
    }

    fn visit_expr_while(&mut self, repeat: &'ast syn::ExprWhile) {
        self.index.branches.push(Branch {
            condition: Span::of(&repeat.cond),
            body: Span::of(&repeat.body),
            mentions: operand::mentions(&repeat.cond),
            repeats: true,
        });
        self.index.loops.push(Repeat {
            span: Span::of(repeat),
            is_for: false,
        });
        visit::visit_expr_while(self, repeat);
    }

    fn visit_expr_loop(&mut self, repeat: &'ast syn::ExprLoop) {
        let body = Span::of(&repeat.body);
        self.index.branches.push(Branch {
            condition: Span::new(body.start, body.start),
            body,
            mentions: Vec::new(),
            repeats: true,
        });
        self.index.loops.push(Repeat {
            span: Span::of(repeat),
            is_for: false,
        });
        visit::visit_expr_loop(self, repeat);
    }

    fn visit_expr_if(&mut self, branch: &'ast syn::ExprIf) {
        self.index.branches.push(Branch {
            condition: Span::of(&branch.cond),
            body: Span::of(&branch.then_branch),
            mentions: operand::mentions(&branch.cond),
            repeats: false,
        });
        visit::visit_expr_if(self, branch);
    }

    fn visit_expr_let(&mut self, test: &'ast syn::ExprLet) {
        // `if let Some(x) = …`: visible in the branch that follows; its block's end is not known here.
        let end = self.blocks.last().copied();
        let whole = Span::of(test);
        self.bind(
            &test.pat,
            Span::new(whole.end, end.unwrap_or(whole.end)),
            &Origin::Unknown,
            &operand::mentions(&test.expr),
        );
        self.apart(|walk| walk.visit_expr(&test.expr));
    }

    fn visit_expr_match(&mut self, branch: &'ast syn::ExprMatch) {
        self.index.branches.push(Branch {
            condition: Span::of(&branch.expr),
            body: Span::of(branch),
            mentions: operand::mentions(&branch.expr),
            repeats: false,
        });
        visit::visit_expr_match(self, branch);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.bind(&arm.pat, Span::of(&arm.body), &Origin::Unknown, &[]);
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, literal: &'ast syn::ExprStruct) {
        self.fields_of(literal);
    }

    fn visit_expr_tuple(&mut self, tuple: &'ast syn::ExprTuple) {
        for (at, element) in tuple.elems.iter().enumerate() {
            self.within(Context::Tuple(at), |walk| walk.visit_expr(element));
        }
    }

    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        for (at, element) in array.elems.iter().enumerate() {
            self.within(Context::Element(at), |walk| walk.visit_expr(element));
        }
    }

    fn visit_expr_repeat(&mut self, array: &'ast syn::ExprRepeat) {
        self.within(Context::Repeated, |walk| walk.visit_expr(&array.expr));
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.function_call(call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.method_call(call);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        self.assignment(assign);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        self.operator(binary);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.macro_call(call);
    }
}

impl Walk {
    /// Visits with one more context.
    fn within(&mut self, context: Context, visit: impl FnOnce(&mut Self)) {
        self.context.push(context);
        visit(self);
        self.context.pop();
    }

    /// Visits what starts afresh: its value does not become that of the expression around it.
    fn apart(&mut self, visit: impl FnOnce(&mut Self)) {
        let kept = std::mem::take(&mut self.context);
        visit(self);
        self.context = kept;
    }
}
