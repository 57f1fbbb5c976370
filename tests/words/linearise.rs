//! The order with the fewest switches.

use threadlings::trace::{Action as A, Ending, ObjectKind as K};
use threadlings::witness::relinearise;

use super::builder::{Build, peer, values};
use super::renderings::COUNTER;

fn threads(build: &Build) -> Vec<u32> {
    relinearise(&build.trace)
        .iter()
        .map(|step| step.thread)
        .collect()
}

#[test]
fn independent_steps_move_together() {
    let mut b = Build::new("", 3);
    let cells = [
        b.object(K::Atomic, ""),
        b.object(K::Atomic, ""),
        b.object(K::Atomic, ""),
    ];
    for _ in 0..3 {
        for thread in 0..3 {
            b.event(thread, A::Store, cells[thread], "", |_| ());
        }
    }
    assert_eq!(threads(&b), [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}

#[test]
fn steps_that_depend_on_each_other_keep_their_order() {
    let b = super::renderings::lost_update();
    assert_eq!(threads(&b), [0, 1, 1, 0, 0, 0]);
}

#[test]
fn what_a_failing_main_does_not_depend_on_is_left_out() {
    let mut b = Build::new(COUNTER, 3);
    let (hits, other) = (b.object(K::Atomic, ""), b.object(K::Atomic, ""));
    b.spawn(1, "@thread::spawn(").spawn(2, "@thread::spawn(");
    b.event(2, A::Store, other, "", |_| ())
        .event(1, A::Store, hits, "counter.@store(", |_| ())
        .event(2, A::Store, other, "", |_| ())
        .event(0, A::Join, None, "worker.@join()", peer(1))
        .event(0, A::Load, hits, "assert_eq!(hits.@load(", values(1, ""))
        .fails(0, "@assert_eq!(", "1 is not 2");
    assert_eq!(threads(&b), [1, 0, 0]);
}

#[test]
fn what_ends_the_process_comes_last() {
    let mut b = Build::new(COUNTER, 2);
    let hits = b.object(K::Atomic, "");
    b.event(0, A::Store, hits, "", |_| ())
        .event(1, A::Load, hits, "", |_| ())
        .event(0, A::Exit, None, "", |_| ());
    b.trace.ending = Ending::Exited { code: 1 };
    assert_eq!(threads(&b), [0, 0]);
}
