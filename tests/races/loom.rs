//! loom as a second opinion: it knows what happens before what, and its `UnsafeCell` tells of accesses at the same time.
//!
//! Its mistakes are known (`src/opinions/known.rs`): where a program has atomics, it may miss orders, or see stores in
//! orders that cannot be. Then the axioms of C++20 judge between us.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU64, fence};
use loom::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use loom::thread::{self, JoinHandle};
use proptest::prelude::*;
use proptest::sample::select;
use threadlings::operation::MemoryOrdering as Ours;
use threadlings::trace::Memory as Model;

use super::enumeration;
use super::program::{Source, Statement, started};
use super::random::{Piece, any_memory, atomics, finds, inner, on_random, threads_of};
use crate::explorer::guest::place_of;
use crate::explorer::weak::axioms;
use crate::explorer::weak::program::{Plain, Source as Atomics, Statement as Memory};

/// Executions after which loom is given up.
const PATIENCE: usize = 20_000;

/// All that the threads share.
struct World {
    bytes: Vec<UnsafeCell<u8>>,
    atomics: Vec<AtomicU64>,
    mutexes: Vec<Mutex<()>>,
    locks: Vec<RwLock<()>>,
}

// SAFETY: loom runs one thread at a time, and watches over the cells: that is the test.
unsafe impl Sync for World {}
// SAFETY: as above.
unsafe impl Send for World {}

/// Whether loom finds a race; `None` if it has not seen everything.
fn loom_finds(source: &Source) -> Option<bool> {
    let source = Arc::new(source.clone());
    let mut builder = loom::model::Builder::new();
    builder.max_permutations = Some(PATIENCE);
    let executions = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = executions.clone();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        builder.check(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            let world = World {
                bytes: (0..8).map(|_| UnsafeCell::new(0)).collect(),
                atomics: (0..source.atomics()).map(|_| AtomicU64::new(0)).collect(),
                mutexes: (0..2).map(|_| Mutex::new(())).collect(),
                locks: (0..2).map(|_| RwLock::new(())).collect(),
            };
            run(&source, 0, &Arc::new(world));
        });
    }));
    let Err(panic) = ended else {
        let complete = executions.load(Ordering::Relaxed) < PATIENCE;
        return complete.then_some(false);
    };
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or(panic.downcast_ref::<&str>().copied());
    let said = said.expect("loom says why");
    assert!(said.contains("Causality violation"), "{said}");
    Some(true)
}

fn run(source: &Arc<Source>, number: usize, world: &Arc<World>) {
    let mut started: HashMap<usize, JoinHandle<()>> = HashMap::new();
    let mut held: HashMap<u32, MutexGuard<()>> = HashMap::new();
    let mut read: HashMap<u32, RwLockReadGuard<()>> = HashMap::new();
    let mut written: HashMap<u32, RwLockWriteGuard<()>> = HashMap::new();
    let mut last = 0;
    let mut next = 0;
    while let Some(&statement) = source.0[number].get(next) {
        next += 1;
        match statement {
            Statement::Memory(Memory::If(value)) if value != last => return,
            Statement::Memory(memory) => last = remember(memory, world).unwrap_or(last),
            Statement::Lock(m) => drop(held.insert(m, world.mutexes[m as usize].lock().unwrap())),
            Statement::TryLock(m, skip) => match world.mutexes[m as usize].try_lock() {
                Ok(guard) => drop(held.insert(m, guard)),
                Err(_) => next += skip,
            },
            Statement::Unlock(m) => drop(held.remove(&m)),
            Statement::Read(l) => drop(read.insert(l, world.locks[l as usize].read().unwrap())),
            Statement::ReadUnlock(l) => drop(read.remove(&l)),
            Statement::Write(l) => {
                drop(written.insert(l, world.locks[l as usize].write().unwrap()))
            }
            Statement::WriteUnlock(l) => drop(written.remove(&l)),
            Statement::Start(child) => {
                let (source, world) = (source.clone(), world.clone());
                let handle = thread::spawn(move || run(&source, child, &world));
                started.insert(child, handle);
            }
            Statement::Join(child) => {
                let handle = started.remove(&child).expect("started before");
                handle.join().expect("no panic");
            }
            other => panic!("{other} is not for loom"),
        }
    }
}

fn remember(memory: Memory, world: &World) -> Option<u64> {
    let at = |x: usize| &world.atomics[x];
    match memory {
        Memory::Load(x, o) => Some(at(x).load(ordering(o))),
        Memory::Store(x, value, o) => {
            at(x).store(value, ordering(o));
            None
        }
        Memory::Add(x, by, o) => Some(at(x).fetch_add(by, ordering(o))),
        Memory::Swap(x, value, o) => Some(at(x).swap(value, ordering(o))),
        Memory::Exchange(x, [old, new], o, failure) => {
            let result = at(x).compare_exchange(old, new, ordering(o), ordering(failure));
            let (Ok(read) | Err(read)) = result;
            Some(read)
        }
        Memory::Fence(o) => {
            fence(ordering(o));
            None
        }
        Memory::Plain(Plain { start, size, write }) => {
            for cell in &world.bytes[start..start + size] {
                if write {
                    cell.with_mut(|_| ());
                } else {
                    cell.with(|_| ());
                }
            }
            None
        }
        Memory::If(_) | Memory::Await(..) => None,
    }
}

fn ordering(ordering: Ours) -> Ordering {
    match ordering {
        Ours::Relaxed => Ordering::Relaxed,
        Ours::Acquire => Ordering::Acquire,
        Ours::Release => Ordering::Release,
        Ours::AcqRel => Ordering::AcqRel,
        Ours::SeqCst => Ordering::SeqCst,
    }
}

/// loom takes `SeqCst` accesses for acquiring and releasing ones, and does not know an atomic that is accessed otherwise.
fn for_loom(memory: Memory) -> Memory {
    let weaker = |o, instead| if o == Ours::SeqCst { instead } else { o };
    match memory {
        Memory::Load(x, o) => Memory::Load(x, weaker(o, Ours::Acquire)),
        Memory::Store(x, v, o) => Memory::Store(x, v, weaker(o, Ours::Release)),
        Memory::Add(x, v, o) => Memory::Add(x, v, weaker(o, Ours::AcqRel)),
        Memory::Swap(x, v, o) => Memory::Swap(x, v, weaker(o, Ours::AcqRel)),
        Memory::Exchange(x, v, o, f) => {
            Memory::Exchange(x, v, weaker(o, Ours::AcqRel), weaker(f, Ours::Acquire))
        }
        Memory::Plain(plain) if plain.start >= place_of(0) => Memory::Plain(Plain {
            start: plain.start % 3,
            ..plain
        }),
        other => other,
    }
}

fn weakened(source: Source) -> Source {
    let weaker = |statement| match statement {
        Statement::Memory(memory) => Statement::Memory(for_loom(memory)),
        other => other,
    };
    let threads = source.0.into_iter();
    Source(
        threads
            .map(|t| t.into_iter().map(weaker).collect())
            .collect(),
    )
}

/// What orders threads without an atomic. No readers: to loom a reader's unlock happens before a later reader's lock, and
/// it does not try their other orders, so that it misses what two readers do to each other.
fn locked() -> impl Strategy<Value = Piece> {
    use Statement as S;
    type Around = fn(u32, Piece) -> Piece;
    let around: Vec<Around> = vec![
        |m, inner| [vec![S::Lock(m)], inner, vec![S::Unlock(m)]].concat(),
        |m, inner| {
            [
                vec![S::TryLock(m, inner.len() + 1)],
                inner,
                vec![S::Unlock(m)],
            ]
            .concat()
        },
        |l, inner| [vec![S::Write(l)], inner, vec![S::WriteUnlock(l)]].concat(),
    ];
    let object = prop_oneof![4 => Just(0_u32), 1 => Just(1)];
    prop_oneof![
        1 => inner(),
        2 => (select(around), object, inner()).prop_map(|(around, o, inner)| around(o, inner)),
    ]
}

fn locked_or_atomic() -> impl Strategy<Value = Piece> {
    let memory = any_memory().prop_map(|all| all.into_iter().map(Statement::Memory).collect());
    prop_oneof![1 => locked(), 1 => memory]
}

/// How often loom and we said what.
#[derive(Default)]
struct Tally {
    same: Cell<u32>,
    missed_by_loom: Cell<u32>,
    invented_by_loom: Cell<u32>,
    given_up: Cell<u32>,
}

impl Tally {
    /// What both say of a program; true if loom's differs.
    fn compare(&self, source: &Source) -> (bool, bool) {
        let ours = finds(source, Model::C11, 0);
        let one = match loom_finds(source) {
            None => &self.given_up,
            Some(theirs) if theirs == ours => &self.same,
            Some(false) => &self.missed_by_loom,
            Some(true) => &self.invented_by_loom,
        };
        one.set(one.get() + 1);
        let differs =
            std::ptr::eq(one, &self.missed_by_loom) || std::ptr::eq(one, &self.invented_by_loom);
        (ours, differs)
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let [same, missed, invented, given_up] = [
            &self.same,
            &self.missed_by_loom,
            &self.invented_by_loom,
            &self.given_up,
        ]
        .map(Cell::get);
        println!("loom: same {same}, missed {missed}, invented {invented}, given up {given_up}");
    }
}

/// Nothing is known to be wrong here.
#[test]
fn loom_agrees_where_locks_order_threads() {
    let tally = Tally::default();
    on_random(100, threads_of(locked).prop_map(weakened), |source| {
        let (ours, differs) = tally.compare(source);
        prop_assert!(
            !differs,
            "we: {ours}, by definition: {}",
            enumeration::has_race(source, 0)
        );
        Ok(ours)
    });
}

#[test]
fn where_loom_differs_about_atomics_the_axioms_agree_with_us() {
    let tally = Tally::default();
    let programs = atomics().prop_map(|Atomics(threads)| {
        let threads = threads.into_iter();
        Atomics(
            threads
                .map(|t| t.into_iter().map(for_loom).collect())
                .collect(),
        )
    });
    on_random(100, programs, |source| {
        let (ours, differs) = tally.compare(&started(source));
        if differs {
            prop_assert_eq!(ours, axioms::has_race(source));
        }
        Ok(ours)
    });
}

/// Beside locks there are atomics, so loom may differ; but a race that is there in some interleaving we find.
#[test]
fn where_loom_differs_about_both_sequential_consistency_is_with_us() {
    let tally = Tally::default();
    on_random(
        100,
        threads_of(locked_or_atomic).prop_map(weakened),
        |source| {
            let (ours, differs) = tally.compare(source);
            let has_atomics = source.atomics() > 0;
            prop_assert!(!differs || has_atomics && (ours || !enumeration::has_race(source, 0)));
            Ok(ours)
        },
    );
}

/// A program for the remark at [`locked`]: when this fails, readers can be compared.
#[test]
fn loom_misses_what_two_readers_do_to_each_other() {
    let touch = |write| {
        let plain = Plain {
            start: 0,
            size: 1,
            write,
        };
        Statement::Memory(Memory::Plain(plain))
    };
    let reader = |write| vec![touch(write), Statement::ReadUnlock(0)];
    let source = Source(vec![
        [vec![Statement::Start(1), Statement::Read(0)], reader(false)].concat(),
        [vec![Statement::Read(0)], reader(true)].concat(),
    ]);
    assert!(enumeration::has_race(&source, 0) && finds(&source, Model::C11, 0));
    assert_eq!(loom_finds(&source), Some(false));
}
