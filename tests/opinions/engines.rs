//! `--engine loom` and `--engine shuttle`.

use crate::door::Place;

#[test]
fn another_engine_says_how_an_execution_fails() {
    let place = Place::with_fixtures();
    for engine in ["loom", "shuttle"] {
        let failing = [
            ("deadlock_two_locks.rs", "a deadlock"),
            ("main_returns_error.rs", "a panic of `main`"),
            ("crash_abort.rs", "a crash"),
            ("child_panic_unhandled.rs", "a panic"),
        ];
        for (name, end) in failing {
            let answer = place.run(&["check", name, "--engine", engine]);
            assert_eq!(answer.code, Some(1), "{engine} {name}: {answer:?}");
            let headline = format!("{engine} finds a failing execution: {end}");
            assert!(answer.stdout.contains(&headline), "{answer:?}");
        }
    }
}

#[test]
fn another_engine_tells_how_much_it_has_searched() {
    let place = Place::with_fixtures();
    for (engine, strategy, memory) in [("loom", "dpor", "c11"), ("shuttle", "dfs", "sc")] {
        let answer = place.run(&[
            "check",
            "poison_handled.rs",
            "--engine",
            engine,
            "--format=json",
        ]);
        assert_eq!(answer.code, Some(0), "{answer:?}");
        let report = answer.json();
        assert_eq!(report["verdict"], "pass");
        assert!(report["bug"].is_null());
        let search = &report["search"];
        assert_eq!(search["engine"], engine);
        assert_eq!(search["strategy"], strategy);
        assert_eq!(search["memory"], memory);
        assert_eq!(search["complete"], true);
    }
}

#[test]
fn an_engine_that_cannot_say_gives_no_answer() {
    let place = Place::with_fixtures();
    let answer = place.run(&["check", "eight_threads_apart.rs", "--engine", "loom"]);
    assert_eq!(answer.code, Some(3), "{answer:?}");
    assert!(
        answer
            .stdout
            .contains("loom cannot say: it runs at most 5 threads"),
        "{answer:?}"
    );
}
