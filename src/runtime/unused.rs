//! Which read-modify-writes of the program have a result that it does not use: told by its source, asked by place.

use std::panic::Location;

use rustc_hash::FxHashMap;

use super::plugin::{Plugin, text};
use crate::trace::Place;

/// The places of read-modify-writes whose result is not used.
#[derive(Debug, Default)]
pub struct Unused {
    places: Vec<Place>,
    /// What was found out about a location of the library, by its address.
    known: FxHashMap<usize, bool>,
}

impl Plugin {
    /// Takes note of the places where the result of a read-modify-write is not used.
    pub fn set_unused(&mut self, places: Vec<Place>) {
        self.unused = Unused {
            places,
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
            self.unused.places.iter().any(|place| {
                (place.line, place.column) == (site.line, site.column) && is_named(&file, place)
            })
        };
        self.unused.known.insert(location as usize, unused);
        unused
    }
}

/// Whether the file of a location is that of the place, however much of its path is told.
fn is_named(file: &str, place: &Place) -> bool {
    file.strip_suffix(place.file.as_str())
        .is_some_and(|before| before.is_empty() || before.ends_with('/'))
}
