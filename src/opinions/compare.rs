//! Compares what another engine says of a program with what our own explorer says.

use super::known::{self, Known, Way};
use super::{Final, How, Opinion, Witness};
use crate::trace::Memory;

/// What came of a comparison.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// Both reach the same ends, and no others exist.
    Same,
    /// Nothing that the other reaches is new to us; it has not seen everything.
    Consistent,
    /// The other cannot say.
    NoOpinion(String),
    /// They differ as they are known to.
    Known(&'static Known),
    /// They differ, and nobody knows why: the evidence, one sentence each.
    Differs(Vec<String>),
}

/// Compares the opinion of `witness` with our own.
#[must_use]
pub fn compare(own: &Opinion, other: &Opinion, witness: Witness) -> Comparison {
    if let Some(why) = own.refused.as_ref().or(other.refused.as_ref()) {
        return Comparison::NoOpinion(why.clone());
    }
    let own = match &own.sequential {
        Some(sequential) if other.memory == Memory::Sc => sequential,
        _ => own,
    };
    let unequal_memory = own.weak_ordering && own.memory != other.memory;
    let may_invent = own.is_exhaustive() && !(unequal_memory && other.memory == Memory::C11);
    let may_miss = other.is_exhaustive() && !(unequal_memory && other.memory == Memory::Sc);
    let differences = [
        (
            Way::Invents,
            if may_invent {
                invented(own, other)
            } else {
                Vec::new()
            },
        ),
        (
            Way::Misses,
            if may_miss {
                missed(own, other)
            } else {
                Vec::new()
            },
        ),
    ];
    let mut unexplained = Vec::new();
    let mut explained = None;
    for (way, ends) in differences {
        match known::explanation(witness, way, other) {
            _ if ends.is_empty() => {}
            Some(known) => explained = Some(known),
            None => unexplained.extend(
                ends.iter()
                    .map(|end| evidence(way, end, own, other, witness)),
            ),
        }
    }
    match explained {
        _ if !unexplained.is_empty() => Comparison::Differs(unexplained),
        Some(known) => Comparison::Known(known),
        None if may_invent && may_miss => Comparison::Same,
        None if !may_invent && !may_miss && !other.finals.is_subset(&own.finals) => {
            Comparison::NoOpinion("neither side has seen enough to compare".to_string())
        }
        None => Comparison::Consistent,
    }
}

/// What `other` reaches and we do not.
fn invented<'o>(own: &Opinion, other: &'o Opinion) -> Vec<&'o Final> {
    // Where the process can end at any moment, we do not look at what else could have happened until then.
    let abrupt = own
        .finals
        .iter()
        .any(|end| matches!(end.how, How::Exited(_) | How::Crashed));
    other
        .finals
        .iter()
        .filter(|end| !own.finals.contains(end))
        .filter(|end| end.how.is_failure() || !abrupt)
        .collect()
}

/// What we reach and `other` does not. It cannot tell a livelock from a loop that is long.
fn missed<'o>(own: &'o Opinion, other: &Opinion) -> Vec<&'o Final> {
    own.finals
        .iter()
        .filter(|end| end.how != How::Livelock)
        .filter(|end| !other.finals.contains(end))
        .collect()
}

fn evidence(way: Way, end: &Final, own: &Opinion, other: &Opinion, witness: Witness) -> String {
    let name = witness.name();
    let (ours, theirs) = (own.executions, other.executions);
    match way {
        Way::Invents => format!(
            "{name} reaches this end, and our own explorer does not in any of its {ours} executions: {end}"
        ),
        Way::Misses => format!(
            "our own explorer reaches this end, and {name} does not in any of its {theirs} executions: {end}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, compare};
    use crate::opinions::{Final, How, Opinion, Witness};
    use crate::trace::Memory;

    fn opinion(complete: bool, printed: &[&str]) -> Opinion {
        let end = |text: &&str| Final {
            how: How::Completed,
            printed: vec![text.to_string()],
        };
        Opinion {
            complete,
            executions: 1,
            finals: printed.iter().map(end).collect(),
            ..Opinion::default()
        }
    }

    #[test]
    fn what_only_the_other_reaches_is_a_difference_however_little_it_has_seen() {
        let own = opinion(true, &["1"]);
        let other = opinion(false, &["1", "2"]);
        let Comparison::Differs(evidence) = compare(&own, &other, Witness::Shuttle) else {
            panic!("a difference");
        };
        assert!(evidence[0].contains(r#"printed "2""#), "{evidence:?}");
    }

    #[test]
    fn what_only_we_reach_is_a_difference_where_the_other_has_seen_all() {
        let own = opinion(true, &["1", "2"]);
        let all = compare(&own, &opinion(true, &["1"]), Witness::Shuttle);
        assert!(matches!(all, Comparison::Differs(_)), "{all:?}");
        let some = compare(&own, &opinion(false, &["1"]), Witness::Shuttle);
        assert!(matches!(some, Comparison::Consistent), "{some:?}");
        let same = compare(&own, &opinion(true, &["1", "2"]), Witness::Shuttle);
        assert!(matches!(same, Comparison::Same), "{same:?}");
    }

    #[test]
    fn nothing_is_invented_where_we_have_not_seen_all() {
        let other = opinion(false, &["2"]);
        let compared = compare(&opinion(false, &["1"]), &other, Witness::Loom);
        assert!(matches!(compared, Comparison::NoOpinion(_)), "{compared:?}");
    }

    #[test]
    fn weak_memory_is_compared_with_weak_memory() {
        let weak = |memory, printed: &[&str]| Opinion {
            weak_ordering: true,
            memory,
            ..opinion(true, printed)
        };
        let loom = weak(Memory::C11, &["1", "2"]);
        let sc = compare(&weak(Memory::Sc, &["1"]), &loom, Witness::Loom);
        assert!(matches!(sc, Comparison::Consistent), "{sc:?}");
        let c11 = compare(&weak(Memory::C11, &["1"]), &loom, Witness::Loom);
        assert!(matches!(c11, Comparison::Differs(_)), "{c11:?}");
        let shuttle = weak(Memory::Sc, &["1"]);
        let both = compare(&weak(Memory::C11, &["1", "2"]), &shuttle, Witness::Shuttle);
        assert!(matches!(both, Comparison::Consistent), "{both:?}");
    }

    #[test]
    fn a_known_mistake_is_named() {
        let mut loom = opinion(true, &["1"]);
        loom.features.insert("AtomicLoad".to_string());
        let compared = compare(&opinion(true, &["1", "2"]), &loom, Witness::Loom);
        assert!(
            matches!(compared, Comparison::Known(known) if known.name == "loom-last-access"),
            "{compared:?}"
        );
    }
}
