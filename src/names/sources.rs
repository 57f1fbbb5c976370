//! The program's source files: text, and an index of what stands where.

use super::Operand;
use super::index::{
    self, Binding, Branch, Call, Context, Function, Index, Macro, Position, Span, Write,
};
use crate::trace::Place;

/// The source files of a program, by the path that the compiler was given.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// One file.
#[derive(Debug)]
pub struct SourceFile {
    /// The path as the compiler was given it.
    pub path: String,
    /// The whole text.
    pub text: String,
    index: Index,
}

impl Sources {
    /// Reads and indexes `(path, text)` pairs. A file that is not Rust has an empty index.
    #[must_use]
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, text)| {
                let index = index::build(&text);
                SourceFile { path, text, index }
            })
            .collect();
        Sources { files }
    }

    /// All files, in the order given.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Whether any file contains the keyword `unsafe`.
    #[must_use]
    pub fn has_unsafe(&self) -> bool {
        self.files.iter().any(|file| file.index.has_unsafe)
    }

    /// A file by its path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The text of a line, without its indentation; empty where unknown.
    #[must_use]
    pub fn line(&self, place: &Place) -> &str {
        self.file(&place.file)
            .and_then(|file| file.line(place.line))
            .unwrap_or("")
            .trim()
    }

    /// From a place to the end of the call, macro, assignment or operand that stands there, on its first line; the whole
    /// line where only the line is known.
    #[must_use]
    pub fn extent(&self, place: &Place) -> Span {
        let start = Position::of(place);
        let line = self
            .file(&place.file)
            .and_then(|file| file.line(place.line))
            .unwrap_or("");
        let width = line.trim_end().chars().count();
        let last = Position::new(place.line, u32::try_from(width).unwrap_or(0) + 1);
        if place.column == 0 {
            let indent = line.chars().take_while(|c| c.is_whitespace()).count();
            let first = Position::new(place.line, u32::try_from(indent).unwrap_or(0) + 1);
            return Span::new(first, last.max(first));
        }
        let end = self
            .call(place)
            .map(|call| call.span.end)
            .or_else(|| self.macro_at(place).map(|found| found.span.end))
            .or_else(|| self.access(place).map(|span| span.end))
            .unwrap_or(last);
        Span::new(start, end.min(last).max(start))
    }

    /// The assignment that begins at `place`, or the operand.
    fn access(&self, place: &Place) -> Option<Span> {
        let at = Position::of(place);
        let index = self.index(place)?;
        let assignments = index.writes.iter().map(|write| write.span);
        let all = assignments.chain(index.operands.iter().copied());
        all.filter(|span| span.start == at)
            .max_by_key(|span| span.end)
    }

    /// The assignment that begins at `place`, if it computes the new value from the old one.
    #[must_use]
    pub fn change(&self, place: &Place) -> Option<&Write> {
        let at = Position::of(place);
        let mut writes = self.index(place)?.writes.iter();
        writes.find(|write| write.span.start == at && write.relative)
    }

    /// The call whose location, as the compiler reports it, is `place`.
    #[must_use]
    pub fn call(&self, place: &Place) -> Option<&Call> {
        let at = Position::of(place);
        self.index(place)?.calls.iter().find(|call| call.at == at)
    }

    /// What the value of the call or macro at `place` becomes, outermost first.
    #[must_use]
    pub fn context(&self, place: &Place) -> Option<&[Context]> {
        let at = Position::of(place);
        let call = self.call(place).map(|call| &call.context);
        let macros = || {
            let mut macros = self.index(place)?.macros.iter();
            let found = macros.find(|found| found.span.start == at)?;
            Some(&found.context)
        };
        call.or_else(macros).map(Vec::as_slice)
    }

    /// The largest expression that begins at `place` and stands for a place in memory.
    #[must_use]
    pub fn place_expression(&self, place: &Place) -> Option<&Operand> {
        let at = Position::of(place);
        let mut places = self.index(place)?.places.iter();
        places.find_map(|(start, operand)| (*start == at).then_some(operand))
    }

    /// The calls of `name` that touch the line of `place` (at the column too, where that is known), the
    /// innermost first.
    pub fn calls_of<'a>(
        &'a self,
        place: &'a Place,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Call> {
        let exact = self.call(place).filter(|call| call.name == name);
        let at_line = self
            .index(place)
            .into_iter()
            .flat_map(|index| &index.calls)
            .filter(move |call| {
                call.name == name
                    && (call.span.start.line..=call.span.end.line).contains(&place.line)
            });
        exact.into_iter().chain(at_line)
    }

    /// The macro call that starts at `place`.
    #[must_use]
    pub fn macro_at(&self, place: &Place) -> Option<&Macro> {
        let at = Position::of(place);
        self.index(place)?
            .macros
            .iter()
            .find(|found| found.span.start == at)
            .or_else(|| {
                let mut same_line = self
                    .index(place)?
                    .macros
                    .iter()
                    .filter(|found| place.column == 0 && found.span.start.line == place.line);
                same_line.next()
            })
    }

    /// The innermost function item around `place`.
    #[must_use]
    pub fn function(&self, place: &Place) -> Option<&Function> {
        self.index(place)?
            .functions
            .iter()
            .filter(|function| function.span.touches(place))
            .max_by_key(|function| function.span.start)
    }

    /// What `name` is bound to at `place`: the nearest binding before it that is in scope.
    #[must_use]
    pub fn binding(&self, place: &Place, name: &str) -> Option<&Binding> {
        self.index(place)?
            .bindings
            .iter()
            .filter(|binding| binding.name == name && binding.scope.touches(place))
            .max_by_key(|binding| binding.scope.start)
    }

    /// The assignments through a guard or pointer in the function around `place`.
    pub fn writes(&self, place: &Place) -> impl Iterator<Item = &Write> {
        self.index(place)
            .into_iter()
            .flat_map(|index| &index.writes)
    }

    /// All calls in the file of `place`.
    pub fn calls(&self, place: &Place) -> impl Iterator<Item = &Call> {
        self.index(place).into_iter().flat_map(|index| &index.calls)
    }

    /// Whether `place` stands in the condition of an `if`, `while` or `match`.
    #[must_use]
    pub fn is_condition(&self, place: &Place) -> bool {
        self.branch(place).is_some()
    }

    /// The `if`, `while` or `match` in whose condition `place` stands.
    #[must_use]
    pub fn branch(&self, place: &Place) -> Option<&Branch> {
        self.index(place)?
            .branches
            .iter()
            .filter(|branch| branch.condition.touches(place))
            .max_by_key(|branch| branch.condition.start)
    }

    /// Whether `place` stands in the body of a `while`, so that the condition is looked at again afterwards.
    #[must_use]
    pub fn is_repeated(&self, place: &Place) -> bool {
        let mut around = self
            .index(place)
            .into_iter()
            .flat_map(|index| &index.branches);
        around.any(|branch| branch.repeats && branch.body.touches(place))
    }

    /// Where the outermost loop around `place` begins: a `for`, or a `while` or `loop`.
    #[must_use]
    pub fn loop_around(&self, place: &Place, is_for: bool) -> Option<Place> {
        let loops = self.index(place)?.loops.iter();
        let around = loops.filter(|found| found.is_for == is_for && found.span.touches(place));
        let outer = around.map(|found| found.span.start).min()?;
        Some(at(place, outer))
    }

    /// Where the function around `place` begins.
    #[must_use]
    pub fn function_around(&self, place: &Place) -> Option<Place> {
        Some(at(place, self.function(place)?.span.start))
    }

    /// Whether what is read at `place` decides a branch: it stands in a condition, or in a `let` whose name, or
    /// that of a `let` computed from it, a later condition of the same function mentions.
    #[must_use]
    pub fn decides(&self, place: &Place) -> bool {
        if self.is_condition(place) {
            return true;
        }
        let (Some(names), Some(function)) = (self.computed(place), self.function(place)) else {
            return false;
        };
        let branches = self
            .index(place)
            .into_iter()
            .flat_map(|index| &index.branches);
        branches
            .filter(|branch| branch.condition.start > Position::of(place))
            .filter(|branch| function.span.contains(branch.condition.start))
            .any(|branch| branch.mentions.iter().any(|name| names.contains(&name)))
    }

    /// Whether what is read at `place` is part of what a macro call later in the same function is about.
    #[must_use]
    pub fn is_passed_to(&self, place: &Place, call: &Macro) -> bool {
        let here = self.function(place);
        let Some((names, function)) = self.computed(place).zip(here) else {
            return false;
        };
        function.span.contains(call.span.start)
            && call.mentions.iter().any(|name| names.contains(&name))
    }

    /// The variables that the value of the call at `place` is bound to, and those that are computed from them.
    fn computed(&self, place: &Place) -> Option<Vec<&String>> {
        let (call, function) = (self.call(place)?, self.function(place)?);
        let mut names: Vec<&String> = call.bound().iter().collect();
        let bindings = self.index(place).into_iter().flat_map(|i| &i.bindings);
        let mut later: Vec<&Binding> = bindings
            .filter(|binding| binding.scope.start > call.at)
            .filter(|binding| function.span.contains(binding.scope.start))
            .collect();
        later.sort_by_key(|binding| binding.scope.start);
        for binding in later {
            if binding.mentions.iter().any(|name| names.contains(&name)) {
                names.push(&binding.name);
            }
        }
        Some(names)
    }

    fn index(&self, place: &Place) -> Option<&Index> {
        self.file(&place.file).map(|file| &file.index)
    }
}

/// Another position in the file of `place`.
fn at(place: &Place, position: Position) -> Place {
    Place {
        file: place.file.clone(),
        line: position.line,
        column: position.column,
    }
}

impl SourceFile {
    /// A line, counted from 1.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<&str> {
        let before = usize::try_from(number).ok()?.checked_sub(1)?;
        self.text.lines().nth(before)
    }
}
