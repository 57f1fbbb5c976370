//! Traces that no program has made: what is not whole is refused, and of what is whole a report can be made, whatever
//! nonsense it tells. A process that runs a stranger's program could send any.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::{Value, json};
use threadlings::explanation::{self, Answer, Subject};
use threadlings::names::Sources;
use threadlings::trace::Trace;

use crate::door::{Place, in_parallel};
use crate::reports::record::Record;

/// Programs that fail in different ways.
const PROGRAMS: &[&str] = &[
    "arc_upgrade_gone",
    "channel_sender_kept",
    "check_then_act_queue",
    "condvar_flag_outside_lock",
    "deadlock_two_locks",
    "lost_update_read_then_write",
    "races/cell_shared",
    "races/treiber_freed",
    "self_deadlock_in_thread",
    "torn_before_the_join",
    "weak_index",
    "weak_peterson_release_acquire",
];

/// Changed traces of each program.
const CHANGED: u32 = 200;

/// What is in the place of what was there, now and then.
fn other(random: &mut Random, old: &Value, names: &[Value], events: u64) -> Value {
    match old {
        Value::Bool(old) => json!(!old),
        Value::Number(old) => {
            let old = old.as_u64().unwrap_or(0);
            let numbers = [
                0,
                1,
                2,
                old + 1,
                old / 2,
                old + 7,
                events.saturating_sub(1),
                1 << 31,
            ];
            json!(random.of(&numbers))
        }
        Value::String(_) if random.below(2) == 0 => random.of(names).clone(),
        Value::String(_) => json!(random.of(&["", "-", "é", "main", "-9223372036854775808"])),
        Value::Null => json!(random.below(3)),
        Value::Array(items) if !items.is_empty() => {
            let mut items = items.clone();
            let at = random.below(items.len());
            match random.below(3) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => items.truncate(at),
            }
            json!(items)
        }
        old => old.clone(),
    }
}

/// Numbers that are the same in every run (a linear congruential generator, with Knuth's constants).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Where everything is, as JSON pointers; and all texts.
fn places(value: &Value, at: &str, places: &mut Vec<String>, texts: &mut Vec<Value>) {
    places.push(at.to_string());
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                self::places(value, &format!("{at}/{name}"), places, texts);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                self::places(value, &format!("{at}/{index}"), places, texts);
            }
        }
        Value::String(_) => texts.push(value.clone()),
        _ => {}
    }
}

/// What goes wrong with changed traces of a program, and how many of them were whole.
fn told(program: &str) -> (Vec<String>, u32) {
    let place = Place::with_fixtures();
    place.run(&["check", &format!("{program}.rs")]);
    let stored: Value = serde_json::from_str(&place.read(&place.stored_run())).expect("JSON");
    let files: Vec<(String, String)> =
        serde_json::from_value(stored["files"].clone()).expect("texts");
    let sources = Sources::new(files);
    let (mut at, mut texts) = (Vec::new(), Vec::new());
    places(&stored["trace"], "", &mut at, &mut texts);
    let mut random = Random(1);
    let (mut wrong, mut whole) = (Vec::new(), 0);
    for _ in 0..CHANGED {
        let mut trace = stored["trace"].clone();
        let events = trace["events"].as_array().map_or(0, Vec::len) as u64;
        for _ in 0..=random.below(4) {
            // What is within something that was changed before may be gone.
            if let Some(value) = trace.pointer_mut(random.of(at.as_slice()).as_str()) {
                *value = other(&mut random, value, &texts, events);
            }
        }
        let Ok(trace) = serde_json::from_value::<Trace>(trace) else {
            continue;
        };
        if !trace.is_whole() {
            continue;
        }
        whole += 1;
        let report = catch_unwind(AssertUnwindSafe(|| report(&trace, &sources)));
        if report.is_err() {
            let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("panics.json");
            let text = serde_json::to_string(&trace).expect("plain data");
            let _ = std::fs::write(&file, text);
            wrong.push(format!("{program}: {}", file.display()));
        }
    }
    (wrong, whole)
}

fn report(trace: &Trace, sources: &Sources) -> Record {
    let trace = explanation::settled(trace, sources);
    let subject = Subject {
        path: "program.rs".to_string(),
        exercise: None,
    };
    let answer = Answer::Failed {
        trace: &trace,
        sources,
        replay: None,
    };
    Record::of(&explanation::report(subject, answer, None))
}

#[test]
fn a_trace_that_was_made_up_is_refused_or_told() {
    let all = in_parallel(PROGRAMS, |program| told(program));
    let wrong: Vec<_> = all.iter().flat_map(|(wrong, _)| wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Not all are refused.
    let whole: u32 = all.iter().map(|(_, whole)| whole).sum();
    assert!(whole > CHANGED, "{whole}");
}
