//! Loads a hand-written program and drives it without the explorer.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use super::page::Page;
use super::plugin::Plugin;
use crate::guest::{Announced, Guest};
use crate::operation::{Kind, Operation, Reply, ThreadId};

/// Compiles the program; each test has a library, and so statics, of its own.
fn compiled(test: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/tests/program.rs");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/runtime-tests");
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let library = folder.join(format!("{test}.so"));
    let status = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args([
            "--edition=2021",
            "--crate-type=cdylib",
            "--crate-name=program",
            "-Awarnings",
        ])
        .args([
            "-Cdebuginfo=line-tables-only",
            "-Cforce-frame-pointers=yes",
            "-o",
        ])
        .arg(&library)
        .arg(source)
        .status();
    assert!(status.expect("rustc runs").success());
    library
}

fn load(test: &str, entry: usize) -> Plugin {
    let page = Page::create().expect("a page");
    // SAFETY: our own program, loaded once.
    unsafe { Plugin::load(&compiled(test), entry, 1 << 26, page) }.expect("the program loads")
}

/// Runs one execution, the lowest thread first or the highest, and lists what was announced.
fn run(plugin: &mut Plugin, highest_first: bool) -> Vec<(u32, Operation)> {
    plugin.start();
    let mut next = vec![Some(plugin.advance(ThreadId::MAIN, Reply::default()))];
    let mut log = Vec::new();
    let mut locked = false;
    loop {
        let ready = |n: &usize| match next[*n] {
            Some(Announced::Operation(op)) => match op.kind {
                Kind::Join => next[op.a as usize].is_none(),
                Kind::MutexLock => !locked,
                _ => true,
            },
            _ => false,
        };
        let mut all = 0..next.len();
        let chosen = if highest_first {
            all.rev().find(ready)
        } else {
            all.find(ready)
        };
        let Some(thread) = chosen else { return log };
        let Some(Announced::Operation(op)) = next[thread] else {
            unreachable!()
        };
        log.push((thread as u32, op));
        let mut reply = Reply::default();
        match op.kind {
            Kind::AtomicLoad => reply.value = plugin.read(&op),
            Kind::AtomicStore => plugin.write(&op, op.a),
            Kind::MutexLock => locked = true,
            Kind::MutexUnlock => locked = false,
            Kind::Spawn => {
                let child = ThreadId(next.len() as u32);
                plugin.spawn(child, op.a);
                next.push(Some(plugin.advance(child, Reply::default())));
                reply.value = child.0.into();
                if next[child.index()] == Some(Announced::Returned) {
                    next[child.index()] = None;
                }
            }
            _ => {}
        }
        let announced = plugin.advance(ThreadId(thread as u32), reply);
        next[thread] = match announced {
            Announced::Operation(_) => Some(announced),
            Announced::Returned | Announced::Panicked | Announced::Stopped => None,
        };
    }
}

#[test]
fn every_execution_starts_from_the_same_memory() {
    let mut plugin = load("same", 0);
    let first = run(&mut plugin, false);
    assert!(first.len() > 12, "{first:?}");
    assert_eq!(first, run(&mut plugin, false));
    run(&mut plugin, true);
    assert_eq!(first, run(&mut plugin, false));
}

#[test]
fn objects_keep_their_numbers_in_every_order() {
    let mut plugin = load("numbers", 0);
    let objects = |log: Vec<(u32, Operation)>| {
        let mut seen: Vec<_> = log.iter().map(|(t, op)| (*t, op.kind, op.object)).collect();
        seen.sort();
        seen
    };
    let one = objects(run(&mut plugin, false));
    let other = objects(run(&mut plugin, true));
    assert_eq!(one, other);
}

#[test]
fn a_thread_that_unwinds_does_not_make_others_panic() {
    let mut plugin = load("panics", 1);
    let log = run(&mut plugin, false);
    assert_eq!(log.last().map(|(_, op)| op.kind), Some(Kind::MutexUnlock));
    assert_eq!(log, run(&mut plugin, true));
}
