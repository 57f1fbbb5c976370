//! What a report says where only weak memory explains the bug.

use threadlings::explanation::explain;
use threadlings::trace::{Action as A, Ending, ObjectKind as K, Ordering, Strengthening};

use super::builder::{Build, peer};
use crate::reports::record::Record;
use crate::reports::{ALL, Style};

fn rendered(build: &Build, format: &str, style: Style) -> String {
    let format = ALL
        .iter()
        .find(|known| known.name == format)
        .expect("the format");
    let report = build.report();
    format.at_once(&report, style) + &format.in_the_end(&[Record::of(&report)], &[])
}

fn plain(build: &Build) -> String {
    rendered(build, "human", Style::PLAIN)
}

fn title(build: &Build) -> String {
    let found = explain(&build.trace, &build.sources()).expect("a bug");
    format!("{}: {}", found.bug.class, found.bug.title)
}

const MESSAGE: &str = r#"static DATA: AtomicU32 = AtomicU32::new(0);
static READY: AtomicBool = AtomicBool::new(false);

fn main() {
    let writer = thread::spawn(|| {
        DATA.store(42, Ordering::Relaxed);
        READY.store(true, Ordering::Relaxed);
    });
    if READY.load(Ordering::Acquire) {
        assert_eq!(DATA.load(Ordering::Relaxed), 42);
    }
    writer.join().unwrap();
}
"#;

fn atomics(b: &mut Build, names: &[&str]) -> Vec<usize> {
    let made = names.iter().map(|name| {
        let object = b.object(K::Atomic, "");
        b.trace.objects[object].static_name = Some((*name).into());
        object
    });
    made.collect()
}

/// The stronger orderings that rule an execution out.
fn needs(b: &mut Build, ordering: Ordering, events: impl IntoIterator<Item = usize>) {
    let events = events.into_iter();
    b.trace.remedy = events
        .map(|event| Strengthening { event, ordering })
        .collect();
}

/// A message that is announced before it is there.
fn message() -> Build {
    let mut b = Build::new(MESSAGE, 2);
    let cells = atomics(&mut b, &["DATA", "READY"]);
    let (data, ready) = (cells[0], cells[1]);
    b.spawn(1, "@thread::spawn(");
    let new = b.access(1, data, "DATA.@store(", 42, None, &[]);
    let set = b.access(1, ready, "READY.@store(", true, None, &[]);
    b.access(0, ready, "READY.@load(", true, Some(set), &[]);
    b.access(0, data, "DATA.@load(", 0, None, &[new]);
    b.fails(
        0,
        "@assert_eq!(",
        "assertion `left == right` failed\n  left: 0\n right: 42",
    );
    needs(&mut b, Ordering::Release, [set]);
    b
}

#[test]
fn a_message_that_comes_late_reads_well_in_plain_text() {
    insta::assert_snapshot!(plain(&message()));
}

#[test]
fn a_message_that_comes_late_reads_well_in_colour() {
    insta::assert_snapshot!(rendered(&message(), "human", Style::FANCY));
}

#[test]
fn a_message_that_comes_late_is_json_of_the_contract() {
    insta::assert_snapshot!(rendered(&message(), "json", Style::PLAIN));
}

#[test]
fn a_remedy_of_something_else_is_not_told() {
    let mut b = message();
    b.trace.remedy[0].event = 0;
    let found = explain(&b.trace, &b.sources()).expect("a bug");
    assert_eq!(
        found.bug.help,
        "whoever sees the new value of `READY` must see that of `DATA` too: `READY` must be stored with `Release`"
    );
}

#[test]
fn where_no_ordering_helps_the_report_says_so() {
    let mut b = message();
    b.trace.remedy.clear();
    let found = explain(&b.trace, &b.sources()).expect("a bug");
    assert!(
        found.bug.help.starts_with("no ordering"),
        "{}",
        found.bug.help
    );
}

const BUFFERS: &str = r#"static X: AtomicU32 = AtomicU32::new(0);
static Y: AtomicU32 = AtomicU32::new(0);

fn main() {
    let left = thread::spawn(|| {
        X.store(1, Ordering::Release);
        Y.load(Ordering::Acquire)
    });
    let right = thread::spawn(|| {
        Y.store(1, Ordering::Release);
        X.load(Ordering::Acquire)
    });
    let (a, b) = (left.join().unwrap(), right.join().unwrap());
    assert!(a == 1 || b == 1, "nobody saw the other");
}
"#;

/// Each thread writes, and reads before its write is visible.
fn buffers() -> Build {
    let mut b = Build::new(BUFFERS, 3);
    let cells = atomics(&mut b, &["X", "Y"]);
    let (x, y) = (cells[0], cells[1]);
    b.spawn(1, "left = @thread::spawn(")
        .spawn(2, "right = @thread::spawn(");
    let one = b.access(1, x, "X.@store(1", 1, None, &[]);
    b.access(1, y, "Y.@load(", 0, None, &[]);
    b.access(2, y, "Y.@store(1", 1, None, &[]);
    b.access(2, x, "X.@load(", 0, None, &[one]);
    b.event(0, A::Join, None, "left.@join()", peer(1))
        .event(0, A::Join, None, "right.@join()", peer(2))
        .fails(0, "@assert!(", "nobody saw the other");
    needs(&mut b, Ordering::SeqCst, one..=one + 3);
    b
}

#[test]
fn writes_that_wait_in_a_buffer_read_well() {
    insta::assert_snapshot!(plain(&buffers()));
}

const SPINLOCK: &str = r#"static LOCKED: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU32 = AtomicU32::new(0);

fn lock() {
    while LOCKED.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {}
}

fn add() {
    lock();
    let seen = COUNT.load(Ordering::Relaxed);
    COUNT.store(seen + 1, Ordering::Relaxed);
    LOCKED.store(false, Ordering::Relaxed);
}

fn main() {
    let worker = thread::spawn(add);
    add();
    worker.join().unwrap();
    assert_eq!(COUNT.load(Ordering::Relaxed), 2);
}
"#;

/// A lock that is given back without what was done under it.
fn spinlock() -> Build {
    let mut b = Build::new(SPINLOCK, 2);
    let cells = atomics(&mut b, &["LOCKED", "COUNT"]);
    let (locked, count) = (cells[0], cells[1]);
    let seen = "seen = COUNT.@load(";
    b.spawn(1, "@thread::spawn(");
    b.access(
        1,
        locked,
        "LOCKED.@compare_exchange(",
        "false to true",
        None,
        &[],
    );
    b.access(1, count, seen, 0, None, &[]);
    let one = b.access(1, count, "COUNT.@store(", 1, None, &[]);
    let free = b.access(1, locked, "LOCKED.@store(", false, None, &[]);
    b.access(
        0,
        locked,
        "LOCKED.@compare_exchange(",
        "false to true",
        Some(free),
        &[],
    );
    b.access(0, count, seen, 0, None, &[one]);
    let again = b.access(0, count, "COUNT.@store(", 1, None, &[]);
    b.access(0, locked, "LOCKED.@store(", false, None, &[]);
    b.event(1, A::End, None, "", |_| ())
        .event(0, A::Join, None, "worker.@join()", peer(1));
    b.access(0, count, "assert_eq!(COUNT.@load(", 1, Some(again), &[]);
    b.fails(
        0,
        "@assert_eq!(",
        "assertion `left == right` failed\n  left: 1\n right: 2",
    );
    needs(&mut b, Ordering::Release, [free]);
    b
}

#[test]
fn a_lock_that_is_given_back_too_weakly_reads_well() {
    insta::assert_snapshot!(plain(&spinlock()));
}

const READERS: &str = r#"static X: AtomicU32 = AtomicU32::new(0);
static Y: AtomicU32 = AtomicU32::new(0);

fn main() {
    thread::scope(|s| {
        s.spawn(|| X.store(1, Ordering::Release));
        s.spawn(|| Y.store(1, Ordering::Release));
        let north = s.spawn(|| (X.load(Ordering::Acquire), Y.load(Ordering::Acquire)));
        let south = s.spawn(|| {
            let y = Y.load(Ordering::Acquire);
            (X.load(Ordering::Acquire), y)
        });
        let (n, s) = (north.join().unwrap(), south.join().unwrap());
        assert!(n != (1, 0) || s != (0, 1), "two orders");
    });
}
"#;

/// Two readers see two writes in different orders.
fn readers() -> Build {
    let mut b = Build::new(READERS, 5);
    let cells = atomics(&mut b, &["X", "Y"]);
    let (x, y) = (cells[0], cells[1]);
    b.spawn(1, "s.@spawn(|| X")
        .spawn(2, "s.@spawn(|| Y")
        .spawn(3, "north = s.@spawn(")
        .spawn(4, "south = s.@spawn(");
    let one = b.access(1, x, "X.@store(1", 1, None, &[]);
    b.access(3, x, "(X.@load(Ordering::Acquire), Y", 1, Some(one), &[]);
    b.access(3, y, "Y.@load(", 0, None, &[]);
    let two = b.access(2, y, "Y.@store(1", 1, None, &[]);
    b.access(4, y, "y = Y.@load(", 1, Some(two), &[]);
    b.access(4, x, "(X.@load(Ordering::Acquire), y)", 0, None, &[one]);
    b.event(0, A::Join, None, "north.@join()", peer(3))
        .event(0, A::Join, None, "south.@join()", peer(4))
        .fails(0, "@assert!(", "two orders");
    needs(
        &mut b,
        Ordering::SeqCst,
        [one + 1, one + 2, two + 1, two + 2],
    );
    b
}

#[test]
fn two_readers_that_disagree_read_well() {
    insta::assert_snapshot!(plain(&readers()));
}

const OVERWRITTEN: &str = r#"static X: AtomicU32 = AtomicU32::new(0);
static Y: AtomicU32 = AtomicU32::new(0);

fn main() {
    let left = thread::spawn(|| {
        X.store(2, Ordering::Release);
        Y.store(1, Ordering::Release);
    });
    let right = thread::spawn(|| {
        Y.store(2, Ordering::Release);
        X.store(1, Ordering::Release);
    });
    left.join().unwrap();
    right.join().unwrap();
    let end = (X.load(Ordering::Relaxed), Y.load(Ordering::Relaxed));
    assert_ne!(end, (2, 2));
}
"#;

/// A store that comes later counts as the older one.
fn overwritten() -> Build {
    let mut b = Build::new(OVERWRITTEN, 3);
    let cells = atomics(&mut b, &["X", "Y"]);
    let (x, y) = (cells[0], cells[1]);
    b.spawn(1, "left = @thread::spawn(")
        .spawn(2, "right = @thread::spawn(");
    let two = b.access(1, x, "X.@store(2", 2, None, &[]);
    b.access(1, y, "Y.@store(1", 1, None, &[]);
    let other = b.access(2, y, "Y.@store(2", 2, None, &[]);
    b.access(2, x, "X.@store(1", 1, None, &[two]);
    b.event(0, A::Join, None, "left.@join()", peer(1)).event(
        0,
        A::Join,
        None,
        "right.@join()",
        peer(2),
    );
    b.access(0, x, "(X.@load(", 2, Some(two), &[]);
    b.access(0, y, "Y.@load(", 2, Some(other), &[]);
    b.fails(0, "@assert_ne!(", "assertion `left != right` failed");
    needs(&mut b, Ordering::SeqCst, two..=two + 3);
    b
}

#[test]
fn a_store_that_counts_as_older_reads_well() {
    insta::assert_snapshot!(plain(&overwritten()));
}

const CHAIN: &str = r#"static DATA: AtomicU32 = AtomicU32::new(0);
static FIRST: AtomicBool = AtomicBool::new(false);
static SECOND: AtomicBool = AtomicBool::new(false);

fn main() {
    let writer = thread::spawn(|| {
        DATA.store(42, Ordering::Relaxed);
        FIRST.store(true, Ordering::Release);
    });
    let between = thread::spawn(|| {
        if FIRST.load(Ordering::Relaxed) {
            SECOND.store(true, Ordering::Release);
        }
    });
    if SECOND.load(Ordering::Acquire) {
        assert_eq!(DATA.load(Ordering::Relaxed), 42);
    }
}
"#;

/// A message that is passed on by a third thread, which does not see it itself.
fn chain() -> Build {
    let mut b = Build::new(CHAIN, 3);
    let cells = atomics(&mut b, &["DATA", "FIRST", "SECOND"]);
    let (data, first, second) = (cells[0], cells[1], cells[2]);
    b.spawn(1, "writer = @thread::spawn(")
        .spawn(2, "between = @thread::spawn(");
    let new = b.access(1, data, "DATA.@store(", 42, None, &[]);
    let set = b.access(1, first, "FIRST.@store(", true, None, &[]);
    let seen = b.access(2, first, "FIRST.@load(", true, Some(set), &[]);
    let passed = b.access(2, second, "SECOND.@store(", true, None, &[]);
    b.access(0, second, "SECOND.@load(", true, Some(passed), &[]);
    b.access(0, data, "DATA.@load(", 0, None, &[new]);
    b.fails(
        0,
        "@assert_eq!(",
        "assertion `left == right` failed\n  left: 0\n right: 42",
    );
    needs(&mut b, Ordering::Acquire, [seen]);
    b
}

#[test]
fn a_message_by_way_of_a_third_thread_reads_well() {
    insta::assert_snapshot!(plain(&chain()));
}

#[test]
fn an_old_value_that_another_order_gives_too_explains_nothing() {
    let mut b = Build::new(MESSAGE, 2);
    let cells = atomics(&mut b, &["DATA", "READY"]);
    b.spawn(1, "@thread::spawn(");
    let new = b.access(1, cells[0], "DATA.@store(", 42, None, &[]);
    b.access(0, cells[0], "DATA.@load(", 0, None, &[new]);
    b.fails(0, "@assert_eq!(", "assertion `left == right` failed");
    assert_eq!(
        title(&b),
        "wrong_result: the check `assert_eq!(DATA.load(Ordering::Relaxed), 42)` fails in `main`"
    );
}

#[test]
fn what_leads_to_a_deadlock_is_added_to_it() {
    let text = BUFFERS.replace(
        "    let (a, b)",
        "    let gate = Mutex::new(());\n    let (a, b)",
    );
    let mut b = Build::new(&text, 3);
    let cells = atomics(&mut b, &["X", "Y"]);
    let (x, y) = (cells[0], cells[1]);
    let gate = b.object(K::Mutex, "@Mutex::new(");
    b.spawn(1, "left = @thread::spawn(")
        .spawn(2, "right = @thread::spawn(");
    let one = b.access(1, x, "X.@store(1", 1, None, &[]);
    b.access(1, y, "Y.@load(", 0, None, &[]);
    b.access(2, y, "Y.@store(1", 1, None, &[]);
    b.access(2, x, "X.@load(", 0, None, &[one]);
    b.blocked(1, A::Receive, gate, "Y.@load(", |_| ())
        .blocked(2, A::Receive, gate, "X.@load(", |_| ())
        .blocked(0, A::Join, None, "left.@join()", |e| e.peer = Some(1));
    b.trace.ending = Ending::Stuck;
    needs(&mut b, Ordering::SeqCst, one..=one + 3);
    let found = explain(&b.trace, &b.sources()).expect("a bug");
    assert_eq!(found.bug.class, "channel_deadlock");
    assert_eq!(
        found.bug.notes[0],
        "`left` and `right` both read 0, although each has first written 1 where the other reads"
    );
    assert!(found.bug.help.contains("`SeqCst`"), "{}", found.bug.help);
}
