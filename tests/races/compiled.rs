//! Random programs as text in Rust, compiled and checked as a user would: the verdict is what the definitions say.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use threadlings::operation::MemoryOrdering;

use super::enumeration;
use super::program::{Source, Statement, is_looked_at, started};
use super::random::{any_source, atomics, config};
use crate::door::{self, Place};
use crate::explorer::guest::place_of;
use crate::explorer::weak::axioms;
use crate::explorer::weak::program::{Plain, Source as Atomics, Statement as Memory};

const BEGINNING: &str = "
#![allow(static_mut_refs, unused)]
use std::hint::black_box;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicU64, fence};
use std::sync::{Barrier, Mutex, Once, RwLock};
use std::thread;

static mut BYTES: [u8; 8] = [0; 8];
static X: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
static M: [Mutex<()>; 2] = [const { Mutex::new(()) }; 2];
static L: [RwLock<()>; 2] = [const { RwLock::new(()) }; 2];
static O: [Once; 2] = [const { Once::new() }; 2];
static B: [Barrier; 2] = [const { Barrier::new(2) }; 2];

fn byte(k: usize) -> *mut u8 { unsafe { (&raw mut BYTES).cast::<u8>().add(k) } }
fn byte_of(x: usize, k: usize) -> *mut u8 { unsafe { X[x].as_ptr().cast::<u8>().add(k) } }
";

/// The text of a program; `None` if Rust cannot say it so simply.
fn text(source: &Source) -> Option<String> {
    let mut text = format!("{BEGINNING}fn main() {{\nlet main = thread::current();\n");
    thread(source, 0, &mut text)?;
    text.push_str("}\n");
    Some(text)
}

fn thread(source: &Source, number: usize, text: &mut String) -> Option<()> {
    text.push_str("let mut last = 0;\n");
    block(source, &source.0[number], text)
}

/// Statements; those that may be left out together are a block of their own.
fn block(source: &Source, mut statements: &[Statement], text: &mut String) -> Option<()> {
    use Statement as S;
    while let Some((statement, rest)) = statements.split_first() {
        let (line, inner) = match *statement {
            S::Memory(memory) => {
                let used = is_looked_at(rest);
                (access(memory, used)?, 0)
            }
            S::Lock(m) => (format!("let m{m} = M[{m}].lock().unwrap();"), 0),
            S::TryLock(m, n) => (format!("if let Ok(m{m}) = M[{m}].try_lock() {{"), n),
            S::Unlock(m) => (format!("drop(m{m});"), 0),
            S::Read(l) => (format!("let l{l} = L[{l}].read().unwrap();"), 0),
            S::TryRead(l, n) => (format!("if let Ok(l{l}) = L[{l}].try_read() {{"), n),
            S::Write(l) => (format!("let l{l} = L[{l}].write().unwrap();"), 0),
            S::TryWrite(l, n) => (format!("if let Ok(l{l}) = L[{l}].try_write() {{"), n),
            S::ReadUnlock(l) | S::WriteUnlock(l) => (format!("drop(l{l});"), 0),
            S::Park => ("thread::park();".to_string(), 0),
            S::Unpark(0) => ("main.unpark();".to_string(), 0),
            S::Unpark(child) => (format!("u{child}.unpark();"), 0),
            S::Begin(o, n) => (format!("O[{o}].call_once(|| {{"), n),
            S::End(_) => (String::new(), 0),
            S::IsCompleted(o, n) => (format!("if O[{o}].is_completed() {{"), n),
            S::Meet(b) => (format!("B[{b}].wait();"), 0),
            S::Join(child) => (format!("t{child}.join().unwrap();"), 0),
            S::Start(child) => {
                let mut body = String::new();
                thread(source, child, &mut body)?;
                let line = format!(
                    "let mine = main.clone();\nlet t{child} = thread::spawn(move || {{ let main = mine;\n{body}}});\n\
                     let u{child} = t{child}.thread().clone();"
                );
                (line, 0)
            }
            S::Send(_) | S::Receive(_) | S::TryReceive(..) => return None,
        };
        writeln!(text, "{line}").ok()?;
        block(source, &rest[..inner], text)?;
        if inner > 0 {
            let end = if matches!(statement, S::Begin(..)) {
                "});"
            } else {
                "}"
            };
            writeln!(text, "{end}").ok()?;
        }
        statements = &rest[inner..];
    }
    Some(())
}

fn access(memory: Memory, used: bool) -> Option<String> {
    Some(match memory {
        Memory::Load(x, o) => format!("last = X[{x}].load({o:?});"),
        Memory::Store(x, value, o) => format!("X[{x}].store({value}, {o:?});"),
        Memory::Add(x, by, o) if used => format!("last = X[{x}].fetch_add({by}, {o:?});"),
        Memory::Add(x, by, o) => format!("X[{x}].fetch_add({by}, {o:?});"),
        Memory::Swap(x, value, o) => format!("last = X[{x}].swap({value}, {o:?});"),
        Memory::Exchange(x, [old, new], o, failure) => format!(
            "last = match X[{x}].compare_exchange({old}, {new}, {o:?}, {failure:?}) {{ Ok(v) | Err(v) => v }};"
        ),
        Memory::Fence(MemoryOrdering::Relaxed) | Memory::Await(..) => return None,
        Memory::Fence(o) => format!("fence({o:?});"),
        Memory::If(value) => format!("if last != {value} {{ return }}"),
        Memory::Plain(Plain { start, size, write }) => {
            let at = match start.checked_sub(place_of(0)) {
                // What is written into an atomic is another value of it.
                Some(_) if write => return None,
                Some(offset) => format!("byte_of({}, {})", offset / 8, offset % 8),
                None => format!("byte({start})"),
            };
            match (size, write) {
                (1, true) => format!("unsafe {{ {at}.write(7) }}"),
                (1, false) => format!("black_box(unsafe {{ {at}.read() }});"),
                (2, true) => format!("unsafe {{ {at}.cast::<u16>().write_unaligned(7) }}"),
                (2, false) => {
                    format!("black_box(unsafe {{ {at}.cast::<u16>().read_unaligned() }});")
                }
                _ => return None,
            }
        }
    })
}

/// A random program: whether it has a race, and its text.
struct Program<T> {
    source: T,
    racy: bool,
    text: String,
}

/// So many random programs that Rust can say, half of them with a race.
fn programs<T, S: Strategy<Value = T>>(
    count: u32,
    strategy: S,
    source: fn(&T) -> Source,
    has_race: fn(&T) -> bool,
) -> Vec<Program<T>> {
    let config = config(count);
    let count = config.cases as usize;
    let mut runner = TestRunner::new(config);
    let mut all = Vec::new();
    let mut wanted = [count / 2, count - count / 2];
    while wanted != [0, 0] {
        let tree = strategy.new_tree(&mut runner).expect("a program");
        let program = tree.current();
        let Some(text) = text(&source(&program)) else {
            continue;
        };
        let racy = has_race(&program);
        let wanted = &mut wanted[usize::from(racy)];
        if *wanted > 0 {
            *wanted -= 1;
            all.push(Program {
                source: program,
                racy,
                text,
            });
        }
    }
    all
}

/// What `check` says.
fn verdict(text: &str, memory: &str) -> String {
    let place = Place::with(&[("program.rs", text)]);
    let answer = place.run(&["check", "program.rs", "--memory", memory, "--format=json"]);
    answer.verdict()
}

fn report(differences: &[Option<String>]) {
    println!("{} programs", differences.len());
    let all: Vec<_> = differences.iter().flatten().cloned().collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn compiled_programs_of_atomics_get_the_verdict_of_the_axioms() {
    let has_race =
        |source: &Atomics| enumeration::has_race(&started(source), 0) || axioms::has_race(source);
    let programs = programs(16, atomics(), started, has_race);
    let found = door::in_parallel(&programs, |Program { source, racy, text }| {
        let expected = if *racy { "fail data_race" } else { "pass" };
        let found = verdict(text, "auto");
        (found != expected).then(|| format!("{source}: {found}, not {expected}\n{text}"))
    });
    report(&found);
}

/// Other bugs may be found before a race is, but no race where there is none.
#[test]
fn compiled_programs_get_the_verdict_of_the_enumeration() {
    let has_race = |source: &Source| (0..2).any(|n| enumeration::has_race(source, n));
    let programs = programs(16, any_source(), Source::clone, has_race);
    let found = door::in_parallel(&programs, |Program { source, racy, text }| {
        let found = verdict(text, "sc");
        let right = match found.as_str() {
            "fail data_race" => *racy,
            "pass" => !racy,
            other => other.starts_with("fail "),
        };
        (!right).then(|| format!("{source:?}: {found}\n{text}"))
    });
    report(&found);
}
