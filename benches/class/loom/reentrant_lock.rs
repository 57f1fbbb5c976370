//! The scenarios of the exercise `reentrant_lock`, as an instructor would write them for loom.

// Not loom's: they outlive an execution.
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use loom::sync::Arc;
use loom::thread;

use crate::answer::Printer;

const RULE: &str = "=====";

#[test]
fn one_block_alone() {
    loom::model(|| {
        let printer = Printer::new();
        printer.f("title");
        printer.g("news");
        assert_eq!(printer.lines(), ["title", RULE, "news", RULE]);
    });
}

#[test]
fn two_blocks_at_once() {
    loom::model(|| {
        let printer = Arc::new(Printer::new());
        let presses = ["one", "two"].map(|line| {
            let printer = Arc::clone(&printer);
            thread::spawn(move || printer.g(line))
        });
        for press in presses {
            press.join().unwrap();
        }
        let lines = printer.lines();
        assert!(
            lines == [RULE, "one", RULE, RULE, "two", RULE]
                || lines == [RULE, "two", RULE, RULE, "one", RULE],
            "the paper says {lines:?}"
        );
    });
}

#[test]
fn a_block_and_a_line_at_once() {
    static BEFORE: AtomicBool = AtomicBool::new(false);
    static AFTER: AtomicBool = AtomicBool::new(false);
    loom::model(|| {
        let printer = Arc::new(Printer::new());
        let block = {
            let printer = Arc::clone(&printer);
            thread::spawn(move || printer.g("block"))
        };
        let line = {
            let printer = Arc::clone(&printer);
            thread::spawn(move || printer.f("line"))
        };
        block.join().unwrap();
        line.join().unwrap();
        let lines = printer.lines();
        let before = lines == ["line", RULE, "block", RULE];
        let after = lines == [RULE, "block", RULE, "line"];
        assert!(before || after, "the paper says {lines:?}");
        let goal = if before { &BEFORE } else { &AFTER };
        goal.store(true, Relaxed);
    });
    assert!(BEFORE.load(Relaxed), "the line never comes before the block");
    assert!(AFTER.load(Relaxed), "the line never comes after the block");
}
