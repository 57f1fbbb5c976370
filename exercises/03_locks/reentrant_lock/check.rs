//! What a correct printer prints, whoever presses first.

use super::Printer;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: (fn() -> Printer, fn(&Printer, &str), fn(&Printer, &str)) =
    (Printer::new, Printer::f, Printer::g);
const _: fn(&Printer) -> Vec<String> = Printer::lines;

const RULE: &str = "=====";

/// One thread presses both buttons.
pub fn one_block_alone() {
    let printer: Printer = Printer::new();
    Printer::f(&printer, "title");
    Printer::g(&printer, "news");
    let lines: Vec<String> = Printer::lines(&printer);
    assert_eq!(
        lines,
        ["title", RULE, "news", RULE],
        "a line and then a block must print the line, a rule, the line of the block, a rule"
    );
}

/// Two threads press G: the blocks come one after the other.
pub fn two_blocks_at_once() {
    let printer: Printer = Printer::new();
    thread::scope(|office| {
        office.spawn(|| Printer::g(&printer, "one"));
        office.spawn(|| Printer::g(&printer, "two"));
    });
    let lines: Vec<String> = Printer::lines(&printer);
    assert!(
        lines == [RULE, "one", RULE, RULE, "two", RULE]
            || lines == [RULE, "two", RULE, RULE, "one", RULE],
        "two blocks must be printed one after the other, but the paper says {lines:?}"
    );
}

/// One thread presses G and another F: the line is before or after the block, never in it.
pub fn a_block_and_a_line_at_once() {
    let printer: Printer = Printer::new();
    thread::scope(|office| {
        office.spawn(|| Printer::g(&printer, "block"));
        office.spawn(|| Printer::f(&printer, "line"));
    });
    let lines: Vec<String> = Printer::lines(&printer);
    let before = lines == ["line", RULE, "block", RULE];
    let after = lines == [RULE, "block", RULE, "line"];
    assert!(
        before || after,
        "a line must be printed before or after a block, but the paper says {lines:?}"
    );
    if before {
        std::__threadlings::reach("the line is printed before the block");
    } else {
        std::__threadlings::reach("the line is printed after the block");
    }
}
