//! The same input gives the same output, byte for byte.

use crate::door::{self, Place};

/// Programs of all kinds: proofs, bugs, crashes, many interleavings.
const PROGRAMS: &[&str] = &[
    "condvar_wait_while.rs",
    "crash_memory_bomb.rs",
    "crash_stack_overflow.rs",
    "deadlock_philosophers.rs",
    "does_not_compile.rs",
    "endless_loop.rs",
    "endless_loop_of_calls.rs",
    "print_from_threads.rs",
    "seven_threads_lost_update.rs",
    "six_threads_count.rs",
    "worker_pool_one_marker_missing.rs",
];

#[test]
fn two_runs_print_the_same_and_store_the_same_run() {
    let (one, two) = (Place::with_fixtures(), Place::with_fixtures());
    door::in_parallel(PROGRAMS, |program| {
        let [first, second] = [&one, &two].map(|place| place.run(&["check", program]));
        // With the name of the stored run, which is a hash of its contents.
        assert_eq!(first.stdout, second.stdout);
        assert_eq!(first.code, second.code);
    });
}

#[test]
fn a_random_walk_is_repeatable_by_its_seed() {
    let (one, two) = (Place::with_fixtures(), Place::with_fixtures());
    let arguments = [
        "check",
        "six_threads_count.rs",
        "--max-interleavings",
        "100",
        "--seed",
        "7",
    ];
    assert_eq!(one.run(&arguments).stdout, two.run(&arguments).stdout);
}

#[test]
fn the_width_of_the_terminal_and_the_locale_change_nothing() {
    let place = Place::with_fixtures();
    let arguments = ["check", "deadlock_two_locks.rs"];
    let usual = place.run(&arguments);
    let mut other = place.command(&arguments);
    other
        .env("COLUMNS", "40")
        .env("LANG", "de_DE.UTF-8")
        .env("LC_ALL", "C")
        .env("TZ", "Asia/Tokyo");
    assert_eq!(usual.stdout, door::answer(&mut other).stdout);
}

#[test]
fn the_format_json_differs_in_the_elapsed_time_only() {
    let place = Place::with_fixtures();
    let [one, two] = [(); 2].map(|()| {
        let mut report = place
            .run(&["check", "torn_two_atomics.rs", "--format", "json"])
            .json();
        let elapsed = report["search"]["elapsed_ms"].take();
        assert!(elapsed.is_u64(), "{report}");
        report
    });
    assert_eq!(one, two);
}
