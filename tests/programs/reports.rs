//! What a student reads: the report of every fixture that fails, some in colour, some as JSON, and some that pass.

use super::snapshot;
use super::verdicts::expected;
use crate::door::{self, Place};

/// What `check NAME OPTIONS` prints for each.
fn printed(place: &Place, names: &[String], options: &[&str]) -> Vec<(String, String)> {
    door::in_parallel(names, |name| {
        let answer = place.run(&[&["check", name], options].concat());
        let stem = name.trim_end_matches(".rs").replace('/', "_");
        (stem, answer.stdout + &answer.stderr)
    })
}

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{name}.rs")).collect()
}

#[test]
fn reports_of_all_failing_programs_read_well() {
    let place = Place::with_fixtures();
    let mut names = door::files(place.path(), ".rs");
    // Races are alike: of theirs, the verdict and the lines are compared.
    names.retain(|name| !name.starts_with("races/") && expected(&place, name, "auto") != "pass");
    snapshot::compare("plain", &printed(&place, &names, &[]));
}

#[test]
fn reports_read_well_in_colour() {
    let place = Place::with_fixtures();
    let names = named(&[
        "crash_stack_overflow",
        "deadlock_two_locks",
        "does_not_compile",
        "dekker_seqcst",
        "lost_update_read_then_write",
        "condvar_no_flag",
        "race_reports/box_freed",
        "race_reports/peterson",
        "race_reports/two_mutexes",
        "weak_dekker_release_acquire",
        "weak_index",
        "weak_message_relaxed",
        "weak_message_without_acquire_fence",
        "weak_park",
        "weak_peterson_swap_relaxed",
        "weak_spinlock_relaxed_unlock",
        "weak_two_writes",
    ]);
    let texts = printed(&place, &names, &["--color", "always"]);
    snapshot::compare("fancy", &texts);
}

#[test]
fn json_is_that_of_the_contract() {
    let place = Place::with_fixtures();
    let names = named(&[
        "bounded_buffer",
        "crash_abort",
        "deadlock_two_locks",
        "does_not_compile",
        "lost_update_read_then_write",
        "race_reports/box_freed",
        "race_reports/copy_and_byte",
        "race_reports/relaxed_flag",
        "try_lock_skips",
        "weak_message_relaxed",
    ]);
    let texts = printed(&place, &names, &["--format", "json"]);
    snapshot::compare("json", &texts);
}

#[test]
fn programs_that_pass_are_told_how_much_was_searched() {
    let place = Place::with_fixtures();
    let names = named(&[
        "bounded_buffer",
        "cas_loop",
        "daemon_is_fine",
        "exit_zero",
        "race_reports/joined",
        "scope_borrows",
        "weak_ring_buffer",
    ]);
    snapshot::compare("pass", &printed(&place, &names, &[]));
}
