//! The litmus table: small programs, and by hand the exact set of their outcomes under C11 and under sequential
//! consistency.
//!
//! An outcome is what each reading thread read, and then the last value of each location that several statements
//! write: `1 0 | 0 : x=2`. Where one of several values is possible in each place independently, all are written:
//! `01 01` is four outcomes. `except` takes some away again; `*` stands for any value there.

mod messages;
mod one_location;
mod propagation;
mod sequences;
mod two_threads;
mod waiting;

use std::collections::BTreeSet;

use threadlings::trace::Memory;

use super::axioms::{Outcome, allowed};
use super::explored::{brute_force, optimal};
use super::program::{LOCATIONS, Source};

/// Programs that differ in their orderings only.
struct Shape {
    name: &'static str,
    /// The outcomes under sequential consistency, whatever the orderings.
    sequential: &'static str,
    rows: &'static [Row],
}

/// A program, its outcomes under C11, and why.
struct Row(&'static str, &'static str, &'static str);

const TABLE: [&[Shape]; 6] = [
    one_location::SHAPES,
    two_threads::SHAPES,
    messages::SHAPES,
    propagation::SHAPES,
    sequences::SHAPES,
    waiting::SHAPES,
];

/// Executions after which brute force is given up: it has found nothing wrong.
const AFFORDABLE: u64 = 2_000;

#[test]
fn the_axioms_allow_what_the_table_says() {
    check(|_, row, source| {
        let found = allowed(source).outcomes;
        vec![("the axioms", row.1, found)]
    });
}

#[test]
fn sequential_consistency_gives_what_the_table_says() {
    check(|shape, _, source| {
        let found = optimal(source, Memory::Sc).outcomes;
        vec![("optimal", shape.sequential, found)]
    });
}

#[test]
fn the_explorer_finds_what_the_table_says() {
    println!("graphs executions redundant interleavings program");
    check(|_, row, source| {
        let graphs = allowed(source).graphs;
        let found = optimal(source, Memory::C11);
        let all = brute_force(source, Memory::C11, AFFORDABLE);
        println!(
            "{:6} {:10} {:9} {:13} {source}",
            graphs.len(),
            found.executions,
            found.redundant,
            all.executions
        );
        if !source.waits() {
            assert_eq!(found.graphs, graphs, "{source}");
        }
        let mut findings = vec![("optimal", row.1, found.outcomes)];
        if !all.gave_up {
            findings.push(("brute force", row.1, all.outcomes));
        }
        findings
    });
}

/// Who found something, what was expected, and what it was.
type Finding = (&'static str, &'static str, BTreeSet<Outcome>);

/// Compares what was found for each row with what was expected, and shows every difference.
fn check(find: impl Fn(&Shape, &Row, &Source) -> Vec<Finding>) {
    let mut differences = String::new();
    for shape in TABLE.into_iter().flatten() {
        for row in shape.rows {
            let source = Source::parse(row.0);
            for (finder, expected, found) in find(shape, row, &source) {
                let expected = outcomes(expected);
                let found = found
                    .iter()
                    .map(|outcome| visible(&source, outcome))
                    .collect();
                if expected != found {
                    differences += &format!("\n{}: {source}\n  {}", shape.name, row.2);
                    differences += &format!("\n  the table only: {:?}", minus(&expected, &found));
                    differences += &format!("\n  {finder} only: {:?}\n", minus(&found, &expected));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn minus(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Vec<String> {
    a.difference(b).cloned().collect()
}

/// An outcome as the table writes it.
fn visible(source: &Source, outcome: &Outcome) -> String {
    let reading = source.0.iter().zip(&outcome.read);
    let read: Vec<_> = reading
        .filter(|(statements, _)| statements.iter().any(|s| s.reads()))
        .map(|(_, values)| join(values.iter().map(u64::to_string)))
        .collect();
    let writers = |x| {
        let all = source.0.iter().flatten();
        all.filter(|s| s.location() == Some(x) && s.writes())
            .count()
    };
    let several = (0..outcome.memory.len()).filter(|&x| writers(x) > 1);
    let last = join(several.map(|x| format!("{}={}", LOCATIONS[x], outcome.memory[x])));
    let last = if last.is_empty() {
        last
    } else {
        format!(": {last}")
    };
    format!("{} {last}", read.join(" | ")).trim().to_string()
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// The set of outcomes that a text of the table means.
fn outcomes(text: &str) -> BTreeSet<String> {
    let (all, excepted) = text.split_once("except").unwrap_or((text, ""));
    let mut all: BTreeSet<_> = all.split(',').flat_map(each).collect();
    for pattern in excepted.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let before = all.len();
        all.retain(|outcome| !matches(pattern, outcome));
        assert!(all.len() < before, "`{pattern}` takes nothing from {text}");
    }
    all
}

/// Every outcome that one pattern stands for.
fn each(pattern: &str) -> Vec<String> {
    let words = pattern.split_whitespace();
    words.fold(vec![String::new()], |outcomes, word| {
        let (name, values) = named(word);
        let longer = |outcome: &String| {
            let values = values.chars();
            let outcome = outcome.clone();
            values.map(move |value| format!("{outcome} {name}{value}").trim().to_string())
        };
        outcomes.iter().flat_map(longer).collect()
    })
}

fn matches(pattern: &str, outcome: &str) -> bool {
    let (pattern, outcome) = (pattern.split_whitespace(), outcome.split_whitespace());
    let fits = |(word, value)| {
        let ((name, values), (of, value)) = (named(word), named(value));
        name == of && (values == "*" || values.contains(value))
    };
    pattern.clone().count() == outcome.clone().count() && pattern.zip(outcome).all(fits)
}

/// `x=12` as `x=` and `12`.
fn named(word: &str) -> (&str, &str) {
    word.split_at(word.find('=').map_or(0, |sign| sign + 1))
}
