//! Answers that are compiled together: nobody can tell.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::door::{PROJECT, Place};

/// What else somebody may hand in, for `race_counter`.
const ODD: &[(&str, &str)] = &[
    ("does_not_parse", "pub struct Counter {"),
    (
        "has_a_wrong_type",
        "pub struct Counter { value: u64 = \"\" }",
    ),
    ("lacks_everything", "fn main() {}"),
    ("is_empty", ""),
    ("is_unsafe", "pub fn run() { unsafe {} }"),
    (
        "names_the_crate",
        "mod inner { pub struct Counter(pub std::sync::atomic::AtomicU64); }
         pub use crate::inner::Counter;
         impl Counter {
             pub fn new() -> Self { Counter(0.into()) }
             pub fn increment(&self) { self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed); }
             pub fn get(&self) -> u64 { self.0.load(std::sync::atomic::Ordering::Relaxed) }
         }
         pub fn run(threads: usize, times: u64) -> u64 {
             let counter = Counter::new();
             std::thread::scope(|scope| for _ in 0..threads {
                 scope.spawn(|| for _ in 0..times { counter.increment() });
             });
             counter.get()
         }",
    ),
    (
        "looks_for_others",
        "pub use crate::__threadlings_member_0::*;",
    ),
    ("looks_around", "pub use super::__threadlings_member_0::*;"),
    (
        "drops_out_loud",
        "use std::sync::{Arc, Mutex};
         pub struct Counter(Mutex<u64>);
         impl Counter {
             pub fn new() -> Self { Counter(Mutex::new(0)) }
             pub fn increment(&self) { let seen = self.get(); *self.0.lock().unwrap() = seen + 1; }
             pub fn get(&self) -> u64 { *self.0.lock().unwrap() }
         }
         impl Drop for Counter { fn drop(&mut self) { println!(\"{}\", self.get()) } }
         pub fn run(threads: usize, times: u64) -> u64 {
             let counter = Arc::new(Counter::new());
             let doors: Vec<_> = (0..threads).map(|_| {
                 let counter = counter.clone();
                 std::thread::spawn(move || for _ in 0..times { counter.increment() })
             }).collect();
             for door in doors { door.join().unwrap(); }
             counter.get()
         }",
    ),
    (
        "panics_in_a_thread_of_a_static",
        "use std::sync::Mutex;
         static TOTAL: Mutex<u64> = Mutex::new(0);
         pub struct Counter;
         impl Counter {
             pub fn new() -> Self { *TOTAL.lock().unwrap() = 0; Counter }
             pub fn increment(&self) { let seen = self.get(); *TOTAL.lock().unwrap() = seen + 1; }
             pub fn get(&self) -> u64 { *TOTAL.lock().unwrap() }
         }
         pub fn run(threads: usize, times: u64) -> u64 {
             let counter = Counter::new();
             std::thread::scope(|scope| for _ in 0..threads {
                 scope.spawn(|| (0..times).for_each(|_| counter.increment()));
             });
             [1, 2, 3].get(counter.get() as usize).copied().expect(\"a number\")
         }",
    ),
];

#[test]
fn batches_change_no_result() {
    let place = Place::with_course();
    let answers = lay_out(&place);
    let alone = graded(&place, "1");
    assert_eq!(alone.len(), answers);
    let together = graded(&place, "10");
    for (who, record) in &alone {
        assert_eq!(Some(record), together.get(who), "{who}");
    }
    assert_eq!(together.len(), answers);
}

/// Every solution, wrong answer and starter of the course, each by a student of its own, and [`ODD`]; returns how many.
fn lay_out(place: &Place) -> usize {
    let mut answers = 0;
    let mut hand_in = |exercise: &str, text: &str| {
        let student = format!("student_{answers}");
        place.write(&format!("class/{student}/{exercise}.rs"), text);
        answers += 1;
    };
    let read = |path: &Path| fs::read_to_string(path).expect("a source file");
    for exercise in folders(&Path::new(PROJECT).join("exercises"), 2) {
        let id = exercise.file_name().and_then(|name| name.to_str());
        let id = id.expect("an exercise");
        hand_in(id, &read(&exercise.join("exercise.rs")));
        let chapter = exercise.parent().and_then(Path::file_name);
        let chapter = chapter.expect("a chapter");
        let solution = Path::new(PROJECT).join("solutions").join(chapter).join(id);
        hand_in(id, &read(&solution.join("solution.rs")));
        for wrong in folders(&solution.join("wrong"), 1) {
            hand_in(id, &read(&wrong));
        }
    }
    for (name, text) in ODD {
        hand_in("race_counter", &format!("// {name}\n{text}\n"));
    }
    answers
}

/// What is so many levels below a folder, sorted.
fn folders(folder: &Path, levels: u32) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    found.sort();
    match levels {
        1 => found,
        _ => found
            .iter()
            .filter(|path| path.is_dir())
            .flat_map(|path| folders(path, levels - 1))
            .collect(),
    }
}

/// All records by student, without what depends on the time, and the feedback.
fn graded(place: &Place, batch: &str) -> BTreeMap<String, (Value, String)> {
    let results = format!("results-{batch}");
    let answer = place.run(&[
        "grade",
        "class",
        "--jobs=1",
        "--batch",
        batch,
        "--results",
        &results,
    ]);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    let ledger = place.read(&format!("{results}/results.jsonl"));
    let lines = ledger.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        forget_times(&mut line);
        line
    });
    lines
        .filter_map(|line| {
            // The line that says what is graded has neither.
            let student = line.get("student")?.as_str()?.to_string();
            let exercise = line.get("exercise")?.as_str()?;
            let feedback = format!("{results}/feedback/{student}/{exercise}.txt");
            Some((student, (line.clone(), place.read(&feedback))))
        })
        .collect()
}

fn forget_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("elapsed_ms");
            fields.values_mut().for_each(forget_times);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_times),
        _ => {}
    }
}
