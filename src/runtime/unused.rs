//! Which read-modify-writes of the program have a result that it does not use: told by its source, asked by place.

use std::panic::Location;

use rustc_hash::FxHashMap;

use super::plugin::{Plugin, text};
use super::source::Source;
use crate::trace::Place;

/// The places of read-modify-writes whose result is not used.
#[derive(Debug, Default)]
pub struct Unused {
    places: Vec<Place>,
    sources: Vec<Source>,
    /// What was found out about a location of the library, by its address.
    known: FxHashMap<usize, bool>,
}

impl Plugin {
    /// Takes note of the places in `sources` where the result of a read-modify-write is not used.
    pub fn set_unused(&mut self, places: Vec<Place>, sources: Vec<Source>) {
        self.unused = Unused {
            places,
            sources,
            known: FxHashMap::default(),
        };
    }

    /// Whether the result of a read-modify-write that was announced at `location` is not used.
    pub(super) fn is_unused_at(&mut self, location: *const Location<'static>) -> bool {
        if self.unused.places.is_empty() {
            return false;
        }
        if let Some(&known) = self.unused.known.get(&(location as usize)) {
            return known;
        }
        let unused = self.layout.offset(location as usize).is_some() && {
            // SAFETY: the location lies in the library, which is where its locations are.
            let site = unsafe { (self.program.describe)(location) };
            // SAFETY: the file's name is part of the library.
            let file = unsafe { text(site.file) };
            let sources = self.unused.sources.iter();
            sources
                .filter(|source| source.is_named(&file))
                .any(|source| {
                    let column = source.from_location(site.line, site.column);
                    let mut places = self.unused.places.iter();
                    places.any(|place| {
                        (place.line, place.column) == (site.line, column)
                            && place.file == source.path
                    })
                })
        };
        self.unused.known.insert(location as usize, unused);
        unused
    }
}
