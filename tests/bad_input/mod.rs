//! Whatever is handed in, and wherever: a clear answer and the exit code of the contract, never a hang.

mod command_line;
mod course;
mod endings;
mod exit_codes;
mod hostile;
mod machine;
mod source;
mod stored_runs;

use crate::door::{Answer, Place};

/// A program without a bug.
const RIGHT: &str = "\
use std::sync::Mutex;
use std::thread;

static HITS: Mutex<u32> = Mutex::new(0);

fn main() {
    let other = thread::spawn(|| *HITS.lock().unwrap() += 1);
    *HITS.lock().unwrap() += 1;
    other.join().unwrap();
    assert_eq!(*HITS.lock().unwrap(), 2);
}
";

/// A program with one.
const WRONG: &str = "\
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

static HITS: AtomicU32 = AtomicU32::new(0);

fn hit() {
    let seen = HITS.load(SeqCst);
    HITS.store(seen + 1, SeqCst);
}

fn main() {
    let other = thread::spawn(hit);
    hit();
    other.join().unwrap();
    assert_eq!(HITS.load(SeqCst), 2);
}
";

/// A program that keeps a search busy for longer than anybody waits.
const LONG: &str = "\
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

static HITS: AtomicU32 = AtomicU32::new(0);

fn main() {
    let hit = || (0..9).for_each(|_| _ = HITS.fetch_add(1, SeqCst));
    let all = [(); 9].map(|()| thread::spawn(hit));
    all.map(|thread| thread.join().unwrap());
}
";

/// Runs the command, which must say `parts` on standard error, nothing on standard output, and end with 2.
#[track_caller]
fn refused(place: &Place, arguments: &[&str], parts: &[&str]) -> Answer {
    let answer = place.run(arguments);
    assert_eq!(answer.code, Some(2), "{answer:?}");
    assert_eq!(answer.stdout, "");
    says(&answer.stderr, parts);
    answer
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing:\n{text}");
    }
}
