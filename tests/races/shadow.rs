//! The shadow memory alone, against a list of all accesses: it keeps only some, and must find the same races.

use proptest::prelude::*;
use threadlings::runtime::shadow::{Access, Excused, Shadow};

use super::random::on_random;

const THREADS: usize = 4;

#[derive(Clone, Copy, Debug)]
enum Step {
    Access {
        thread: usize,
        start: usize,
        size: usize,
        write: bool,
        atomic: bool,
        caller: u32,
    },
    /// A thread does something that orders nothing.
    Event(usize),
    /// What the first has done happens before what the second will do.
    Order(usize, usize),
    /// A block begins.
    Forget(usize, usize),
    /// Races of two places in the code do not count from now on.
    Excuse(u32, u32),
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
        1..4_u32,
    );
    let access = access.prop_map(
        |(thread, start, size, write, atomic, caller)| Step::Access {
            thread,
            start,
            size,
            write,
            atomic,
            caller,
        },
    );
    prop_oneof![
        12 => access,
        2 => thread().prop_map(Step::Event),
        6 => (thread(), thread()).prop_map(|(from, to)| Step::Order(from, to)),
        1 => (0..24_usize, 0..24_usize).prop_map(|(start, size)| Step::Forget(start, size)),
        1 => (1..4_u32, 1..4_u32).prop_map(|(a, b)| Step::Excuse(a, b)),
    ]
}

/// Every access, with the bytes that are still the same memory.
#[derive(Default)]
struct List(Vec<(Access, Vec<usize>)>);

impl List {
    fn races(
        &self,
        new: &Access,
        bytes: &[usize],
        clock: &[u32],
        excused: &[(u32, u32)],
    ) -> Vec<u32> {
        let unordered =
            |old: &Access| old.thread != new.thread && clock[usize::from(old.thread)] <= old.events;
        let counts = |old: &Access| {
            let (a, b) = (old.caller, new.caller);
            !excused.contains(&(a, b)) && !excused.contains(&(b, a))
        };
        let racing = self.0.iter().filter(|(old, touched)| {
            (old.write || new.write)
                && !(old.atomic && new.atomic)
                && touched.iter().any(|byte| bytes.contains(byte))
                && unordered(old)
                && counts(old)
        });
        racing.map(|(old, _)| old.number).collect()
    }
}

#[test]
fn what_is_left_out_is_superfluous() {
    let steps = prop::collection::vec(step(), 1..40);
    on_random(3_000, steps, |steps| {
        let mut shadow = Shadow::default();
        let mut excuses = Excused::default();
        let mut excused = Vec::new();
        let mut list = List::default();
        let mut clocks = vec![[0_u32; THREADS]; THREADS];
        let mut racy = false;
        for (number, &step) in steps.iter().enumerate() {
            match step {
                Step::Access {
                    thread,
                    start,
                    size,
                    write,
                    atomic,
                    caller,
                } => {
                    // The operation of an atomic is an event, which is counted already.
                    let before = clocks[thread][thread];
                    clocks[thread][thread] += u32::from(atomic);
                    let access = Access {
                        bytes: 0,
                        write,
                        atomic,
                        thread: thread as u8,
                        events: before,
                        number: number as u32,
                        caller,
                    };
                    let bytes: Vec<_> = (start..start + size).collect();
                    let clock = clocks[thread];
                    let races = list.races(&access, &bytes, &clock, &excused);
                    let found = shadow.add(start, size, access, &clock, &excuses);
                    match found {
                        Some(old) => prop_assert!(races.contains(&old.number), "invented {old:?}"),
                        None => prop_assert!(races.is_empty(), "missed {races:?} at {number}"),
                    }
                    racy |= found.is_some();
                    list.0.push((access, bytes));
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
                    for (_, bytes) in &mut list.0 {
                        bytes.retain(|byte| !(start..start + size).contains(byte));
                    }
                }
                // As in the product, that begins with another execution.
                Step::Excuse(a, b) => {
                    shadow.clear();
                    list.0.clear();
                    excuses.add(a, b);
                    excused.push((a, b));
                }
            }
        }
        Ok(racy)
    });
}
