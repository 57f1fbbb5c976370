//! Positions and ranges in a file.

use proc_macro2::LineColumn;
use syn::spanned::Spanned;

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
