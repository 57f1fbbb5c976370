//! Where other engines are known to be wrong. A difference that no row explains is a bug, of theirs or of ours; a row
//! that explains nothing any more fails the tests.

use super::{Opinion, Witness};

/// Which way an opinion differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Something that we reach is missing from all that the engine reaches.
    Misses,
    /// The engine reaches what we never do.
    Invents,
}

/// A known mistake.
#[derive(Debug)]
pub struct Known {
    /// A short name.
    pub name: &'static str,
    /// Whose.
    pub witness: Witness,
    /// Which way.
    pub way: Way,
    /// For which programs, by the opinion that differs.
    when: fn(&Opinion) -> bool,
    /// Why, and where it can be read.
    pub reason: &'static str,
}

/// Every known mistake.
pub static ALL: &[Known] = &[
    Known {
        name: "loom-last-access",
        witness: Witness::Loom,
        way: Way::Misses,
        when: |opinion| uses(opinion, "AtomicLoad") || changes(opinion),
        reason: "loom remembers only the last access to an atomic, so a thread's own load hides that of another, and \
             orders are missed (loom issues 166 and 392)",
    },
    Known {
        name: "loom-modification-order",
        witness: Witness::Loom,
        way: Way::Invents,
        when: |opinion| opinion.weak_ordering && changes(opinion) && uses(opinion, "AtomicStore"),
        reason: "loom does not keep a read-modify-write next to the store that it read, and lets threads see stores in \
             orders that contradict each other (loom issues 254, 282 and 389)",
    },
];

fn uses(opinion: &Opinion, kind: &str) -> bool {
    opinion.features.contains(kind)
}

/// Whether it reads and writes an atomic in one step.
fn changes(opinion: &Opinion) -> bool {
    let kinds = ["AtomicRmw", "AtomicCas", "AtomicCasWeak"];
    kinds.iter().any(|kind| uses(opinion, kind))
}

/// The row that explains a difference.
#[must_use]
pub fn explanation(witness: Witness, way: Way, opinion: &Opinion) -> Option<&'static Known> {
    ALL.iter()
        .find(|known| known.witness == witness && known.way == way && (known.when)(opinion))
}
