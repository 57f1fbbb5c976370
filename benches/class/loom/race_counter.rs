//! The scenarios of the exercise `race_counter`, as an instructor would write them for loom.

use loom::sync::Arc;
use loom::thread;

use crate::answer::{Counter, run};

#[test]
fn two_at_once() {
    loom::model(|| {
        let counter = Arc::new(Counter::new());
        let doors = [(); 2].map(|()| {
            let counter = Arc::clone(&counter);
            thread::spawn(move || counter.increment())
        });
        for door in doors {
            door.join().unwrap();
        }
        let total = counter.get();
        assert_eq!(total, 2, "two visitors came, but {total} were counted");
    });
}

#[test]
fn two_doors_are_open_at_the_same_time() {
    loom::model(|| {
        let total = run(2, 2);
        assert_eq!(total, 4, "four visitors came, but {total} were counted");
    });
}

#[test]
fn no_door_counts_nobody() {
    loom::model(|| {
        assert_eq!(run(0, 5), 0, "without a door nobody can be counted");
        assert_eq!(run(1, 0), 0, "nobody came through the door");
        assert_eq!(run(1, 3), 3, "three visitors came through the only door");
    });
}
