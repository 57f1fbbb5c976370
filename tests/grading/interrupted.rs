//! Runs of `grade` that are interrupted, or cannot write: nothing is lost, and the next one goes on.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use super::says;
use super::small::{self, ALL, LEDGER, class, grade, graded, judged, ledger, wrong};

/// As `kill -9`, a full disk or a power cut may leave it.
#[test]
fn a_torn_last_line_is_cut_off_and_its_submission_graded_again() {
    let place = class();
    let whole = graded(&place);
    let text = place.read(LEDGER);
    let last = text.trim_end().rfind('\n').expect("more than a line") + 1;
    let cuts: [Vec<u8>; 5] = [
        text.as_bytes()[..text.len() - 1].to_vec(),
        text.as_bytes()[..last + 1].to_vec(),
        text.as_bytes()[..(last + text.len()) / 2].to_vec(),
        [&text.as_bytes()[..last], &[0; 4096]].concat(),
        [&text.as_bytes()[..last], &[0; 100], b"}\n"].concat(),
    ];
    for cut in cuts {
        place.write(LEDGER, &cut);
        let answer = grade(&place, &[]);
        assert_eq!(judged(&answer).len(), 1, "{answer:?}");
        assert_eq!(small::timeless(&answer.stdout), whole);
        assert_eq!(ledger(&place).len(), 6);
    }
    // Down to nothing at all.
    for length in [0, 1, 100] {
        place.write(LEDGER, &text.as_bytes()[..length]);
        assert_eq!(graded(&place), whole);
    }
}

#[test]
fn two_at_once_are_one_too_many() {
    let place = class();
    graded(&place);
    let file = File::open(place.path().join(LEDGER)).expect("it is there");
    file.try_lock().expect("nobody writes");
    let answer = grade(&place, &[]);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    says(
        &answer.stderr,
        &[
            "another `threadlings` is writing results here",
            "`--results`",
        ],
    );
    // Reading is no harm.
    assert_eq!(place.run(&["summary", "class-results"]).code, Some(0));
}

#[test]
fn force_judges_all_again_and_can_be_interrupted() {
    let place = class();
    let whole = graded(&place);
    let forced = grade(&place, &["--force"]);
    assert_eq!(judged(&forced), ALL);
    assert_eq!(small::timeless(&forced.stdout), whole);
    // Six lines, and then the new roll and five new results: all but two are lost.
    let lines = ledger(&place);
    assert_eq!(lines.len(), 12);
    place.write(LEDGER, lines[..9].join("\n") + "\n");
    // What is there has been judged before, so nothing is missing.
    assert_eq!(
        place
            .run(&["merge", "class-results", "--format", "json"])
            .stdout
            .lines()
            .count(),
        5
    );
    let rest = grade(&place, &[]);
    assert_eq!(judged(&rest).len(), 3, "{rest:?}");
    assert_eq!(small::timeless(&rest.stdout), whole);
}

/// A file as large as files may be here: nothing can be added to it.
#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    const MOST: usize = 32 << 20;
    let place = class();
    let whole = graded(&place);
    place.write("class/zoe/race_counter.rs", wrong() + "// Mine.\n");
    let with_zoe = graded(&place);
    // Spaces in front of a roll change nothing in it; zoe's result has no room.
    let lines = ledger(&place);
    let text = lines[..7].join("\n") + "\n";
    let room = MOST - text.len() - 10;
    let text = " ".repeat(room) + &text;
    place.write(LEDGER, &text);
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_threadlings");
    // Blocks of 512 bytes; the signal that comes with it is not what a full disk sends.
    let script = format!(
        "trap '' XFSZ; ulimit -f {}; exec '{program}' grade class --format json",
        MOST / 512
    );
    command
        .args(["-c", &script])
        .current_dir(place.path())
        .env("THREADLINGS_CACHE", crate::door::cache());
    let answer = crate::door::answer(&mut command);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    says(
        &answer.stderr,
        &[
            "results.jsonl: a result cannot be written: ",
            "help: make room, and run the same command again",
        ],
    );
    assert_eq!(place.read(LEDGER), text);
    // The tables are of what is there.
    assert_eq!(
        whole.lines().count() + 1,
        place.read("class-results/grades.csv").lines().count()
    );
    let after = grade(&place, &[]);
    assert_eq!(judged(&after), ["zoe race_counter"]);
    assert_eq!(small::timeless(&after.stdout), with_zoe);
}

#[test]
fn a_place_for_results_that_is_none_is_named() {
    let place = class();
    place.write("file", "no folder");
    for results in ["file", "file/below", "/proc/results"] {
        let answer = grade(&place, &["--results", results]);
        assert_eq!(answer.code, Some(2), "{answer:?}");
        says(
            &answer.stderr,
            &[results, "no results can be written here", "`--results`"],
        );
    }
    fs::create_dir_all(place.path().join(LEDGER)).expect("ours");
    let answer = grade(&place, &[]);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    says(&answer.stderr, &["results.jsonl: this is no file"]);
}

#[test]
fn a_signal_ends_it_with_a_word_and_the_next_run_goes_on() {
    let whole = graded(&class());
    let place = class();
    place.write("temporary/.keep", "");
    let mut command = place.command(&["grade", "class", "--jobs", "1"]);
    command
        .env("TMPDIR", place.path().join("temporary"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut run = command.spawn().expect("threadlings starts");
    let mut told = BufReader::new(run.stderr.take().expect("piped")).lines();
    let is_result =
        |line: &std::io::Result<String>| line.as_ref().is_ok_and(|line| line.contains(" of 10"));
    assert!(told.any(|line| is_result(&line)), "there is a result");
    let number = run.id().to_string();
    let sent = Command::new("kill").args(["-INT", &number]).status();
    assert!(sent.expect("kill runs").success());
    let rest: Vec<String> = told.map_while(Result::ok).collect();
    let status = run.wait().expect("it ends");
    // 130, as a shell shows it.
    assert_eq!(status.signal(), Some(2), "{status} {rest:?}");
    says(&rest.join("\n"), &["the same command goes on from here"]);
    let left: Vec<_> = fs::read_dir(place.path().join("temporary"))
        .expect("ours")
        .flatten()
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let after = grade(&place, &[]);
    assert!(judged(&after).len() < 5, "{after:?}");
    assert_eq!(small::timeless(&after.stdout), whole);
}
