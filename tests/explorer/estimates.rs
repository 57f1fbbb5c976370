//! The estimate of the number of interleavings, where the number is known.

use std::collections::BTreeSet;

use threadlings::explore::engine::{Engine, Rules, RunEnd};
use threadlings::explore::strategy::probe::Probe;
use threadlings::explore::threads::ThreadNames;
use threadlings::operation::Kind;

use super::guest::{Closures, Program, Thread};

struct Probed {
    estimate: f64,
    standard_error: f64,
    /// The different complete paths: as many as traces, if every path was met.
    paths: BTreeSet<Vec<(u32, u32)>>,
}

fn probe(program: Program, executions: u32) -> Probed {
    let mut guest = Closures::new(program);
    let mut names = ThreadNames::default();
    let mut engine = Engine::new(&mut guest, &mut names, Rules::default());
    let mut probe = Probe::new(1);
    let mut paths = BTreeSet::new();
    let mut counted = 0;
    for _ in 0..executions {
        let end = engine.run(&mut probe);
        engine.finish(&mut probe, &end);
        if probe.probes() <= counted {
            paths.clear();
        } else if matches!(end, RunEnd::Ended(_)) {
            let scheduled = engine
                .history()
                .events
                .iter()
                .filter(|event| event.scheduled);
            paths.insert(
                scheduled
                    .map(|event| (event.thread.0, event.alternative))
                    .collect(),
            );
        }
        counted = probe.probes();
    }
    Probed {
        estimate: probe.estimate(),
        standard_error: probe.standard_error(),
        paths,
    }
}

/// The tree has exactly as many paths as there are traces, so the mean of the weights is that number.
fn expect(what: &str, program: Program, traces: usize) {
    let probed = probe(program, 4_000);
    assert_eq!(probed.paths.len(), traces, "{what}: paths");
    let Probed {
        estimate,
        standard_error,
        ..
    } = probed;
    let off = (estimate - traces as f64).abs();
    assert!(
        off <= 4.0 * standard_error + 1e-9,
        "{what}: {estimate} ± {standard_error}"
    );
    assert!(
        standard_error < traces as f64 / 4.0,
        "{what}: ± {standard_error}"
    );
}

fn locked_increments(n: u64) -> Program {
    Program::new(0).threads(n, move |t, _| {
        t.lock(0);
        t.set(0, t.get(0) + 1);
        t.unlock(0);
    })
}

fn racy_increments(n: u64) -> Program {
    Program::new(1).threads(n, move |t, _| {
        let value = t.load(0);
        t.store(0, value + 1);
    })
}

fn lastzero(n: u64) -> Program {
    let scan = move |t: &Thread| {
        let mut i = n as usize;
        while t.load(i) != 0 {
            i -= 1;
        }
    };
    Program::new(n as usize + 1)
        .thread(scan)
        .threads(n, |t, j| {
            let value = t.load(j as usize);
            t.store(j as usize + 1, value + 1);
        })
}

#[test]
fn the_tree_of_probes_has_one_path_for_each_trace() {
    expect("2 locked increments", locked_increments(2), 2);
    expect("4 locked increments", locked_increments(4), 24);
    expect("2 racy increments", racy_increments(2), 4);
    expect("3 racy increments", racy_increments(3), 36);
    expect("lastzero(3)", lastzero(3), 12);
    expect("lastzero(4)", lastzero(4), 28);
    let readers = Program::new(1)
        .thread(|t| t.store(0, 1))
        .threads(4, |t, _| t.see(t.load(0)));
    expect("4 readers", readers, 16);
    let private = Program::new(5).threads(5, |t, i| {
        for _ in 0..10 {
            t.add(i as usize, 1);
        }
    });
    expect("private data", private, 1);
    let buffering = Program::new(2).threads(2, |t, i| {
        t.store(i as usize, 1);
        t.see(t.load(1 - i as usize));
    });
    expect("store buffering", buffering, 3);
    let rwlock = Program::new(0)
        .threads(2, |t, _| {
            t.rw(Kind::RwRead, 0);
            t.see(t.get(0));
            t.rw(Kind::RwReadUnlock, 0);
        })
        .threads(2, |t, i| {
            t.rw(Kind::RwWrite, 0);
            t.set(0, i + 1);
            t.rw(Kind::RwWriteUnlock, 0);
        });
    expect("2 readers and 2 writers", rwlock, 18);
    let tries = Program::new(0).threads(2, |t, _| {
        if t.try_lock(0) {
            t.unlock(0);
        }
    });
    expect("2 that try", tries, 4);
}

#[test]
fn a_number_too_large_to_count_is_estimated() {
    let factorial = |n: u64| (1..=n).map(|n| n as f64).product::<f64>();
    for (what, program, traces) in [
        ("10 locked increments", locked_increments(10), factorial(10)),
        (
            "5 racy increments",
            racy_increments(5),
            factorial(5).powi(2),
        ),
    ] {
        let probed = probe(program, 20_000);
        let ratio = probed.estimate / traces;
        assert!((0.8..1.25).contains(&ratio), "{what}: {}", probed.estimate);
    }
}
