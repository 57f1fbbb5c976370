//! Data races in words: from traces made by hand, those that no program of ours shows yet.

use threadlings::explanation::{BugReport, explain};
use threadlings::trace::{
    Action as A, Ending, Event, Memory, ObjectKind as K, Ordering, Race, Strengthening,
};

use super::builder::{Build, values};

const PROGRAM: &str = r#"static mut TOTAL: u64 = 0;
static LEFT: Mutex<()> = Mutex::new(());
static RIGHT: Mutex<()> = Mutex::new(());
fn main() {
    let adder = thread::spawn(|| {
        let _left = LEFT.lock().unwrap();
        unsafe { TOTAL += 5 };
        READY.store(true, Relaxed);
    });
    let _right = RIGHT.lock().unwrap();
    READY.load(Relaxed);
    unsafe { TOTAL = TOTAL * 2 };
    adder.join().unwrap();
}
"#;

/// `main` has started `adder`; then the two touch `TOTAL`.
fn race(first: (A, &str), second: (A, &str), edit: impl FnOnce(&mut [Event; 2])) -> Build {
    let mut b = Build::new(PROGRAM, 2);
    let memory = b.object(K::Memory, "");
    b.trace.objects[memory].static_name = Some("TOTAL".into());
    b.spawn(1, "@thread::spawn(");
    let mut accesses = [
        b.make(1, first.0, Some(memory), first.1),
        b.make(0, second.0, Some(memory), second.1),
    ];
    edit(&mut accesses);
    for (at, mut event) in accesses.into_iter().enumerate() {
        event.clock = vec![1 + at as u32, 1];
        b.trace.events.push(event);
    }
    b.trace.ending = Ending::DataRace;
    b.trace.race = Some(Race {
        accesses: [1, 2],
        sizes: [8, 8],
        object: memory,
        on_stack_of: None,
        block_size: None,
        variable: None,
    });
    b
}

fn told(build: &Build) -> BugReport {
    explain(&build.trace, &build.sources()).expect("a bug").bug
}

fn labels(bug: &BugReport) -> Vec<&str> {
    bug.sites.iter().map(|site| site.label.as_str()).collect()
}

const CHANGE: &str = "unsafe { @TOTAL += 5";
const DOUBLE: &str = "unsafe { @TOTAL = TOTAL * 2";
const READ: &str = "TOTAL = @TOTAL * 2";

#[test]
fn values_are_told_where_they_are_known() {
    let bug = told(&race(
        (A::Write, CHANGE),
        (A::Read, READ),
        |[write, read]| {
            values("", 5)(write);
            values(0, "")(read);
        },
    ));
    assert_eq!(
        bug.title,
        "`adder` changes `TOTAL`, `main` reads it, and nothing orders the two"
    );
    assert_eq!(
        labels(&bug),
        [
            "(1) `adder` changes `TOTAL` to 5",
            "(2) `main` reads 0 from `TOTAL`"
        ]
    );
}

#[test]
fn a_value_computed_from_the_old_one_is_a_change() {
    let bug = told(&race((A::Write, CHANGE), (A::Write, DOUBLE), |_| ()));
    assert_eq!(
        bug.title,
        "`adder` and `main` both change `TOTAL`, and nothing orders the two"
    );
    assert!(bug.help.contains("one step"), "{}", bug.help);
}

#[test]
fn memory_can_be_freed_first() {
    let bug = told(&race((A::Free, CHANGE), (A::Read, READ), |_| ()));
    assert_eq!(
        bug.title,
        "`adder` frees `TOTAL`, `main` reads it, and nothing orders the two"
    );
    let roles: Vec<_> = bug.sites.iter().map(|site| site.role.name()).collect();
    assert_eq!(roles, ["frees", "reads"]);
    assert!(bug.help.contains("may be freed only when"), "{}", bug.help);
}

#[test]
fn locks_are_those_held_at_the_accesses() {
    let mut b = Build::new(PROGRAM, 2);
    let left = b.object(K::Mutex, "LEFT: Mutex<()> = @Mutex::new(");
    let right = b.object(K::Mutex, "RIGHT: Mutex<()> = @Mutex::new(");
    let memory = b.object(K::Memory, "");
    b.trace.objects[memory].static_name = Some("TOTAL".into());
    b.spawn(1, "@thread::spawn(")
        .event(1, A::Lock, left, "LEFT.@lock()", |_| ())
        .event(0, A::Lock, right, "RIGHT.@lock()", |_| ())
        .event(0, A::Write, memory, DOUBLE, |_| ())
        .event(0, A::Unlock, right, "", |_| ())
        .event(1, A::Write, memory, CHANGE, |_| ());
    b.trace.ending = Ending::DataRace;
    b.trace.race = Some(Race {
        accesses: [3, 5],
        sizes: [8, 8],
        object: memory,
        on_stack_of: None,
        block_size: None,
        variable: None,
    });
    let bug = told(&b);
    assert_eq!(
        bug.notes[0],
        "`main` holds `RIGHT`, `adder` holds `LEFT`: no lock is common to both"
    );
    assert_eq!(
        bug.notes[1],
        "`main` starts `adder` in line 5, and joins it only later, in line 13"
    );
}

/// The headline stays that of the race where an old value was read on the way.
#[test]
fn weak_memory_is_told_of_a_race_once() {
    let mut b = Build::new(PROGRAM, 2);
    let ready = b.object(K::Atomic, "");
    let memory = b.object(K::Memory, "");
    b.trace.objects[memory].static_name = Some("TOTAL".into());
    let load = "READY.@load(Relaxed)";
    b.trace.memory = Memory::C11;
    b.spawn(1, "@thread::spawn(")
        .event(1, A::Write, memory, CHANGE, |_| ())
        .event(1, A::Store, ready, "READY.@store(true", |event| {
            values("", "true")(event);
            event.ordering = Some(Ordering::Relaxed);
        })
        .event(0, A::Load, ready, load, |event| {
            values("true", "")(event);
            event.ordering = Some(Ordering::Relaxed);
            event.reads_from = Some(2);
        })
        .event(0, A::Read, memory, READ, |_| ());
    b.trace.ending = Ending::DataRace;
    b.trace.remedy = vec![
        Strengthening {
            event: 3,
            ordering: Ordering::Acquire,
        },
        Strengthening {
            event: 2,
            ordering: Ordering::Release,
        },
    ];
    b.trace.race = Some(Race {
        accesses: [1, 4],
        sizes: [8, 8],
        object: memory,
        on_stack_of: None,
        block_size: None,
        variable: None,
    });
    let bug = told(&b);
    assert!(
        bug.title.ends_with("and nothing orders the two"),
        "{}",
        bug.title
    );
    assert_eq!(
        bug.notes[0],
        "the store to `READY` in line 8 and the load of `READY` in line 11 are `Relaxed`, so they do not make what `adder` did before visible to `main`"
    );
    assert_eq!(
        bug.help,
        "what `adder` did before must be visible to `main` after: `READY` must be stored with `Release` and loaded with `Acquire`"
    );
}
