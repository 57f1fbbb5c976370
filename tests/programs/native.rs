//! The engine `native`: programs on real threads, counted by how their runs end, and nothing left behind.

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::door::{self, Answer, Place};

const TWO_WAIT_FOR_EACH_OTHER: &str = r#"
use std::sync::{Barrier, Mutex};
fn main() {
    let (a, b, both) = (Mutex::new(0), Mutex::new(0), Barrier::new(2));
    std::thread::scope(|scope| {
        for (first, second) in [(&a, &b), (&b, &a)] {
            let both = &both;
            scope.spawn(move || {
                let held = first.lock().unwrap();
                both.wait();
                *second.lock().unwrap() += *held;
            });
        }
    });
}
"#;

/// How `runs` runs of a program end.
fn run(text: &str, runs: u32) -> Answer {
    let place = Place::with(&[("program.rs", text)]);
    run_at(&place, runs)
}

fn run_at(place: &Place, runs: u32) -> Answer {
    let runs = runs.to_string();
    place.run(&[
        "check",
        "program.rs",
        "--engine",
        "native",
        "--max-interleavings",
        &runs,
        "--budget",
        "60",
        "--quiet",
    ])
}

/// The counts of the report's first line, and the exit code.
fn expect(text: &str, runs: u32, code: i32, headline: &str) {
    let answer = run(text, runs);
    let line = answer.stdout.split("    help:").next().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words.join(" "), format!("! program.rs: {headline}"));
    assert_eq!(answer.code, Some(code), "{answer:?}");
}

#[test]
fn that_all_runs_end_well_proves_nothing() {
    expect(
        "fn main() { std::thread::spawn(|| ()).join().unwrap(); }",
        20,
        3,
        "no failure in 20 runs on real threads; that proves nothing",
    );
}

#[test]
fn failures_of_every_kind_are_counted() {
    let failed = "5 of 5 runs on real threads went wrong: 5 ended with a failure (a panic, an error, an exit code)";
    let crashed = "5 of 5 runs on real threads went wrong: 5 crashed";
    let stuck = "5 of 5 runs on real threads went wrong: 5 got stuck";
    for (program, headline) in [
        ("fn main() { assert_eq!(1, 2) }", failed),
        ("fn main() { std::process::exit(3) }", failed),
        ("fn main() -> Result<(), u8> { Err(1) }", failed),
        // What an optimised build would not notice by itself.
        (
            "fn main() { let n = std::hint::black_box(0u8); println!(\"{}\", n - 1) }",
            failed,
        ),
        ("fn main() { std::process::abort() }", crashed),
        (
            "fn main() { fn deep(n: u64) -> u64 { std::hint::black_box(deep(n + 1)) + 1 } println!(\"{}\", deep(0)) }",
            crashed,
        ),
        (TWO_WAIT_FOR_EACH_OTHER, stuck),
        ("fn main() { loop { std::thread::park() } }", stuck),
        (
            "use std::sync::mpsc::channel; fn main() { let (_keep, all) = channel::<u8>(); for _ in all {} }",
            stuck,
        ),
    ] {
        expect(program, 5, 1, headline);
    }
}

#[test]
fn who_only_sleeps_or_computes_for_a_while_is_not_stuck() {
    for program in [
        "fn main() { std::thread::sleep(std::time::Duration::from_millis(300)) }",
        "use std::time::*; fn main() { let begun = Instant::now(); while begun.elapsed() < Duration::from_millis(300) {} }",
        "use std::{sync::mpsc::*, time::*}; fn main() { let (_keep, all) = channel::<u8>(); assert!(all.recv_timeout(Duration::from_millis(300)).is_err()) }",
    ] {
        expect(
            program,
            3,
            3,
            "no failure in 3 runs on real threads; that proves nothing",
        );
    }
}

#[test]
fn what_never_ends_is_ended() {
    for program in [
        "fn main() { loop { std::hint::spin_loop() } }",
        "fn main() { loop { println!(\"and on and on\") } }",
        "fn main() { std::thread::scope(|scope| { scope.spawn(|| loop { std::thread::yield_now() }); }) }",
    ] {
        expect(
            program,
            1,
            1,
            "1 of 1 run on real threads went wrong: 1 got stuck",
        );
    }
}

#[test]
fn there_is_nothing_to_read_and_main_takes_its_threads_along() {
    let program = r#"
fn main() {
    let mut text = String::new();
    assert_eq!(std::io::Read::read_to_string(&mut std::io::stdin(), &mut text).unwrap(), 0);
    for _ in 0..4 {
        std::thread::spawn(|| loop { std::thread::park() });
    }
}
"#;
    // The explorer models no input: the engine does not care.
    expect(
        program,
        5,
        3,
        "no failure in 5 runs on real threads; that proves nothing",
    );
}

#[test]
fn memory_is_limited() {
    let place = Place::with(&[(
        "program.rs",
        "fn main() { let all = vec![1u8; 3 << 30]; println!(\"{}\", all[all.len() / 2]) }",
    )]);
    let answer = run_at(&place, 2);
    assert!(answer.stdout.contains("2 crashed"), "{answer:?}");
}

#[test]
fn what_runs_have_started_is_ended_with_them() {
    // One stays in the group of its run, one leaves it; the marks tell them from other people's.
    let program = r#"
use std::process::Command;
fn main() {
    for (program, arguments) in [("sleep", vec!["86421"]), ("setsid", vec!["sleep", "86422"])] {
        Command::new(program).args(arguments).spawn().unwrap();
    }
    std::thread::sleep(std::time::Duration::from_millis(50));
}
"#;
    let mark = format!("{}", 1_000_000 + std::process::id());
    let text = program.replace("8642", &mark);
    expect(
        &text,
        3,
        3,
        "no failure in 3 runs on real threads; that proves nothing",
    );
    assert_eq!(processes(&mark), Vec::<String>::new());

    // Whatever ends the command, the runs end too.
    let mark = format!("{}", 2_000_000 + std::process::id());
    let text = program.replace("8642", &mark);
    let text = text.replace("from_millis(50)", "from_secs(60)");
    let place = Place::with(&[("program.rs", &text)]);
    for signal in [libc::SIGTERM, libc::SIGKILL] {
        let mut command = place.command(&["check", "program.rs", "--engine", "native"]);
        command
            .args(["--budget", "60"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut running = command.spawn().expect("threadlings starts");
        until(|| processes(&mark).len() >= 2);
        let id = i32::try_from(running.id()).expect("a number of a process");
        // SAFETY: no pointers; our child, which has not been waited for.
        unsafe { libc::kill(id, signal) };
        running.wait().expect("our child");
        until(|| processes(&mark).is_empty());
    }
}

/// The command lines that contain `mark`.
fn processes(mark: &str) -> Vec<String> {
    let all = fs::read_dir("/proc").expect("the processes").flatten();
    let lines = all.filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.contains(mark)).collect()
}

/// Waits, for longer than anything here takes.
fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not come"
        );
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_json_is_that_of_the_contract() {
    let place = Place::with(&[("program.rs", "fn main() { panic!() }")]);
    let answer = place.run(&[
        "check",
        "program.rs",
        "--engine",
        "native",
        "--max-interleavings",
        "7",
        "--format",
        "json",
    ]);
    let report = answer.json();
    assert_eq!(answer.code, Some(1));
    assert_eq!(report["verdict"], "fail");
    assert_eq!(report["search"]["engine"], "native");
    assert_eq!(report["search"]["strategy"], "runs");
    assert_eq!(report["search"]["interleavings"], 7);
    assert_eq!(report["search"]["complete"], false);
    assert!(report["bug"].is_null() && report["replay"].is_null());
    let note = report["notes"][0].as_str().expect("a note");
    assert!(note.starts_with("7 of 7 runs"), "{note}");
}

#[test]
fn every_scenario_of_an_exercise_is_run() {
    let place = Place::with_course();
    let exercise = "exercises/03_locks/reentrant_lock/exercise.rs";
    let arguments = [
        "check",
        "reentrant_lock",
        "--engine",
        "native",
        "--max-interleavings",
        "3",
        "--budget",
        "60",
    ];
    let wrong = place.run(&arguments);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.stdout.contains("got stuck"), "{wrong:?}");
    place.write(
        exercise,
        place.read("solutions/03_locks/reentrant_lock/solution.rs"),
    );
    let right = place.run(&arguments);
    assert_eq!(right.code, Some(3), "{right:?}");
    let scenarios = place.read("exercises/03_locks/reentrant_lock/exercise.toml");
    let scenarios = scenarios.matches("[[scenario").count();
    let runs = format!("no failure in {} runs", 3 * scenarios);
    assert!(scenarios > 1 && right.stdout.contains(&runs), "{right:?}");
    // That nothing went wrong solves nothing.
    assert!(!place.path().join(".threadlings/progress.json").exists());
}

#[test]
fn a_student_is_told_how_often_running_would_have_shown_the_bug() {
    let place = Place::with_course();
    let told = place.run(&["check", "reentrant_lock"]);
    let line = told.stderr.lines().last().unwrap_or_default();
    let counts = line.strip_prefix("on real threads: the bug showed up in ");
    let (wrong, all) = counts
        .and_then(|counts| counts.split_once(" of "))
        .unwrap_or_else(|| panic!("{told:?}"));
    // Its bug is there in every run.
    assert_eq!(
        format!("{wrong} run{}", if wrong == "1" { "" } else { "s" }),
        all
    );

    for option in [&["--quiet"][..], &["--format", "json"]] {
        let silent = place.run(&[&["check", "reentrant_lock"], option].concat());
        assert_eq!(silent.stderr, "");
    }
    let quiet = place.run(&["check", "reentrant_lock", "--quiet"]);
    assert_eq!(quiet.stdout, told.stdout);
}

#[test]
fn a_program_of_ones_own_and_a_solved_exercise_get_no_lesson() {
    let place = Place::with_course();
    place.write("program.rs", TWO_WAIT_FOR_EACH_OTHER);
    let folder = "03_locks/reentrant_lock";
    place.write(
        &format!("exercises/{folder}/exercise.rs"),
        place.read(&format!("solutions/{folder}/solution.rs")),
    );
    let answers = door::in_parallel(&["program.rs", "reentrant_lock"], |what| {
        place.run(&["check", what])
    });
    for answer in answers {
        assert!(!answer.stderr.contains("real threads"), "{answer:?}");
    }
}
