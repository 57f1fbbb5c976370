//! Runs that are ended from outside: nothing is left behind.

use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{LONG, WRONG};
use crate::door::Place;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `look` finds something.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} does not come");
        sleep(Duration::from_millis(10));
    }
}

/// The processes whose parent is this one.
fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("the processes").flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|process| {
            let status = fs::read_to_string(format!("/proc/{process}/stat"));
            // After the name, which stands in parentheses: the state, then the parent.
            status.is_ok_and(|text| {
                let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
                rest.split_whitespace().nth(1) == Some(&parent.to_string())
            })
        })
        .collect()
}

fn is_alive(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
}

fn ended(child: &mut Child) -> ExitStatus {
    until("the end", || child.try_wait().expect("our child"))
}

#[test]
fn a_signal_leaves_no_process_and_no_folder() {
    for (name, number) in [("-INT", 2), ("-TERM", 15)] {
        let place = Place::with(&[("long.rs", LONG), ("temporary/.keep", "")]);
        let temporary = place.path().join("temporary");
        let mut command = place.command(&["check", "long.rs", "--budget", "60"]);
        command
            .env("TMPDIR", &temporary)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut parent = command.spawn().expect("threadlings starts");
        let child = until("the child that explores", || {
            let own = |process: &u32| {
                let line = fs::read_to_string(format!("/proc/{process}/cmdline"));
                line.is_ok_and(|line| line.contains("__explore"))
            };
            children(parent.id()).into_iter().find(own)
        });
        signal(&parent, name);
        let status = ended(&mut parent);
        // A shell shows a death by this signal as 128 + its number: 130 for Ctrl-C.
        assert_eq!(status.signal(), Some(number), "{status}");
        until("the end of the child", || (!is_alive(child)).then_some(()));
        let left: Vec<_> = fs::read_dir(&temporary).expect("ours").flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}

#[test]
fn all_that_hunt_end_with_their_parent() {
    for name in ["-INT", "-KILL"] {
        let place = Place::with(&[("long.rs", LONG)]);
        let mut command = place.command(&["check", "long.rs", "--budget", "8", "--jobs", "3"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut parent = command.spawn().expect("threadlings starts");
        let hunters = until("a hunt", || {
            let all = children(parent.id());
            (all.len() == 3).then_some(all)
        });
        signal(&parent, name);
        ended(&mut parent);
        for hunter in hunters {
            until("the end of all", || (!is_alive(hunter)).then_some(()));
        }
    }
}

#[test]
fn a_parent_that_is_killed_takes_its_child_along() {
    let place = Place::with(&[("long.rs", LONG)]);
    let mut command = place.command(&["check", "long.rs", "--budget", "60"]);
    command
        .env("TMPDIR", place.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut parent = command.spawn().expect("threadlings starts");
    let child = until("a child", || {
        let explores = |process: &u32| {
            let line = fs::read_to_string(format!("/proc/{process}/cmdline"));
            line.is_ok_and(|line| line.contains("__explore"))
        };
        children(parent.id()).into_iter().find(explores)
    });
    signal(&parent, "-KILL");
    ended(&mut parent);
    until("the end of the child", || (!is_alive(child)).then_some(()));
    let folder = |entry: &fs::DirEntry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with("threadlings-")
    };
    let left = || {
        fs::read_dir(place.path())
            .expect("ours")
            .flatten()
            .filter(folder)
            .count()
    };
    assert_eq!(left(), 1, "nobody was left to remove it");
    place.write("wrong.rs", WRONG);
    crate::door::answer(
        place
            .command(&["check", "wrong.rs"])
            .env("TMPDIR", place.path()),
    );
    assert_eq!(left(), 0, "the next run removes it");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [
        &["check", "wrong.rs"][..],
        &["--help"],
        &["explain", "TL0302"],
    ] {
        let place = Place::with(&[("wrong.rs", WRONG)]);
        let mut command = place.command(arguments);
        let mut run = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("threadlings starts");
        drop(run.stdout.take());
        let status = ended(&mut run);
        let mut said = String::new();
        let mut stderr = run.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut said).expect("UTF-8");
        let code = i32::from(arguments[0] == "check");
        assert_eq!(
            (status.code(), said.as_str()),
            (Some(code), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn without_any_terminal_or_input_it_works_all_the_same() {
    let place = Place::with(&[("wrong.rs", WRONG)]);
    let mut command = place.command(&["check", "wrong.rs"]);
    command.env_clear().stdin(Stdio::null());
    for name in ["PATH", "HOME", "RUSTUP_HOME", "CARGO_HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("THREADLINGS_CACHE", crate::door::cache());
    assert_eq!(crate::door::answer(&mut command).code, Some(1));
}
