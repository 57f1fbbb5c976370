//! Wakeup trees: the sequences that are still to be explored from a point of an execution.
//!
//! Abdulla, Aronis, Jonsson, Sagonas: Source Sets (JACM 2017), section 6. The first branch of a node's tree is
//! the one in progress.

use super::footprint::Footprint;
use crate::operation::ThreadId;

/// One step of a sequence. `alternative` is `None` where any is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceStep {
    /// Who.
    pub thread: ThreadId,
    /// Which way.
    pub alternative: Option<u32>,
    /// What it touches.
    pub footprint: Footprint,
}

/// A step and what may follow it, in the order of exploration.
#[derive(Debug)]
pub struct Branch {
    /// The step.
    pub step: SequenceStep,
    /// Continuations. None: any.
    pub children: Vec<Branch>,
}

impl Branch {
    /// A step that anything may follow.
    #[must_use]
    pub fn leaf(step: SequenceStep) -> Self {
        Branch {
            step,
            children: Vec::new(),
        }
    }
}

/// Whether `asleep` could have been the first step of an execution equivalent to one that begins with
/// `sequence`: then such an execution has been explored already.
#[must_use]
pub fn is_weak_initial(asleep: ThreadId, footprint: &Footprint, sequence: &[SequenceStep]) -> bool {
    for step in sequence {
        if step.thread == asleep {
            return true;
        }
        if step.footprint.depends(footprint) {
            return false;
        }
    }
    true
}

/// Adds `sequence` unless an execution that the tree already leads to covers it. Uses `sequence` up.
/// `is_root`: whether `branches` is the tree of a node, not a subtree.
pub fn insert(branches: &mut Vec<Branch>, sequence: &mut Vec<SequenceStep>) {
    let mut level = branches;
    let mut is_root = true;
    'descend: loop {
        if sequence.is_empty() || (level.is_empty() && !is_root) {
            return;
        }
        for index in 0..level.len() {
            let step = level[index].step;
            match position(&step, sequence) {
                Position::First(at) => {
                    let taken = sequence.remove(at);
                    if matches!((step.alternative, taken.alternative), (Some(a), Some(b)) if a != b)
                    {
                        // Every alternative of this step is explored from here, with anything after it.
                        return;
                    }
                }
                Position::Independent => {}
                Position::Incompatible => continue,
            }
            level = &mut level[index].children;
            is_root = false;
            continue 'descend;
        }
        break;
    }
    let mut rest = sequence.drain(..).rev();
    let last = rest.next().expect("an empty sequence has returned");
    let branch = rest.fold(Branch::leaf(last), |child, step| Branch {
        step,
        children: vec![child],
    });
    level.push(branch);
}

enum Position {
    /// The sequence can begin with it: it is at this index.
    First(usize),
    /// The sequence does not contain it, and commutes with it.
    Independent,
    Incompatible,
}

fn position(step: &SequenceStep, sequence: &[SequenceStep]) -> Position {
    match sequence.iter().position(|s| s.thread == step.thread) {
        Some(at) => {
            let footprint = sequence[at].footprint;
            if sequence[..at]
                .iter()
                .any(|s| s.footprint.depends(&footprint))
            {
                Position::Incompatible
            } else {
                Position::First(at)
            }
        }
        None if sequence
            .iter()
            .any(|s| s.footprint.depends(&step.footprint)) =>
        {
            Position::Incompatible
        }
        None => Position::Independent,
    }
}
