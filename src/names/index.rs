//! One pass over a file's syntax: which calls, bindings, functions, macros and assignments stand where.
//!
//! The index holds plain data, so nothing else of the crate knows `syn`.

use proc_macro2::LineColumn;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Token};

use super::operand::{self, Operand};
use crate::trace::Place;

/// A position, counted from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

/// A range in a file; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

/// A function or method call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Where `Location::caller` says that the call is: the method's name, or the start of the function's path.
    pub at: Position,
    /// The whole call, receiver included.
    pub span: Span,
    /// The method, or the last segment of the path.
    pub name: String,
    /// The whole path of a function call (`thread::spawn`).
    pub path: String,
    /// The object a method is called on.
    pub receiver: Option<Operand>,
    /// The arguments; `None` where one is not a simple place.
    pub arguments: Vec<Option<Operand>>,
    /// The names that occur in the arguments.
    pub mentions: Vec<String>,
    /// What the arguments cover.
    pub inside: Span,
    /// The function that a closure argument does nothing but call (`spawn(move || worker(3))`), or that is
    /// itself the argument (`spawn(worker)`).
    pub callee: Option<String>,
    /// What the value becomes, outermost first.
    pub context: Vec<Context>,
}

/// What an expression's value becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Context {
    /// Bound by `let`; several names for a tuple pattern.
    Let(Vec<String>),
    /// A static or constant.
    Static(String),
    /// A field of a struct literal: type and field.
    Field(String, String),
    /// The n-th of a tuple.
    Tuple(usize),
    /// The n-th of an array or `vec!`.
    Element(usize),
    /// One of many: in a closure, a loop, or `vec![x; n]`.
    Repeated,
    /// Pushed or inserted into a collection.
    Pushed(Operand),
}

/// A name and what it stands for.
#[derive(Clone, Debug)]
pub struct Binding {
    /// The name.
    pub name: String,
    /// Where it can be used.
    pub scope: Span,
    /// Where it comes from.
    pub origin: Origin,
    /// The names in the expression that a `let` gives it.
    pub mentions: Vec<String>,
}

/// Where a binding comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Another name for a place, or a clone of a pointer to it.
    Alias(Operand),
    /// A value made here; the span of the expression.
    Value(Span),
    /// One element of a collection.
    ElementOf(Operand),
    /// A parameter of a function: its index (without `self`).
    Parameter(usize),
    /// `self`
    Receiver,
    /// A parameter of a closure, or part of a pattern.
    Unknown,
}

/// A function item.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The type of the `impl` block around it.
    pub of: Option<String>,
    /// All of it.
    pub span: Span,
}

/// A macro call.
#[derive(Clone, Debug)]
pub struct Macro {
    /// `assert_eq`
    pub name: String,
    /// All of it.
    pub span: Span,
}

/// An assignment.
#[derive(Clone, Debug)]
pub struct Write {
    /// All of it.
    pub span: Span,
    /// The left side (`*guard`, `*m.lock().unwrap()`, `guard.total`).
    pub target: Span,
    /// The variable at the root of the left side.
    pub base: Option<String>,
    /// `+=` and its like, or a right side that names the target.
    pub relative: bool,
    /// The names on the right side.
    pub mentions: Vec<String>,
}

/// A condition and what it guards.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The condition, or what is matched on.
    pub condition: Span,
    /// The branches.
    pub body: Span,
    /// The names in the condition.
    pub mentions: Vec<String>,
    /// Whether it repeats.
    pub repeats: bool,
}

/// Everything found in a file.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) calls: Vec<Call>,
    pub(super) bindings: Vec<Binding>,
    pub(super) functions: Vec<Function>,
    pub(super) macros: Vec<Macro>,
    pub(super) writes: Vec<Write>,
    pub(super) branches: Vec<Branch>,
}

/// Indexes a file; empty when it is not Rust.
pub(super) fn build(text: &str) -> Index {
    let mut walk = Walk::default();
    if let Ok(file) = syn::parse_file(text) {
        walk.visit_file(&file);
    }
    walk.index
}

impl Call {
    /// The variables that its value, or what is made of it, is bound to.
    #[must_use]
    pub fn bound(&self) -> &[String] {
        let bound = self.context.iter().rev().find_map(|context| match context {
            Context::Let(names) => Some(names.as_slice()),
            _ => None,
        });
        bound.unwrap_or_default()
    }
}

impl Position {
    /// A position.
    #[must_use]
    pub const fn new(line: u32, column: u32) -> Self {
        Position { line, column }
    }

    /// Where a place is.
    #[must_use]
    pub const fn of(place: &Place) -> Self {
        Position::new(place.line, place.column)
    }

    fn from(found: LineColumn) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position::new(number(found.line), number(found.column).saturating_add(1))
    }
}

impl Span {
    /// A range.
    #[must_use]
    pub const fn new(start: Position, end: Position) -> Self {
        Span { start, end }
    }

    /// Of a piece of syntax.
    pub(super) fn of(syntax: &impl Spanned) -> Self {
        let span = syntax.span();
        Span::new(Position::from(span.start()), Position::from(span.end()))
    }

    /// Whether the place is inside; by its line alone where only that is known.
    #[must_use]
    pub fn touches(&self, place: &Place) -> bool {
        if place.column == 0 {
            return (self.start.line..=self.end.line).contains(&place.line);
        }
        self.contains(Position::of(place))
    }

    /// Whether the position is inside.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        self.start <= position && position < self.end
    }
}

#[derive(Default)]
struct Walk {
    index: Index,
    context: Vec<Context>,
    /// Ends of the blocks around the current position.
    blocks: Vec<Position>,
    /// The type of the `impl` block around it.
    of: Option<String>,
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

    fn bind(&mut self, pattern: &Pat, scope: Span, origin: &Origin, mentions: &[String]) {
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

    fn function(&mut self, signature: &syn::Signature, whole: Span, body: &Block) {
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
        self.apart(|walk| walk.visit_block(body));
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

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        let scope = Span::of(&closure.body);
        for input in &closure.inputs {
            self.bind(input, scope, &Origin::Unknown, &[]);
        }
        self.within(Context::Repeated, |walk| walk.visit_expr(&closure.body));
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast syn::ExprForLoop) {
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

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
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

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
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

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
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

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let name = call.path.segments.last().map(|s| s.ident.to_string());
        self.index.macros.push(Macro {
            name: name.unwrap_or_default(),
            span: Span::of(call),
        });
        let list = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(list) = call.parse_body_with(list) {
            for (at, expr) in list.iter().enumerate() {
                self.within(Context::Element(at), |walk| walk.visit_owned(expr));
            }
        } else if let Ok(array) = syn::parse2::<syn::ExprRepeat>(bracketed(call)) {
            self.within(Context::Repeated, |walk| walk.visit_owned(&array.expr));
        } else if let Ok(block) = call.parse_body_with(Block::parse_within) {
            for stmt in &block {
                let mut inner = Walk {
                    context: Vec::new(),
                    blocks: self.blocks.clone(),
                    of: self.of.clone(),
                    index: std::mem::take(&mut self.index),
                };
                inner.visit_stmt(stmt);
                self.index = inner.index;
            }
        }
    }
}

impl Walk {
    /// Visits syntax that lives shorter than the file (parsed out of a macro's tokens).
    fn visit_owned(&mut self, expr: &Expr) {
        let mut inner = Walk {
            context: self.context.clone(),
            blocks: self.blocks.clone(),
            of: self.of.clone(),
            index: std::mem::take(&mut self.index),
        };
        inner.visit_expr(expr);
        self.index = inner.index;
    }
}

fn bracketed(call: &syn::Macro) -> proc_macro2::TokenStream {
    let group = proc_macro2::Group::new(proc_macro2::Delimiter::Bracket, call.tokens.clone());
    std::iter::once(proc_macro2::TokenTree::Group(group)).collect()
}
