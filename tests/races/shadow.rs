//! The shadow memory alone, against a list of all accesses: it keeps only some, and must find the same races.

use proptest::prelude::*;
use threadlings::runtime::shadow::{Access, Shadow};

use super::random::on_random;

const THREADS: usize = 4;

/// A little before where a page of the shadow memory ends.
const BORDER: usize = 1012;

#[derive(Clone, Copy, Debug)]
enum Step {
    Access {
        thread: usize,
        start: usize,
        size: usize,
        write: bool,
        atomic: bool,
    },
    /// A thread does something that orders nothing.
    Event(usize),
    /// What the first has done happens before what the second will do.
    Order(usize, usize),
    /// A block begins.
    Forget(usize, usize),
    /// Another execution begins.
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    let thread = || 0..THREADS;
    let start = prop_oneof![4 => 0..4_usize, 2 => 0..24_usize];
    let size = prop_oneof![4 => 1..9_usize, 1 => 1..24_usize];
    let access = (
        thread(),
        start,
        size,
        any::<bool>(),
        prop::bool::weighted(0.3),
    );
    let access = access.prop_map(|(thread, start, size, write, atomic)| {
        // An atomic has a size of its own, and is aligned to it.
        let (start, size) = match (atomic, 1 << (size % 4)) {
            (false, _) => (BORDER + start, size),
            (true, size) => ((BORDER + start) / size * size, size),
        };
        Step::Access {
            thread,
            start,
            size,
            write,
            atomic,
        }
    });
    prop_oneof![
        12 => access,
        2 => thread().prop_map(Step::Event),
        6 => (thread(), thread()).prop_map(|(from, to)| Step::Order(from, to)),
        1 => (0..24_usize, 0..24_usize).prop_map(|(start, size)| Step::Forget(BORDER + start, size)),
        1 => Just(Step::Clear),
    ]
}

/// Every access, with how many bytes it touched, and those that are still the same memory.
#[derive(Default)]
struct List(Vec<(Access, usize, Vec<usize>)>);

impl List {
    /// The earlier accesses that a new one races with, by number.
    fn races(&self, new: &Access, bytes: &[usize], clock: &[u32]) -> Vec<u32> {
        let unordered =
            |old: &Access| old.thread != new.thread && clock[usize::from(old.thread)] <= old.events;
        let racing = self.0.iter().filter(|(old, size, touched)| {
            (old.write || new.write)
                && !(old.atomic && new.atomic && *size == bytes.len())
                && touched.iter().any(|byte| bytes.contains(byte))
                && unordered(old)
        });
        racing.map(|(old, ..)| old.number).collect()
    }
}

#[test]
fn what_is_left_out_is_superfluous() {
    let steps = prop::collection::vec(step(), 1..40);
    on_random(3_000, steps, |steps| {
        let mut shadow = Shadow::default();
        let mut list = List::default();
        let mut clocks = [[0_u32; THREADS]; THREADS];
        let mut racy = false;
        for (number, &step) in steps.iter().enumerate() {
            match step {
                Step::Access {
                    thread,
                    start,
                    size,
                    write,
                    atomic,
                } => {
                    // The operation of an atomic is an event, which is counted already.
                    let before = clocks[thread][thread];
                    clocks[thread][thread] += u32::from(atomic);
                    let access = Access {
                        all: 0,
                        bytes: 0,
                        write,
                        atomic,
                        thread: thread as u8,
                        events: before,
                        number: number as u32,
                    };
                    let bytes: Vec<_> = (start..start + size).collect();
                    let clock = clocks[thread];
                    let races = list.races(&access, &bytes, &clock);
                    let found = shadow.add(start, size, access, &clock);
                    match found {
                        Some(old) => prop_assert!(races.contains(&old.number), "invented {old:?}"),
                        None => prop_assert!(races.is_empty(), "missed {races:?} at {number}"),
                    }
                    racy |= found.is_some();
                    list.0.push((access, size, bytes));
                }
                Step::Event(thread) => clocks[thread][thread] += 1,
                Step::Order(from, to) => {
                    clocks[from][from] += 1;
                    let known = clocks[from];
                    for (own, other) in clocks[to].iter_mut().zip(known) {
                        *own = (*own).max(other);
                    }
                }
                Step::Forget(start, size) => {
                    shadow.forget(start, size);
                    for (_, _, bytes) in &mut list.0 {
                        bytes.retain(|byte| !(start..start + size).contains(byte));
                    }
                }
                Step::Clear => {
                    shadow.clear();
                    list.0.clear();
                }
            }
        }
        Ok(racy)
    });
}
