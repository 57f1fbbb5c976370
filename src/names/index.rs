//! What stands where in a file: calls, bindings, functions, macros, assignments and branches.
//!
//! The index holds plain data, so nothing else of the crate knows `syn`.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::depth;
use super::operand::Operand;
pub use super::span::{Position, Span};
use super::walk::Walk;

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
    /// The result of a function.
    Returned,
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
    /// The names that occur in its arguments.
    pub mentions: Vec<String>,
    /// What its value becomes, outermost first.
    pub context: Vec<Context>,
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

/// A loop.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// All of it: the keyword too, where the code is that goes back.
    pub span: Span,
    /// Whether it goes over something, and so most likely ends.
    pub is_for: bool,
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
    pub(super) loops: Vec<Repeat>,
    /// Expressions that stand for a place in memory, larger ones before what they consist of.
    pub(super) places: Vec<(Position, Operand)>,
    /// Variables, fields, elements, and what pointers lead to.
    pub(super) operands: Vec<Span>,
    pub(super) has_unsafe: bool,
}

/// Indexes a file; empty when it is not Rust, or nested more deeply than anybody would write it.
pub(super) fn build(text: &str) -> Index {
    depth::with_room(|| {
        let tokens = text.parse::<TokenStream>().ok();
        if !tokens.clone().is_some_and(depth::is_shallow) {
            return Index::default();
        }
        let mut walk = Walk::default();
        if let Ok(file) = syn::parse_file(text) {
            walk.visit_file(&file);
            walk.index.has_unsafe = tokens.unwrap_or_default().into_iter().any(is_unsafe);
        }
        walk.index
    })
    .unwrap_or_default()
}

/// Whether the keyword `unsafe` stands here, or anywhere inside, macro calls included.
fn is_unsafe(token: TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => word == "unsafe",
        TokenTree::Group(group) => group.stream().into_iter().any(is_unsafe),
        _ => false,
    }
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
