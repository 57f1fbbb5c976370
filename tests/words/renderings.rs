//! Whole reports, as a student sees them.

use threadlings::trace::{Action as A, Ending, ObjectKind as K};

use super::builder::{Build, peer, values};
use crate::reports::record::Record;
use crate::reports::{ALL, Style};

pub const COUNTER: &str = r#"use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

fn main() {
    let hits = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&hits);
    let worker = thread::spawn(move || {
        let seen = counter.load(SeqCst);
        counter.store(seen + 1, SeqCst);
    });
    let seen = hits.load(SeqCst);
    hits.store(seen + 1, SeqCst);
    worker.join().unwrap();
    assert_eq!(hits.load(SeqCst), 2);
}
"#;

pub fn lost_update() -> Build {
    let mut b = Build::new(COUNTER, 2);
    let hits = b.object(K::Atomic, "");
    b.spawn(1, "@thread::spawn(")
        .event(0, A::Load, hits, "seen = hits.@load(", values(0, ""))
        .event(1, A::Load, hits, "counter.@load(", values(0, ""))
        .event(1, A::Store, hits, "counter.@store(", values("", 1))
        .event(1, A::End, None, "", |_| ())
        .event(0, A::Store, hits, "hits.@store(", values("", 1))
        .event(0, A::Join, None, "worker.@join()", peer(1))
        .event(0, A::Load, hits, "assert_eq!(hits.@load(", values(1, ""))
        .fails(
            0,
            "@assert_eq!(",
            "assertion `left == right` failed\n  left: 1\n right: 2",
        );
    b
}

pub const OPPOSITE: &str = r#"use std::sync::{Arc, Mutex};
use std::thread;

fn transfer(from: &Mutex<u32>, to: &Mutex<u32>, amount: u32) {
    let mut source = from.lock().unwrap();
    let mut target = to.lock().unwrap();
    *source -= amount;
    *target += amount;
}

fn main() {
    let alice = Arc::new(Mutex::new(10));
    let bob = Arc::new(Mutex::new(20));
    let (a, b) = (Arc::clone(&alice), Arc::clone(&bob));
    let teller = thread::spawn(move || transfer(&b, &a, 5));
    transfer(&alice, &bob, 3);
    teller.join().unwrap();
}
"#;

pub fn deadlock() -> Build {
    let mut b = Build::new(OPPOSITE, 2);
    let alice = b.object(K::Mutex, "alice = Arc::new(@Mutex::new(");
    let bob = b.object(K::Mutex, "bob = Arc::new(@Mutex::new(");
    b.spawn(1, "@thread::spawn(")
        .event(0, A::Lock, alice, "from.@lock()", values(10, ""))
        .event(1, A::Lock, bob, "from.@lock()", values(20, ""))
        .blocked(0, A::Lock, bob, "to.@lock()", |_| ())
        .blocked(1, A::Lock, alice, "to.@lock()", |_| ());
    b.trace.ending = Ending::Stuck;
    b
}

fn rendered(build: &Build, format: &str, style: Style) -> String {
    let format = ALL
        .iter()
        .find(|known| known.name == format)
        .expect("the format");
    let report = build.report();
    format.at_once(&report, style) + &format.in_the_end(&[Record::of(&report)], &[])
}

#[test]
fn a_lost_update_reads_well_in_plain_text() {
    insta::assert_snapshot!(rendered(&lost_update(), "human", Style::PLAIN));
}

#[test]
fn a_lost_update_reads_well_in_colour() {
    insta::assert_snapshot!(rendered(&lost_update(), "human", Style::FANCY));
}

#[test]
fn a_lost_update_is_json_of_the_contract() {
    insta::assert_snapshot!(rendered(&lost_update(), "json", Style::PLAIN));
}

#[test]
fn a_deadlock_reads_well_in_plain_text() {
    insta::assert_snapshot!(rendered(&deadlock(), "human", Style::PLAIN));
}

#[test]
fn a_deadlock_reads_well_in_colour() {
    insta::assert_snapshot!(rendered(&deadlock(), "human", Style::FANCY));
}

#[test]
fn no_line_is_wider_than_a_hundred_columns() {
    for build in [lost_update(), deadlock()] {
        let text = rendered(&build, "human", Style::PLAIN);
        let wide = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{text}");
    }
}
