//! A place in memory as the source writes it: a variable and the fields and indices after it.

use syn::visit::{self, Visit};
use syn::{Expr, Pat};

use super::index::{Position, Span};

/// `accounts[i].balance`: base `accounts`, path `[i].balance`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// The variable, static, or `self`.
    pub base: String,
    /// Fields and indices after it.
    pub path: String,
    /// Where it begins.
    pub at: Position,
}

/// Calls that only pass their receiver or argument on, as far as its identity is concerned.
const TRANSPARENT: &[&str] = &[
    "clone",
    "as_ref",
    "as_mut",
    "borrow",
    "borrow_mut",
    "deref",
    "unwrap",
    "expect",
    "iter",
    "iter_mut",
    "into_iter",
    "to_owned",
    "by_ref",
    "cloned",
    "copied",
    "lock",
    "read",
    "write",
    "get_mut",
    "into_inner",
    "get_ref",
    "enumerate",
    "unwrap_or_else",
    "upgrade",
];

/// The place an expression stands for, if it is nothing more than a place, a reference or pointer to it, or a
/// clone of such a pointer.
pub(super) fn of(expr: &Expr) -> Option<Operand> {
    match expr {
        Expr::Path(path) => Some(Operand {
            base: path.path.segments.last()?.ident.to_string(),
            path: String::new(),
            at: Span::of(path).start,
        }),
        Expr::Field(field) => {
            let name = match &field.member {
                syn::Member::Named(name) => name.to_string(),
                syn::Member::Unnamed(at) => at.index.to_string(),
            };
            Some(of(&field.base)?.then(&format!(".{name}")))
        }
        Expr::Index(index) => {
            let at = match &*index.index {
                Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Int(number),
                    ..
                }) => number.base10_digits().to_string(),
                _ => "_".to_string(),
            };
            Some(of(&index.expr)?.then(&format!("[{at}]")))
        }
        Expr::Reference(inner) => of(&inner.expr),
        Expr::Paren(inner) => of(&inner.expr),
        Expr::Group(inner) => of(&inner.expr),
        Expr::Try(inner) => of(&inner.expr),
        Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => of(&inner.expr),
        Expr::MethodCall(call) if TRANSPARENT.iter().any(|name| call.method == name) => {
            of(&call.receiver)
        }
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(path), Some(argument)) if call.args.len() == 1 => {
                let mut segments = path.path.segments.iter().rev();
                let last = segments.next()?.ident.to_string();
                let owner = segments.next().map(|s| s.ident.to_string());
                let pointer = matches!(owner.as_deref(), Some("Arc" | "Rc" | "Box"));
                (pointer && matches!(last.as_str(), "clone" | "new" | "as_ref"))
                    .then(|| of(argument))
                    .flatten()
            }
            _ => None,
        },
        _ => None,
    }
}

/// The place in memory that an expression reads or writes, if that can be named: a variable in capitals, a field, an
/// element, or what a pointer points to.
pub(super) fn accessed(expr: &Expr) -> Option<Operand> {
    match expr {
        Expr::Unary(inner) if matches!(inner.op, syn::UnOp::Deref(_)) => pointed_to(&inner.expr),
        Expr::Field(_) | Expr::Index(_) => of(expr),
        Expr::Path(path) => of(expr).filter(|operand| {
            let is_capital = |c: char| c.is_uppercase() || c == '_' || c.is_ascii_digit();
            path.path.segments.len() == 1 && operand.base.chars().all(is_capital)
        }),
        _ => None,
    }
}

/// `self.value.get()` points to `self.value`, and `p.add(1)` to something that `p` points to.
fn pointed_to(pointer: &Expr) -> Option<Operand> {
    match pointer {
        Expr::MethodCall(call) if call.method == "get" && call.args.is_empty() => {
            of(&call.receiver)
        }
        Expr::MethodCall(call)
            if ["add", "offset", "sub"]
                .iter()
                .any(|name| call.method == name) =>
        {
            Some(pointed_to(&call.receiver)?.then("[_]"))
        }
        Expr::Paren(inner) => pointed_to(&inner.expr),
        other => of(other),
    }
}

/// The variables a pattern binds.
pub(super) fn names_of(pattern: &Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, name: &'ast syn::PatIdent) {
            self.0.push(name.ident.to_string());
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}

/// The simple names that occur in an expression.
pub(super) fn mentions(expr: &Expr) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            if let Some(name) = path.path.get_ident() {
                self.0.push(name.to_string());
            }
            visit::visit_expr_path(self, path);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_expr(expr);
    names.0
}

/// The function that an argument of `spawn` stands for.
pub(super) fn callee(expr: &Expr) -> Option<String> {
    let call = match expr {
        Expr::Path(path) => return Some(path.path.segments.last()?.ident.to_string()),
        Expr::Closure(closure) => match &*closure.body {
            Expr::Block(block) => match &block.block.stmts[..] {
                [syn::Stmt::Expr(call, _)] => call,
                _ => return None,
            },
            call => call,
        },
        _ => return None,
    };
    match call {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
            _ => None,
        },
        _ => None,
    }
}

impl Operand {
    fn then(mut self, step: &str) -> Self {
        self.path.push_str(step);
        self
    }
}
